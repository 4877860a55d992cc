"""Warnings: what ExPRES takes without a word and does otherwise than was meant."""

from collections.abc import Callable
from typing import Any

import pytest

from prefect_expres.expres import Access, Configuration, warnings_of
from prefect_expres.expres.estimate import result_bytes
from prefect_expres.expres.warnings import WARNINGS

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
        "TIME.NBR: 100: .* 4.35° of rotation here; take NBR 436 or more",
    ),
    "phase-from-the-web": (
        lambda c: c["BODY"][1].update(PHASE="auto"),
        r"BODY\[1\].PHASE: 'auto': .* web service .* east longitude",
    ),
    "aurora-in-km": (_in_km, r"SOURCE\[0\].AURORA_ALT: 650: .* cut-off vanishes.* here 0.009092"),
    "aurora-too-high": (
        lambda c: c["SOURCE"][0].update(AURORA_ALT=650),
        r"SOURCE\[0\].AURORA_ALT: 650: it is in planetary radii.* 0.00909",
    ),
    "law-not-used": (
        _europa("Hue2023"),
        r"SOURCE\[0\].LAG_MODEL: 'Hue2023': .* lower case.*; write 'hue2023'",
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


@pytest.fixture
def quiet(configuration: Content) -> Content:
    """Give a configuration that holds no surprise."""
    configuration["TIME"]["NBR"] = 720
    return configuration


def test_a_careful_configuration_has_no_warnings(quiet: Content) -> None:
    """What is as it should be is not talked about."""
    assert warnings_of(Configuration.from_mapping(quiet), Access.of(None)) == ()


@pytest.mark.parametrize("name", WARNINGS)
def test_a_silent_trap_is_told(name: str, quiet: Content) -> None:
    """A trap breaks no rule; the warning says where it is, why, and the way out."""
    change, words = CASES[name]
    change(quiet)
    warnings = warnings_of(Configuration.from_mapping(quiet))
    assert warnings
    assert {warning.rule for warning in warnings} == {WARNINGS[name].rule}
    with pytest.raises(AssertionError, match=words):
        raise AssertionError(warnings[0])


def test_a_law_that_io_knows_is_no_trap(quiet: Content) -> None:
    """For Io the case of the law does not count; for Europa hess2011 is what it says."""
    for source in quiet["SOURCE"]:
        source["LAG_MODEL"] = "Hue2023"
    assert not warnings_of(Configuration.from_mapping(quiet))
    _europa("hess2011")(quiet)
    assert not warnings_of(Configuration.from_mapping(quiet))


def test_axes_of_an_ephemeris_are_its_own(quiet: Content) -> None:
    """With an ephemeris file TIME is not used, so nothing is said about it."""
    quiet["TIME"]["NBR"] = 10
    quiet["OBSERVER"] |= {"TYPE": "Pre-Defined", "EPHEM": "earth.csv"}
    assert not warnings_of(Configuration.from_mapping(quiet))


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
