"""Warnings: what ExPRES takes without a word and does otherwise than was meant."""

from collections.abc import Callable
from typing import Any

import pytest

from prefect_expres.expres import Access, Configuration, warnings_of
from prefect_expres.expres.estimate import result_bytes
from prefect_expres.expres.warnings import WARNINGS
from tests.expres.bounds.changes import FILE, Bounds, Changes, apply

Content = dict[str, Any]


def _in_km(content: Content) -> None:
    """Write every length of the configuration in kilometres, as a careful user would."""
    radius = 71492
    content["OBSERVER"]["FIXE_DIST"] *= radius
    for body in content["BODY"]:
        for key in ("RADIUS", "SEMI_MAJ", "SEMI_MIN"):
            body[key] *= radius
        for model in body["DENS"]:
            model["SCALE"] *= radius
            model["PERP"] *= radius
    for source in content["SOURCE"]:
        source["AURORA_ALT"] = 650


def _europa(law: str) -> Callable[[Content], None]:
    def change(content: Content) -> None:
        content["BODY"][1]["NAME"] = "Europa"
        for source in content["SOURCE"]:
            source |= {"SAT": "Europa", "LAG_MODEL": law}

    return change


CASES: dict[str, tuple[Callable[[Content], Any], str]] = {
    "axes-drift": (
        lambda c: c["TIME"].update(NBR=100),
        "TIME.NBR: 100: .* 4.35° of rotation here; take NBR 436 or more to stay within 1°$",
    ),
    "phase-from-the-web": (
        lambda c: c["BODY"][1].update(PHASE="auto"),
        r"BODY\[1\].PHASE: 'auto': .* web service .* east longitude",
    ),
    "aurora-in-km": (_in_km, r"SOURCE\[0\].AURORA_ALT: 650: .* cut-off vanishes.* here 0.009092$"),
    "aurora-too-high": (
        lambda c: c["SOURCE"][0].update(AURORA_ALT=650),
        r"SOURCE\[0\].AURORA_ALT: 650: it is in planetary radii.* 0.00909",
    ),
    "law-not-used": (
        _europa("Hue2023"),
        r"SOURCE\[0\].LAG_MODEL: 'Hue2023': .* lower case.*; write 'hue2023'$",
    ),
    "law-over-longitude": (
        lambda c: c["SOURCE"][1].update(LG_MIN="auto+3"),
        r"SOURCE\[1\].LG_MIN: 'auto\+3': LAG_MODEL sets the lead angle",
    ),
    "visible-sources-left-out": (
        lambda c: c["SPDYN"]["CDF"].pop("SRCVIS"),
        "SPDYN.CDF.SRCVIS: the flag is missing",
    ),
}

KM: Changes = {"BODY[0].RADIUS": 71492, "SOURCE[1].AURORA_ALT": 0}
EUROPA: Changes = {"BODY[1].NAME": "Europa", "SOURCE[0].SAT": "Europa", "SOURCE[1].SAT": "Europa"}
GANYMEDE = dict.fromkeys(EUROPA, "Ganymede")
LAW = "SOURCE[0].LAG_MODEL"
ALTITUDE = "SOURCE[0].AURORA_ALT"
LEAD = "SOURCE[0].LG_MIN"

