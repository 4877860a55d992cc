"""The words of a picture."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import xarray as xr

from prefect_expres.analysis.identity import identity_of
from prefect_expres.analysis.sources import sources_of
from prefect_expres.analysis.titles import (
    differences,
    meridian_title,
    provenance,
    source_title,
    title_of,
)
from tests.support.result_files import NAME, nothing

Opened = Callable[..., Any]


@pytest.mark.parametrize(
    ("name", "title"),
    [
        (
            "expres_earth_jupiter_io_jrm33_lossc-wid1deg_3kev_rx_20240101_v14",
            (
                "Io-induced emission of Jupiter seen from Earth, 2024-01-01\n"
                "JRM33, loss cone, 3 keV, beam width 1°"
            ),
        ),
        (
            "expres_juice_jupiter_ganymede_isaac_cst80.000-wid2deg_10kev_lo_refr_20240101_v14",
            (
                "Ganymede-induced emission of Jupiter seen from JUICE, 2024-01-01\n"
                "ISaAC, constant angle 80°, 10 keV, beam width 2°"
            ),
        ),
        (
            "expres_voyager1_saturn_30d-75r_spv_shell-wid1deg_3kev_rx_20240101_v14",
            (
                "Auroral emission of Saturn (source 30d-75r) seen from Voyager 1, 2024-01-01\n"
                "SPV, shell, 3 keV, beam width 1°"
            ),
        ),
        (
            "expres_juno_jupiter_io_10.25935-kpge-zb59_20240101_v14",
            "Io-induced emission of Jupiter seen from Juno, 2024-01-01",
        ),
        (
            "expres_earth_tau-boo_tau-boo-b_o6_lossc-wid1deg_3kev_rx_20240101_v14",
            (
                "Tau-Boo-b-induced emission of Tau-Boo seen from Earth, 2024-01-01\n"
                "O6, loss cone, 3 keV, beam width 1°"
            ),
        ),
        (
            "expres_cassini_saturn_-30d-75r_spv_lossc-wid1deg_3kev_rx_20240101_v14",
            (
                "Auroral emission of Saturn (source -30d-75r) seen from Cassini, 2024-01-01\n"
                "SPV, loss cone, 3 keV, beam width 1°"
            ),
        ),
        ("something-else", "something-else, 2024-01-01"),
    ],
)
def test_the_title_says_what_was_run(opened: Opened, name: str, title: str) -> None:
    """Observer, planet, moon, day and model come from the file's name, as far as it has them."""
    assert title_of([opened(attributes={"Logical_file_id": [name]})]) == title


@pytest.mark.parametrize(
    ("last", "words"),
    [("330d-75R", "sources 0d-75r to 330d-75r"), ("0d-75R", "source 0d-75r")],
)
def test_the_title_of_an_oval_has_its_sources(opened: Opened, last: str, words: str) -> None:
    """The file's name has the first only."""
    dataset = opened(attributes={"Logical_file_id": [of(origin="0d-75r")]})
    dataset["source"] = ["0d-75R NORTH", f"{last} SOUTH"]
    assert title_of([dataset]).startswith(f"Auroral emission of Jupiter ({words}) seen from Earth")


def test_the_title_has_the_days(opened: Opened) -> None:
    """The last epoch of a day may be the next midnight; a longer simulation has two days."""
    day, days = (opened(visible=nothing(steps=steps), step=3600) for steps in (25, 26))
    assert title_of([day]).splitlines()[0].endswith(", 2024-01-01")
    assert title_of([days]).splitlines()[0].endswith(", 2024-01-01 to 2024-01-02")


def test_several_simulations_share_a_title(opened: Opened) -> None:
    """Moons share a sentence, days a span, and models what they have in common."""
    europa = NAME.replace("_io_", "_europa_").replace("jrm33", "jrm09")
    several = [opened(), opened(day=1, attributes={"Logical_file_id": [europa]})]
    assert title_of(several) == (
        "Io- and Europa-induced emission of Jupiter seen from Earth, 2024-01-01 to 2024-01-02\n"
        "loss cone, 3 keV, beam width 1°"
    )
    assert differences(several) == ["JRM33", "JRM09"]


def test_a_source_is_named_as_in_a_caption(opened: Opened) -> None:
    """Source, hemisphere and polarization with its sign."""
    names = [source_title(source) for source in sources_of(opened())]
    assert names == ["Io, north, RH (\N{MINUS SIGN})", "Io, south, LH (+)"]


def test_the_picture_names_its_origin(opened: Opened) -> None:
    """The file and the program are named, so that a model is not taken for ExPRES."""
    dataset = opened(attributes={"Generated_by": ["a sandbox"]})
    assert provenance([dataset]).endswith("_v14, a sandbox")
    assert provenance([dataset, dataset]) == "2 files, a sandbox"
    dataset.attrs = {}
    assert provenance([dataset]) == ""


