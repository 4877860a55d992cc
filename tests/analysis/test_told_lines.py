"""Field lines of a result and those of its request, in all forms in which files tell them."""

from pathlib import Path
from typing import Any

import pytest

from prefect_expres.analysis.agreement import Agreement, Expected, compare_with_request
from prefect_expres.expres import Configuration
from tests.support.fitting import fitting, fixed_observer
from tests.support.result_files import write

CONTENT = fixed_observer()
AURORAL = {"TYPE": "L-shell", "SAT": "", "LAT": 6, "LAG_MODEL": "", "LG_MIN": 10, "LG_MAX": 60}


def compared(folder: Path, *, words: Any = None, labels: Any = None, **source: Any) -> Agreement:
    """Compare a file with a request, both of whose sources are others."""
    sources = [each | source for each in CONTENT["SOURCE"]]
    model = Configuration.model_validate(CONTENT | {"SOURCE": sources})
    changes = {"labels": labels} if labels else {}
    result = fitting(model, words=words or {}, **changes)
    return compare_with_request(write(result, folder / "io.cdf"), Expected(model))


@pytest.mark.parametrize(
    ("labels", "stated", "moon", "told", "differences"),
    [
        (("Io NORTH", "Io SOUTH"), None, "Io", True, ()),
        (("Io NORTH", "Io SOUTH"), ["SOUTH", "NORTH"], "Io", True, ()),
        (("Io", "Io"), ["NORTH", "SOUTH"], "Io", True, ()),
        (("Io", "Io"), ["north", "South"], "Io", True, ()),
        (("Io", "Io"), ["SOUTH"], "Io", True, ("hemisphere of Io: SOUTH; asked for: NORTH",)),
        (("Io", "Io"), ["East", "West"], "Io", False, ()),
        (("Tau Boo", "Tau Boo"), ["NORTH", "SOUTH"], "Tau Boo", True, ()),
        (("Tau Boo north", "Tau Boo south"), ["?"], "Tau Boo", True, ()),
        (("NORTH", "NORTH"), ["NORTH", "SOUTH"], "north", True, ()),
        (("Io NORTH", "Io NORTH"), None, "Io", True, ("hemisphere of Io NORTH: NORTH; asked",)),
        (("Io", "Ion"), ["?"], "Io", False, ("sources of Ion: Ion; asked for: Io",)),
    ],
)
def test_a_label_may_leave_the_hemisphere_to_an_attribute(
    tmp_path: Path, labels: Any, stated: Any, moon: str, differences: Any, *, told: bool
) -> None:
    """The label counts first; where neither says it, nothing is claimed."""
    words = {} if stated is None else {"SRP_Source_Hemisphere": stated}
    agreement = compared(tmp_path, words=words, labels=labels, SAT=moon)
    assert ("hemisphere" in agreement.compared) is told
    assert len(agreement.differences) == len(differences)
    for found, start in zip(agreement.differences, differences, strict=True):
        assert found.startswith(start)


@pytest.mark.parametrize(
    ("accel", "written", "agrees"),
    [
        (3, "3keV", True),
        (3, "3 kev", True),
        (3, "4keV", False),
        (3, "2keV", True),
        (3.0011, "2keV", False),
        (3.9985, "4keV", False),
        (3.9995, "4keV", True),
        (3, "about 9keV", True),
        (3, "9keV or so", True),
    ],
)
def test_an_energy_may_be_a_thousandth_beside_a_whole_number(
    tmp_path: Path, accel: float, written: str, *, agrees: bool
) -> None:
    """ExPRES cuts what a square root has moved; what is no energy is not compared."""
    agreement = compared(tmp_path, words={"SRP_Source_Energy": [written]}, ACCEL=accel)
    assert (agreement.differences == ()) is agrees
    assert ("energy" in agreement.compared) is (len(written) < 7)
    if not agrees:
        assert f": {written}; asked for: {accel:g}keV" in agreement.differences[0]


