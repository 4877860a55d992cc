"""Warnings: what ExPRES takes without a word and does otherwise than was meant."""

import re
from typing import Any

import pytest

from prefect_expres.expres import Access, Configuration, warnings_of
from prefect_expres.expres.estimate import result_bytes
from prefect_expres.expres.warnings import WARNINGS
from tests.expres.bounds import warned_others, warned_sources
from tests.expres.bounds.changes import AURORAL, Changes, apply
from tests.expres.bounds.warned_sources import LAW, LEAD, LINES, OFF, moon

Content = dict[str, Any]

ONE_LINE = "write 1, or 'off' in LAG_MODEL and numbers in LG_MIN"
LEAD_AGAIN = "the lead again for all others"
NUMBERS = "write 'off' in LAG_MODEL and the longitude or lead in LG_MIN and LG_MAX, in degrees"
CASES = warned_others.CASES | warned_sources.CASES


def cases(side: str) -> list[Any]:
    """Give name and changes of every case of one side."""
    return [
        pytest.param(name, changes, id=f"{name}-{number}")
        for name, case in CASES.items()
        for number, changes in enumerate(getattr(case, side))
    ]


@pytest.fixture
def quiet(configuration: Content) -> Content:
    """Give a configuration that holds no surprise."""
    configuration["TIME"]["NBR"] = 720
    return configuration


def test_a_careful_configuration_has_no_warnings(quiet: Content) -> None:
    """What is as it should be is not talked about."""
    assert warnings_of(Configuration.from_mapping(quiet), Access.of(None)) == ()


@pytest.mark.parametrize("name", CASES)
def test_a_warning_says_where_why_and_what_to_write(name: str, quiet: Content) -> None:
    """A file with one surprise has one warning, and breaks no rule."""
    warnings = warnings_of(Configuration.from_mapping(apply(quiet, CASES[name].warned[0])))
    assert {warning.rule for warning in warnings} == {WARNINGS[name].rule}
    assert warnings[0].path == CASES[name].path
    assert re.search(CASES[name].words, warnings[0])


@pytest.mark.parametrize(("name", "changes"), cases("quiet"))
def test_inside_a_bound_there_is_no_warning(name: str, changes: Changes, quiet: Content) -> None:
    """What ExPRES computes as it is meant gives no warning of this kind."""
    warnings = warnings_of(Configuration.from_mapping(apply(quiet, changes)))
    assert WARNINGS[name].rule not in {warning.rule for warning in warnings}


@pytest.mark.parametrize(("name", "changes"), cases("warned"))
def test_outside_a_bound_there_is_a_warning(name: str, changes: Changes, quiet: Content) -> None:
    """One step further there is one, at its path."""
    warnings = warnings_of(Configuration.from_mapping(apply(quiet, changes)))
    paths = [warning.path for warning in warnings if warning.rule == WARNINGS[name].rule]
    assert CASES[name].path in paths


@pytest.mark.parametrize(
    ("name", "changes", "fix"),
    [
        (
            "type-not-known",
            AURORAL | {"SOURCE[0].TYPE": "Attached to a satellite"},
            "it is on an L-shell at LAT here; write 'attached to a satellite'",
        ),
        (
            "type-not-known",
            AURORAL | {"SOURCE[0].TYPE": "Fixed in latitude"},
            "it is on an M-shell at LAT here; write 'fixed in latitude'",
        ),
        (
            "law-over-lines",
            {LINES: 2},
            f"the lines are at lead, lead - 4° here; {ONE_LINE}",
        ),
        (
            "law-over-lines",
            OFF | {LINES: 6},
            f"the lines are at lead, lead - 4°, lead - 14°, {LEAD_AGAIN} here; {ONE_LINE}",
        ),
        (
            "law-over-lines",
            OFF | {LINES: 3, LEAD: "auto+3"},
            "all 3 lines are the same one here; write 1",
        ),
        ("law-not-used", moon("Europa") | {LAW: "Hue2023"}, "write 'hue2023'"),
        ("law-not-used", moon("Ganymede") | {LAW: "bonfond2017"}, "write 'hess2011'"),
        ("no-law-for-this", moon("io"), "write 'Io', also as the NAME of the BODY"),
        ("no-law-for-this", moon("Callisto"), NUMBERS),
        ("no-law-for-this", AURORAL | {LAW: "hess2011"}, NUMBERS),
        ("no-law-for-this", AURORAL | {LAW: "hess2011", "SOURCE[0].SAT": "io"}, NUMBERS),
    ],
)
def test_what_to_write_fits_what_is_there(
    name: str, changes: Changes, fix: str, quiet: Content
) -> None:
    """It tells what ExPRES makes of the file, and what was probably meant."""
    warnings = warnings_of(Configuration.from_mapping(apply(quiet, changes)))
    assert fix in [warning.fix for warning in warnings if warning.rule == WARNINGS[name].rule]