BOUNDS: dict[str, Bounds] = {
    # Jupiter turns by 435.26° in 720 minutes: 436 steps lag by less than 1°, 435 by more.
    "axes-drift": Bounds(
        "TIME.NBR",
        [{"TIME.NBR": 436}, {"TIME.NBR": 436, "BODY[0].PERIOD": -595.5}, FILE | {"TIME.NBR": 10}],
        [{"TIME.NBR": 435}, {"TIME.NBR": 435, "BODY[0].PERIOD": -595.5}],
    ),
    "phase-from-the-web": Bounds(
        "BODY[1].PHASE",
        [{"BODY[1].PHASE": 0}, {"BODY[0].PHASE": "auto"}],
        [{"BODY[1].PHASE": "auto"}, FILE | {"BODY[1].PHASE": "auto"}],
    ),
    "aurora-in-km": Bounds(
        ALTITUDE,
        [KM | {ALTITUDE: 0}, {ALTITUDE: 0.5}, KM | {ALTITUDE: 9, "SOURCE[0].ON": False}],
        [KM | {ALTITUDE: 0.5}, KM | {ALTITUDE: 650}, {"BODY[0].RADIUS": 1.001} | {ALTITUDE: 9}],
    ),
    "aurora-too-high": Bounds(
        ALTITUDE, [{ALTITUDE: 0.999}, {ALTITUDE: 2, "SOURCE[0].ON": False}], [{ALTITUDE: 1}]
    ),
    "law-not-used": Bounds(
        LAW,
        [
            *(EUROPA | {LAW: law} for law in ("hue2023", "hess2011", "HESS2011", "", "off")),
            GANYMEDE | {LAW: "hue2023"},
            {LAW: "Hue2023"},
            {LAW: "bonfond2009"},
        ],
        [
            *(EUROPA | {LAW: law} for law in ("Hue2023", "bonfond2009", "hinton2019")),
            GANYMEDE | {LAW: "HUE2023"},
        ],
    ),
    "law-over-longitude": Bounds(
        LEAD,
        [
            {LEAD: "auto"},
            {LEAD: 0, "SOURCE[0].LG_MAX": 0},
            {LEAD: "auto+3", LAW: ""},
            {LEAD: 10, "SOURCE[0].LG_MAX": 20, LAW: "off"},
        ],
        [{LEAD: "auto-3"}, {LEAD: 1, "SOURCE[0].LG_MAX": 20}],
    ),
    "visible-sources-left-out": Bounds(
        "SPDYN.CDF.SRCVIS", [{"SPDYN.CDF.SRCVIS": False}, {"SPDYN.CDF.SRCVIS": 0}], []
    ),
}
"""What gives no warning, and what just gives one."""


@pytest.fixture
def quiet(configuration: Content) -> Content:
    """Give a configuration that holds no surprise."""
    configuration["TIME"]["NBR"] = 720
    return configuration


def test_a_careful_configuration_has_no_warnings(quiet: Content) -> None:
    """What is as it should be is not talked about."""
    assert warnings_of(Configuration.from_mapping(quiet), Access.of(None)) == ()


@pytest.mark.parametrize("name", WARNINGS)
def test_a_warning_says_where_why_and_what_to_write(name: str, quiet: Content) -> None:
    """What gives a warning breaks no rule."""
    change, words = CASES[name]
    change(quiet)
    warnings = warnings_of(Configuration.from_mapping(quiet))
    assert warnings
    assert {warning.rule for warning in warnings} == {WARNINGS[name].rule}
    with pytest.raises(AssertionError, match=words):
        raise AssertionError(warnings[0])


@pytest.mark.parametrize(
    ("name", "changes"),
    [(name, changes) for name, bounds in BOUNDS.items() for changes in bounds.inside],
)
def test_inside_a_bound_there_is_no_warning(name: str, changes: Changes, quiet: Content) -> None:
    """What ExPRES computes as it is meant gives no warning of this kind."""
    warnings = warnings_of(Configuration.from_mapping(apply(quiet, changes)))
    assert WARNINGS[name].rule not in {warning.rule for warning in warnings}


@pytest.mark.parametrize(
    ("name", "changes"),
    [(name, changes) for name, bounds in BOUNDS.items() for changes in bounds.outside],
)
def test_outside_a_bound_there_is_a_warning(name: str, changes: Changes, quiet: Content) -> None:
    """One step further there is one, at its path."""
    warnings = warnings_of(Configuration.from_mapping(apply(quiet, changes)))
    paths = [warning.path for warning in warnings if warning.rule == WARNINGS[name].rule]
    assert BOUNDS[name].path in paths


def test_every_warning_has_its_bounds() -> None:
    """No warning is without cases."""
    assert WARNINGS.keys() == BOUNDS.keys() == CASES.keys()


@pytest.mark.parametrize(
    ("changes", "fix"),
    [
        (KM | {ALTITUDE: 650}, "here 0.009092"),
        (KM | {ALTITUDE: 1}, "here 1.399e-05"),
        (KM | {ALTITUDE: 0.00909}, "here 0.00909"),
        (EUROPA | {LAW: "HUE2023"}, "write 'hue2023'"),
        (EUROPA | {LAW: "hinton2019"}, "write 'hess2011'"),
        ({"TIME.NBR": 435}, "1.00° of rotation here; take NBR 436 or more"),
    ],
)
def test_the_fix_of_a_warning_has_its_figures(changes: Changes, fix: str, quiet: Content) -> None:
    """Altitudes of 1 and more are kilometres, smaller ones are radii already."""
    warning = warnings_of(Configuration.from_mapping(apply(quiet, changes)))[0]
    assert fix in warning.fix


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
