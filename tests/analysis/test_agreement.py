"""A result is compared with what was asked for: axes, sources, field, observer."""

import copy
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from prefect_expres.analysis.agreement import Agreement, Expected, compare_with_request
from prefect_expres.expres import Configuration
from prefect_expres.expres.time_axis import TimeAxis
from tests.support.fitting import fitting, fixed_observer
from tests.support.result_files import Result, write

EVERYTHING = {
    "time",
    "frequency",
    "sources",
    "hemisphere",
    "mode",
    "energy",
    "beaming",
    "width",
    "refraction",
    "field model",
    "observer and planet",
}
CONTENT = fixed_observer()

Change = Callable[[dict[str, Any]], None]


def changed(change: Change) -> dict[str, Any]:
    """Give another configuration."""
    content: dict[str, Any] = copy.deepcopy(CONTENT)
    change(content)
    return content


def compared(result: Result, path: Path, asked: dict[str, Any] | None = None) -> Agreement:
    """Write a result, and compare it with a configuration."""
    model = Configuration.model_validate(asked or CONTENT)
    expected = Expected(model, TimeAxis.of(model), ((200.0, -2.0),))
    path.mkdir(exist_ok=True)
    return compare_with_request(write(result, path / "io.cdf"), expected)


def test_what_was_asked_for_agrees(tmp_path: Path) -> None:
    """Everything that the file tells is compared, and it tells nothing of the position."""
    agreement = compared(fitting(CONTENT), tmp_path)
    assert agreement.differences == ()
    assert set(agreement.compared) == EVERYTHING


def test_the_words_of_expres_1_4_are_known(tmp_path: Path) -> None:
    """In capitals or not, with the underscore of its modes, one entry for all lines."""
    words = {
        "SRP_Source_Mode": ["_RX"],
        "SRP_Source_Energy": ["3KEV"],
        "SRP_Source_Type": ["LOSSC"],
        "Data_type": ["EARTH_JUPITER_IO"],
    }
    result = fitting(CONTENT, words=words, labels=("IO NORTH", "io South"))
    assert compared(result, tmp_path).differences == ()


def test_what_a_file_does_not_tell_is_not_claimed(tmp_path: Path) -> None:
    """Axes and labels are always there; of the rest nothing is said."""
    bare = replace(fitting(CONTENT), attributes={}, modes=("", ""))
    agreement = compared(bare, tmp_path)
    assert agreement.differences == ()
    assert set(agreement.compared) == {"time", "frequency", "sources", "hemisphere"}


@pytest.mark.parametrize(
    ("attribute", "what"),
    [
        ("SRP_Source_Mode", "mode"),
        ("SRP_Source_Energy", "energy"),
        ("SRP_Source_Type", "beaming"),
        ("SRP_Source_Width", "width"),
        ("SRP_Source_Refraction", "refraction"),
    ],
)
def test_what_is_told_of_other_lines_is_not_compared(
    tmp_path: Path, attribute: str, what: str
) -> None:
    """Three different words for two lines say nothing of either."""
    agreement = compared(fitting(CONTENT, words={attribute: ["a", "b", "c"]}), tmp_path)
    assert agreement.differences == ()
    assert set(agreement.compared) == EVERYTHING - {what}


def _set(*path: Any) -> Change:
    """Change a value of the configuration."""
    *keys, value = path

    def change(content: dict[str, Any]) -> None:
        for key in keys[:-1]:
            content = content[key]
        content[keys[-1]] = value

    return change


def _other_moon(content: dict[str, Any]) -> None:
    for body in content["BODY"]:
        body["NAME"] = body["NAME"].replace("Io", "Europa")
    for source in content["SOURCE"]:
        source["SAT"] = "Europa"


def _swapped(content: dict[str, Any]) -> None:
    for source in content["SOURCE"]:
        source["NORTH"], source["SOUTH"] = source["SOUTH"], source["NORTH"]