def test_every_warning_has_its_bounds() -> None:
    """No warning is without cases."""
    assert WARNINGS.keys() == CASES.keys()
    assert all(case.quiet and case.warned for case in CASES.values())


def test_a_long_run_is_told_before_it_is_cut(quiet: Content) -> None:
    """Sixteen routine days are too much for a guest, not for a user."""
    quiet["TIME"] |= {"MAX": 1440 * 16, "NBR": 1440 * 16}
    quiet["FREQUENCY"]["NBR"] = 781
    configuration = Configuration.from_mapping(quiet)
    (warning,) = warnings_of(configuration, Access.of(None))
    assert warning.startswith("TIME.NBR: 23040: the run may take 48 min, where 10 min are allowed")
    assert not warnings_of(configuration, Access.of("user"))
    assert not warnings_of(configuration)


def test_a_result_has_the_size_that_the_team_tells(quiet: Content) -> None:
    """A day of theta, fp and fc is about 30 MB; a list of frequencies counts by its length."""
    quiet["TIME"]["NBR"] = 1440
    flags = quiet["SPDYN"]["CDF"]
    flags |= dict.fromkeys(flags, False) | {"THETA": True, "FP": True, "FC": True}
    frequencies = {"TYPE": "Pre-Defined", "SC": [round(0.01 * n, 2) for n in range(1, 782)]}
    quiet["FREQUENCY"] |= frequencies
    assert result_bytes(Configuration.from_mapping(quiet)) == pytest.approx(30e6, rel=0.05)


def test_a_misspelt_key_is_told(quiet: Content) -> None:
    """An unknown key that looks like one that may be left out is told, a strange one is not."""
    source = quiet["SOURCE"][1]
    source["LAGMODEL"] = source.pop("LAG_MODEL")
    quiet["SIMU"] |= {"Doi": "10.25935/x", "COMMENT": "mine"}
    warnings = [str(warning) for warning in warnings_of(Configuration.from_mapping(quiet))]
    assert warnings == [
        "SIMU.Doi: '10.25935/x': ExPRES does not know this key; write DOI",
        "SOURCE[1].LAGMODEL: 'hess2011': ExPRES does not know this key; write LAG_MODEL",
    ]


@pytest.mark.parametrize(("steps", "warned"), [(93719, False), (93721, True)])
def test_the_longest_run_of_a_guest_is_a_bound(steps: int, warned: bool, quiet: Content) -> None:  # noqa: FBT001
    """7497600 cells are ten minutes."""
    quiet["TIME"] |= {"MAX": 1440, "NBR": steps}
    found = warnings_of(Configuration.from_mapping(quiet), Access.of(None))
    assert bool(found) is warned
    if warned:
        assert found[0].endswith(
            "the run may take 10 min, where 10 min are allowed, and leave 232 MB; split the "
            "simulation, or ask for fewer frequencies or sources"
        )
        assert (found[0].path, found[0].value) == ("TIME.NBR", steps)


@pytest.mark.parametrize(
    ("section", "right", "wrong", "line"),
    [
        (
            "SPDYN.CDF",
            "SRCVIS",
            "SRC_VIS",
            "SPDYN.CDF.SRC_VIS: true",
        ),
        ("SOURCE[0]", "MODE", "MODES", "SOURCE[0].MODES: 'RX'"),
        ("SIMU", "DOI", "doi", "SIMU.doi: 'x'"),
    ],
)
def test_misspelt_keys_are_found_in_every_section(
    section: str, right: str, wrong: str, line: str, quiet: Content
) -> None:
    """Also in sections of sections and in lists; not if the right key is there as well."""
    value: Any = {"SRCVIS": True, "MODE": "RX", "DOI": "x"}[right]
    both = apply(quiet, {f"{section}.{wrong}": value, f"{section}.{right}": value})
    assert not warnings_of(Configuration.from_mapping(both))
    part = both["SPDYN"]["CDF"] if "CDF" in section else both[section[:6]]
    (part[0] if isinstance(part, list) else part).pop(right)
    found = [str(warning) for warning in warnings_of(Configuration.from_mapping(both))]
    assert [each for each in found if wrong in each] == [
        f"{line}: ExPRES does not know this key; write {right}"
    ]


def test_keys_of_others_are_no_slips(quiet: Content) -> None:
    """A key that resembles none of those that may be missing is nobody's."""
    quiet["COMMENT"] = quiet["TIME"]["MAXIMUM"] = quiet["BODY"][0]["COLOUR"] = "mine"
    assert warnings_of(Configuration.from_mapping(quiet)) == ()