@pytest.mark.parametrize(
    ("labels", "law", "wrong"),
    [
        ((10, 60), "", 0),
        ((11, 59), "", 0),
        ((9, 61), "off", 0),
        ((10, 10), "", 0),
        ((12, 60), "", 1),
        ((8, 60), "", 1),
        ((10, 58), "off", 1),
        ((10, 62), "", 1),
        ((60, 60), "", 1),
        ((12, 99), "hess2011", 0),
    ],
)
def test_a_longitude_may_be_cut_to_the_next_degree(
    tmp_path: Path, labels: tuple[int, int], law: str, wrong: int
) -> None:
    """A law sets others; the name of the first line may stand for all of a source."""
    names = [f"{line}d-6R {side}" for side in ("NORTH", "SOUTH") for line in labels]
    lines = AURORAL | {"LG_NBR": 2, "LAG_MODEL": law}
    assert len(compared(tmp_path, labels=names, **lines).differences) == 2 * wrong


@pytest.mark.parametrize(("line", "wrong"), [(8, 2), (9, 0), (10, 0), (11, 0), (12, 2)])
def test_a_part_of_a_degree_is_cut(tmp_path: Path, line: int, wrong: int) -> None:
    """Of 10.9 are 10 left, and its neighbours pass."""
    names = [f"{line}d-6R NORTH", f"{line}d-6R SOUTH"]
    lines = AURORAL | {"LG_NBR": 1, "LG_MIN": 10.9}
    assert len(compared(tmp_path, labels=names, **lines).differences) == wrong


@pytest.mark.parametrize("law", ["", "off", "hess2011"])
def test_a_longitude_that_is_computed_is_not_compared(tmp_path: Path, law: str) -> None:
    """A word in LG_MIN leaves it to ExPRES, as a law does."""
    lines = AURORAL | {"LG_NBR": 1, "LAG_MODEL": law, "LG_MIN": "auto"}
    names = ["99d-6R NORTH", "99d-6R SOUTH"]
    assert compared(tmp_path, labels=names, **lines).differences == ()


@pytest.mark.parametrize(("shell", "law"), [(5, ""), (7, "off"), (7, "hess2011")])
def test_a_line_of_another_shell_is_told(tmp_path: Path, shell: int, law: str) -> None:
    """Whatever sets the longitude."""
    names = [f"10d-{shell}R {side}" for side in ("NORTH", "SOUTH")]
    lines = AURORAL | {"LG_NBR": 1, "LAG_MODEL": law}
    told = compared(tmp_path, labels=names, **lines).differences
    assert told == tuple(f"sources of {name}: 10d-{shell}R; asked for: 10d-6R" for name in names)


def test_an_auroral_line_of_another_form_is_not_compared(tmp_path: Path) -> None:
    """A word that is no longitude and shell is not known."""
    names = ["oval NORTH", "oval SOUTH"]
    agreement = compared(tmp_path, labels=names, **AURORAL | {"LG_NBR": 1})
    assert agreement.differences == ()
    assert "sources" not in agreement.compared
    assert "hemisphere" in agreement.compared


@pytest.mark.parametrize(
    ("told", "asked", "differences"),
    [
        (["true"], True, ()),
        (["false"], False, ()),
        (["true"], False, ("refraction of Io NORTH: true; asked for: false",)),
        (["false"], True, ("refraction of Io NORTH: false; asked for: true",)),
        (["false", "true"], False, ()),
        (["yes"], False, ()),
    ],
)
def test_the_refraction_is_that_of_the_first_source(
    tmp_path: Path, told: list[str], differences: Any, *, asked: bool
) -> None:
    """ExPRES writes it for all; of a word that it does not write nothing is said."""
    words = {"SRP_Source_Refraction": told}
    agreement = compared(tmp_path, words=words, REFRACTION=asked)
    assert agreement.differences == differences
    assert ("refraction" in agreement.compared) is (told != ["yes"])


@pytest.mark.parametrize(
    ("mode", "written", "differences"),
    [
        ("", "_RX", 0),
        ("RX", "rx", 0),
        ("LO", "_LO", 0),
        ("LO", "_RX", 2),
        ("", "LO", 2),
        ("RX", "__", 0),
    ],
)
def test_a_mode_is_rx_unless_another_is_written(
    tmp_path: Path, mode: str, written: str, differences: int
) -> None:
    """With the underscore of ExPRES, or without it."""
    agreement = compared(tmp_path, words={"SRP_Source_Mode": [written]}, MODE=mode)
    assert len(agreement.differences) == differences
    assert ("mode" in agreement.compared) is (written != "__")