OTHERS: dict[str, tuple[Change, str]] = {
    "day": (_set("OBSERVER", "SCTIME", "201809200000"), "time: 2018-09-20 00:00:00 to"),
    "hour": (_set("OBSERVER", "SCTIME", "201809130100"), "time: 2018-09-13 01:00:00 to"),
    "length": (_set("TIME", "MAX", 360), "2018-09-13 06:00:00 UTC, 144 times"),
    "count": (_set("TIME", "NBR", 72), "72 times; asked for: 2018-09-13 00:00:00 to"),
    "band": (_set("FREQUENCY", "MAX", 44), "frequency: 40 channels from 1 to 44 MHz; asked for"),
    "channels": (_set("FREQUENCY", "NBR", 79), "frequency: 79 channels from 1 to 40 MHz"),
    "scale": (_set("FREQUENCY", "TYPE", "Log"), "frequency: 40 channels from 1 to 40 MHz"),
    "moon": (_other_moon, "sources of Europa NORTH: Europa; asked for: Io"),
    "one source": (_set("SOURCE", 1, "ON", False), "sources: 1 (Io NORTH); asked for: 2"),
    "lines": (_set("SOURCE", 0, "LG_NBR", 3), "sources: 4 (Io NORTH"),
    "hemisphere": (_swapped, "hemisphere of Io SOUTH: SOUTH; asked for: NORTH"),
    "mode": (_set("SOURCE", 1, "MODE", "LO"), "mode of Io SOUTH: LO; asked for: RX"),
    "energy": (_set("SOURCE", 0, "ACCEL", 10), "energy of Io NORTH: 10keV; asked for: 3keV"),
    "width": (_set("SOURCE", 0, "WIDTH", 5), "width of Io NORTH: wid5deg; asked for: wid1deg"),
    "beaming": (_set("SOURCE", 1, "CURRENT", "Shell"), "beaming of Io SOUTH: shell; asked for"),
    "refraction": (_set("SOURCE", 0, "REFRACTION", True), "refraction of Io NORTH: true"),
    "field": (_set("BODY", 0, "MAG", "VIP4+Connerney CS"), "field model: vip4; asked for: JRM09"),
    "observer": (_set("OBSERVER", "SC", "Juno"), "observer and planet: juno_jupiter; asked for"),
}


@pytest.mark.parametrize("what", OTHERS)
def test_each_difference_is_named(tmp_path: Path, what: str) -> None:
    """The file of another simulation is told by what it shows and what was asked for."""
    change, words = OTHERS[what]
    differences = compared(fitting(changed(change)), tmp_path).differences
    assert any(words in each for each in differences), differences


def test_all_differences_are_named(tmp_path: Path) -> None:
    """The default configuration of a service differs in many ways."""
    other = changed(_other_moon)
    _set("OBSERVER", "SCTIME", "201501010000")(other)
    _set("FREQUENCY", "NBR", 20)(other)
    differences = compared(fitting(other), tmp_path).differences
    assert [each.partition(" ")[0] for each in differences] == [
        "time:",
        "frequency:",
        "sources",
        "sources",
    ]


@pytest.mark.parametrize(("seconds", "count"), [(-2, 0), (2, 0), (-3, 1), (3, 1)])
def test_times_may_be_two_seconds_off(tmp_path: Path, seconds: int, count: int) -> None:
    """ExPRES cuts them, and the file rounds them."""
    asked = changed(_set("TIME", "NBR", 145))  # steps of whole seconds
    result = fitting(asked)
    moved = replace(result, jitter=result.jitter + seconds * 10**9)
    assert len(compared(moved, tmp_path, asked).differences) == count


@pytest.mark.parametrize(("written", "count"), [(1.0, 0), (1.00001, 0), (1.00003, 1), (0.99997, 1)])
def test_a_frequency_has_five_digits(tmp_path: Path, written: float, count: int) -> None:
    """However low it is."""
    result = fitting(CONTENT)
    frequency = [written, *result.frequency[1:]]
    differences = compared(replace(result, frequency=frequency), tmp_path).differences
    assert [each.partition(":")[0] for each in differences] == ["frequency"] * count