def named(*names: str, days: str = "2024-01-01") -> list[xr.Dataset]:
    """Make datasets of an hour, with these names."""
    time = np.array([days, days], "datetime64[ns]") + np.array([0, 3600 * 10**9], "timedelta64[ns]")
    return [xr.Dataset(coords={"time": time}, attrs={"Logical_file_id": name}) for name in names]


def of(observer: str = "earth", planet: str = "jupiter", origin: str = "io") -> str:
    """Give a name without a model."""
    return f"expres_{observer}_{planet}_{origin}_20240101_v14"


@pytest.mark.parametrize(
    ("names", "scene"),
    [
        ([of(), of()], "Io-induced emission of Jupiter seen from Earth"),
        (
            [of(), of(origin="europa"), of(origin="ganymede")],
            "Io-, Europa- and Ganymede-induced emission of Jupiter seen from Earth",
        ),
        (
            [of(), of("juno")],
            (
                "Io-induced emission of Jupiter seen from Earth, "
                "Io-induced emission of Jupiter seen from Juno"
            ),
        ),
        (
            [of(), of("juno", origin="europa")],
            (
                "Io-induced emission of Jupiter seen from Earth, "
                "Europa-induced emission of Jupiter seen from Juno"
            ),
        ),
        (
            [of(), of(planet="saturn", origin="titan")],
            (
                "Io-induced emission of Jupiter seen from Earth, "
                "Titan-induced emission of Saturn seen from Earth"
            ),
        ),
        (
            [of(origin="0d-6r"), of(origin="30d-6r")],
            "Auroral emission of Jupiter (source 0d-6r, 30d-6r) seen from Earth",
        ),
        (["one_20240101_v1", "two"], "one_v1, two"),
    ],
)
def test_scenes_are_put_together(names: list[str], scene: str) -> None:
    """Moons of one observer and planet share a sentence."""
    assert title_of(named(*names)) == f"{scene}, 2024-01-01"


def test_models_are_told_by_what_is_different() -> None:
    """What all have is left out; without a model there is nothing to tell."""
    models = ("jrm33_lossc-wid1deg_3kev", "jrm33_shell-wid1deg_3kev", "jrm33_lossc-wid2deg_3kev")
    several = named(*(f"expres_earth_jupiter_io_{model}_20240101_v14" for model in models))
    assert differences(several) == [
        *("loss cone, beam width 1°", "shell, beam width 1°", "loss cone, beam width 2°"),
    ]
    assert title_of(several).endswith("\nJRM33, 3 keV")
    assert differences(several[:1]) == [""]
    assert differences(named("x", of())) == ["", ""]


@pytest.mark.parametrize(
    ("planet", "title"),
    [
        ("jupiter", "CML (System III)"),
        ("saturn", "CML (System III)"),
        ("uranus", "CML (ULS)"),
        ("neptune", "CML (System III)"),
        ("earth", "CML (IAU)"),
        ("mercury", "CML (IAU)"),
        ("tau-boo", "rotation phase"),
    ],
)
def test_a_longitude_is_told_in_the_system_of_its_planet(planet: str, title: str) -> None:
    """That of the field models; what has none has a phase, and an unknown file neither."""
    (dataset,) = named(of(planet=planet))
    assert meridian_title(identity_of(dataset)) == title
    (other,) = named("other")
    assert meridian_title(identity_of(other)) == "CML"


def test_the_span_is_that_of_all_datasets() -> None:
    """From the first day to the last, in whatever order they come."""
    late, early = named("x", days="2024-03-01")[0], named("x", days="2024-02-28")[0]
    for several in ([late, early], [early, late]):
        assert title_of(several) == "x, 2024-02-28 to 2024-03-01"
    (single,) = named("x")
    assert title_of([single.isel(time=[0])]) == "x, 2024-01-01"


@pytest.mark.parametrize(("seconds", "last"), [(0, "01"), (1, "02"), (-1, "01"), (86_400, "02")])
def test_midnight_belongs_to_the_day_before(seconds: int, last: str) -> None:
    """A second later does not."""
    time = np.array(["2024-01-01", "2024-01-02"], "datetime64[ns]")
    time[1] += np.timedelta64(seconds, "s")
    dataset = xr.Dataset(coords={"time": time}, attrs={"Logical_file_id": "x"})
    days = dict.fromkeys(["2024-01-01", f"2024-01-{last}"])
    assert title_of([dataset]) == f"x, {' to '.join(days)}"


def test_provenance_counts_files() -> None:
    """Programs are named once each."""
    one, two = named("a", "b")
    one.attrs["Generated_by"] = "engine"
    assert provenance([one]) == "a, engine"
    assert provenance([one, two]) == "2 files, engine"
    two.attrs["Generated_by"] = "other"
    assert provenance([one, two, one]) == "3 files, engine, other"
