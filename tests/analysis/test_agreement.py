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


def setting(*path: Any) -> Change:
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
    "day": (setting("OBSERVER", "SCTIME", "201809200000"), "time: 2018-09-20 00:00:00 to"),
    "hour": (setting("OBSERVER", "SCTIME", "201809130100"), "time: 2018-09-13 01:00:00 to"),
    "length": (setting("TIME", "MAX", 360), "2018-09-13 06:00:00 UTC, 144 times"),
    "count": (setting("TIME", "NBR", 72), "72 times; asked for: 2018-09-13 00:00:00 to"),
    "band": (setting("FREQUENCY", "MAX", 44), "frequency: 40 channels from 1 to 44 MHz; asked for"),
    "channels": (setting("FREQUENCY", "NBR", 79), "frequency: 79 channels from 1 to 40 MHz"),
    "scale": (setting("FREQUENCY", "TYPE", "Log"), "frequency: 40 channels from 1 to 40 MHz"),
    "moon": (_other_moon, "sources of Europa NORTH: Europa; asked for: Io"),
    "one source": (setting("SOURCE", 1, "ON", False), "sources: 1 (Io NORTH); asked for: 2"),
    "lines": (setting("SOURCE", 0, "LG_NBR", 3), "sources: 4 (Io NORTH"),
    "hemisphere": (_swapped, "hemisphere of Io SOUTH: SOUTH; asked for: NORTH"),
    "mode": (setting("SOURCE", 1, "MODE", "LO"), "mode of Io SOUTH: LO; asked for: RX"),
    "energy": (setting("SOURCE", 0, "ACCEL", 10), "energy of Io NORTH: 10keV; asked for: 3keV"),
    "width": (setting("SOURCE", 0, "WIDTH", 5), "width of Io NORTH: wid5deg; asked for: wid1deg"),
    "beaming": (setting("SOURCE", 1, "CURRENT", "Shell"), "beaming of Io SOUTH: shell; asked for"),
    "refraction": (setting("SOURCE", 0, "REFRACTION", True), "refraction of Io NORTH: true"),
    "field": (
        setting("BODY", 0, "MAG", "VIP4+Connerney CS"),
        "field model: vip4; asked for: JRM09",
    ),
    "observer": (setting("OBSERVER", "SC", "Juno"), "observer and planet: juno_jupiter; asked for"),
}


@pytest.mark.parametrize("what", OTHERS)
def test_each_difference_is_named(tmp_path: Path, what: str) -> None:
    """The file of another simulation is told by what it shows and what was asked for."""
    change, words = OTHERS[what]
    differences = compared(fitting(changed(change)), tmp_path).differences
    assert any(words in each for each in differences), differences


def _first_off(content: dict[str, Any]) -> None:
    content["SOURCE"][0] |= {"ON": False, "PARENT": "Io", "LG_NBR": 2}
    content["BODY"][1]["MAG"] = "mine"


OWN: dict[str, Change] = {
    **{what: change for what, (change, _) in OTHERS.items()},
    "a source of another body that is off": _first_off,
    "both hemispheres": setting("SOURCE", 0, "SOUTH", True),
}


@pytest.mark.parametrize("what", OWN)
def test_each_file_agrees_with_its_own_request(tmp_path: Path, what: str) -> None:
    """Whatever was asked for."""
    asked = changed(OWN[what])
    assert compared(fitting(asked), tmp_path, asked).differences == ()


def test_lines_may_all_have_the_name_of_the_first(tmp_path: Path) -> None:
    """Or each its own."""
    shell = {"TYPE": "L-shell", "LAT": 6, "SAT": "", "LAG_MODEL": "off"}
    asked = changed(setting("SOURCE", 1, "ON", False))
    asked["SOURCE"][0] |= shell | {"LG_MIN": 10, "LG_MAX": 50, "LG_NBR": 2}
    for last, count in ((10, 0), (50, 0), (30, 1)):
        labels = ("10d-6R NORTH", f"{last}d-6R NORTH")
        found = compared(fitting(asked, labels=labels), tmp_path / f"{last}", asked)
        assert len(found.differences) == count


def test_all_differences_are_named(tmp_path: Path) -> None:
    """The default configuration of a service differs in many ways."""
    other = changed(_other_moon)
    setting("OBSERVER", "SCTIME", "201501010000")(other)
    setting("FREQUENCY", "NBR", 20)(other)
    differences = compared(fitting(other), tmp_path).differences
    assert [each.partition(" ")[0] for each in differences] == [
        "time:",
        "frequency:",
        "sources",
        "sources",
    ]


@pytest.mark.parametrize(
    ("words", "compared_too", "differences"),
    [
        ({"Descriptor": ["jrm33"]}, set(), []),
        ({"Descriptor": ["jrm33_"]}, set(), []),
        ({"Descriptor": [" JRM09_lossc "]}, {"field model"}, []),
        ({"Descriptor": ["vip4_x_y"]}, {"field model"}, ["field model: vip4; asked for: JRM09"]),
        ({"PDS_Observation_target": ["jupiter"]}, {"planet"}, []),
        (
            {"PDS_Observation_target": ["Saturn"]},
            {"planet"},
            ["planet: Saturn; asked for: Jupiter"],
        ),
        (
            {"PDS_Observation_target": ["Saturn"], "Data_type": ["earth_jupiter_io"]},
            {"observer and planet"},
            [],
        ),
        (
            {"Data_type": ["earth_jupiters_io"]},
            {"observer and planet"},
            ["observer and planet: earth_jupiters; asked for: Earth_Jupiter"],
        ),
    ],
)
def test_names_are_compared_as_far_as_a_file_has_them(
    tmp_path: Path, words: dict[str, Any], compared_too: set[str], differences: list[str]
) -> None:
    """A description without a beam is none; the type of data counts before the planet."""
    bare = replace(fitting(CONTENT), attributes=words, modes=("", ""))
    agreement = compared(bare, tmp_path)
    assert list(agreement.differences) == differences
    always = {"time", "frequency", "sources", "hemisphere"}
    assert set(agreement.compared) == always | compared_too


def test_a_planet_without_a_field_is_not_compared_by_it(tmp_path: Path) -> None:
    """Nothing was asked for."""
    asked = changed(setting("BODY", 0, "MAG", ""))
    agreement = compared(fitting(CONTENT), tmp_path, asked)
    assert agreement.differences == ()
    assert "field model" not in agreement.compared


@pytest.mark.parametrize(
    ("current", "constant", "written", "agrees"),
    [
        ("Constant", 80, "cst80.000", True),
        ("Constant", 123.4567, "cst123.45", True),
        ("Constant", 80, "cst75.000", False),
        ("Constant", 80, "lossc", False),
        ("Steady-State", 0, "cavity", True),
        ("Transient (Alfvenic)", 80, "cst80.000", False),
    ],
)
def test_beaming_in_the_words_of_expres(
    tmp_path: Path, current: str, constant: float, written: str, *, agrees: bool
) -> None:
    """A constant angle is cut after six characters."""
    asked = changed(setting("SOURCE", 0, "CURRENT", current))
    asked["SOURCE"][0]["CONSTANT"] = constant
    words = {"SRP_Source_Type": [written, "lossc"]}
    differences = compared(fitting(asked, words=words), tmp_path, asked).differences
    assert (differences == ()) is agrees


@pytest.mark.parametrize("accel", [3, 3.0000001, 2.9999999, 3.99])
def test_energies_are_cut_to_whole_kev(tmp_path: Path, accel: float) -> None:
    """As they come out of a square root and back."""
    asked = changed(setting("SOURCE", 0, "ACCEL", accel))
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