def test_only_axes_and_positions_are_read(tmp_path: Path) -> None:
    """A spectrum may be large: what it holds is not looked at."""
    result = fitting(CONTENT)
    other = replace(result, values={"Theta": result.spectra["Theta"][1][:, :5]})
    assert compared(other, tmp_path).differences == ()


@pytest.mark.parametrize("key", ["MIN", "MAX"])
@pytest.mark.parametrize("scale", ["Linear", "Log"])
def test_frequencies_may_be_any_numbers(tmp_path: Path, key: str, scale: str) -> None:
    """Whole numbers of more than 64 bits, too."""
    asked = changed(_set("FREQUENCY", key, 10**20))
    asked["FREQUENCY"]["TYPE"] = scale
    (difference,) = compared(fitting(CONTENT), tmp_path, asked).differences
    ends = "1e+20 to 40" if key == "MIN" else "1 to 1e+20"
    assert difference.endswith(f"asked for: 40 channels from {ends} MHz")


@pytest.mark.parametrize(
    ("listed", "words"),
    [
        ([1, 2.5, 40], "3 channels from 1 to 40 MHz"),
        ([10**20, 2], "2 channels from 1e+20 to 2 MHz"),
        ("a file", "0 channels"),
    ],
)
def test_listed_frequencies_are_those_of_the_list(tmp_path: Path, listed: Any, words: str) -> None:
    """MIN, MAX and NBR are not heeded then; what a text names is not known."""
    asked = changed(_set("FREQUENCY", "SC", listed))
    asked["FREQUENCY"]["TYPE"] = "Pre-Defined"
    (difference,) = compared(fitting(CONTENT), tmp_path, asked).differences
    assert difference.endswith(f"; asked for: {words}")
    if isinstance(listed, list):
        assert compared(fitting(asked), tmp_path / "other", asked).differences == ()


@pytest.mark.parametrize(
    ("current", "constant", "written", "agrees"),
    [
        ("Constant", 80, "cst80.000", True),
        ("Constant", 123.4567, "cst123.45", True),
        ("Constant", 80, "cst75.000", False),
        ("Constant", 80, "lossc", False),
        ("Steady-State", 0, "cavity", True),
    ],
)
def test_beaming_in_the_words_of_expres(
    tmp_path: Path, current: str, constant: float, written: str, *, agrees: bool
) -> None:
    """A constant angle is cut after six characters."""
    asked = changed(_set("SOURCE", 0, "CURRENT", current))
    asked["SOURCE"][0]["CONSTANT"] = constant
    words = {"SRP_Source_Type": [written, "lossc"]}
    differences = compared(fitting(asked, words=words), tmp_path, asked).differences
    assert (differences == ()) is agrees


@pytest.mark.parametrize("accel", [3, 3.0000001, 2.9999999, 3.99])
def test_energies_are_cut_to_whole_kev(tmp_path: Path, accel: float) -> None:
    """As they come out of a square root and back."""
    asked = changed(_set("SOURCE", 0, "ACCEL", accel))
    words = {"SRP_Source_Energy": ["3keV", "3keV"]}
    assert compared(fitting(asked, words=words), tmp_path, asked).differences == ()


def test_only_the_length_counts_where_the_start_is_not_known(tmp_path: Path) -> None:
    """Without SCTIME and without a readable ephemeris nothing is said about the day."""
    model = Configuration.model_validate(CONTENT)
    path = write(fitting(CONTENT), tmp_path / "io.cdf")
    times = TimeAxis(None, 720.0, 144)
    assert compare_with_request(path, Expected(model, times)).differences == ()
    (difference,) = compare_with_request(
        path, Expected(model, replace(times, minutes=700.0))
    ).differences
    assert difference.endswith("asked for: 700 minutes, 144 times, 293.706 s apart")
    agreement = compare_with_request(path, Expected(model))
    assert "time" not in agreement.compared
