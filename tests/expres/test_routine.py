"""Routine configurations: the MASER team's form, our own rules, and a run of the engine."""

from datetime import date
from pathlib import Path

import cdflib
import numpy as np
import pytest

from prefect_expres.errors import ConfigurationError
from prefect_expres.expres import Access, Configuration, routine, warnings_of
from prefect_expres.expres.result_name import output_name
from prefect_expres.expres.routine import MOONS, Form, routine_path
from prefect_expres.sandbox.engine import run_engine
from tests.support.quick import DATA

EXAMPLES = DATA.parent.parent / "prefect_expres" / "examples"
EPHEMERIS = (EXAMPLES / "earth-jupiter-20180913.csv").read_bytes()
DAY = date(2018, 9, 13)


@pytest.mark.parametrize("moon", MOONS)
@pytest.mark.parametrize(("form", "field"), [("v11", "JRM33"), ("v01", "JRM09+Connerney CS")])
@pytest.mark.parametrize("ephemeris", ["", "earth-jupiter-20180913.csv"])
def test_a_routine_is_in_the_form_of_the_team(
    moon: str, form: Form, field: str, ephemeris: str
) -> None:
    """Axes, beam, sources and field are theirs, no rule is broken, and nothing is a surprise."""
    made = routine("Earth", moon, DAY, phase=319.616, ephemeris=ephemeris, form=form)
    assert Configuration.parse(made.to_json()).content() == made.content()
    assert warnings_of(made, Access.of(None)) == ()
    assert (made.time.nbr, made.time.max) == (1440, 1439 if ephemeris else 1440)
    assert (made.frequency.min, made.frequency.max, made.frequency.nbr) == (0.01, 44.0, 781)
    planet, satellite = made.body
    assert planet.mag == field
    assert (satellite.name, satellite.phase) == (moon, 319.616)
    assert [(bool(each.north), bool(each.south)) for each in made.source] == [(1, 0), (0, 1)]
    for source in made.source:
        assert (source.sat, source.width, source.accel) == (moon, 1, 3)
        assert source.current == "Transient (Alfvenic)"
        assert source.aurora_alt * 71492 == pytest.approx(650)


@pytest.mark.parametrize(("moon", "shell"), [("Io", 6), ("Europa", 10), ("Ganymede", 15)])
def test_a_moon_lies_on_its_shell_and_keeps_its_period(moon: str, shell: int) -> None:
    """ExPRES takes the next whole shell, and ORB_PER · a^1.5 as the period: within 0.4 %."""
    planet, satellite = routine("Earth", moon, DAY, phase=0).body
    assert shell - 1 < satellite.semi_maj <= shell
    assert planet.orb_per * satellite.semi_maj**1.5 == pytest.approx(satellite.period, rel=4e-3)


def test_the_shipped_example_is_a_routine() -> None:
    """The example differs from a v01 routine by its name and the rounding of the altitude."""
    example = Configuration.parse((EXAMPLES / "earth-jupiter-io-20180913.json").read_bytes())
    ephemeris = example.observer.ephem
    made = routine("Earth", "Io", DAY, phase=319.616, ephemeris=ephemeris, form="v01").content()
    expected = example.content()
    made["SIMU"]["NAME"] = expected["SIMU"]["NAME"]
    for source in made["SOURCE"]:
        source["AURORA_ALT"] = round(source["AURORA_ALT"], 5)
    assert made == expected


def test_the_path_is_that_of_the_team() -> None:
    """Observer, year and month are folders; the name is that of the result to come."""
    made = routine("Juno", "Ganymede", date(2021, 6, 7), phase=10, form="v01")
    name = "expres_juno_jupiter_ganymede_jrm09_lossc-wid1deg_3kev_rx_20210607_v14"
    assert routine_path(made) == f"juno/2021/06/{name}.json"


@pytest.mark.parametrize(
    ("observer", "moon", "phase", "words"),
    [
        ("Earth", "Callisto", 0.0, "no routine simulation of the moon 'Callisto'"),
        ("Earth", "io", 0.0, "write 'Io'"),
        ("JUICE", "Io", 0.0, "OBSERVER.SC: 'JUICE'"),
        ("Earth", "Io", float("nan"), "cannot be written as JSON"),
        ("Juno", "Io", 0.0, "OBSERVER.SCTIME: '203201010000'"),
    ],
)
def test_what_cannot_run_is_not_made(observer: str, moon: str, phase: float, words: str) -> None:
    """A moon without a routine, and an observer whom ExPRES does not find, are refused."""
    with pytest.raises(ConfigurationError, match=words):
        routine(observer, moon, date(2032, 1, 1), phase=phase)


def test_any_observer_has_an_ephemeris() -> None:
    """With an ephemeris file the observer may be anybody, at any time."""
    made = routine("JUICE", "Europa", date(2032, 1, 1), phase=0, ephemeris="juice.csv")
    assert made.observer.sc == "JUICE"


@pytest.mark.parametrize("form", ["v11", "v01"])
def test_the_engine_runs_a_routine(form: Form, tmp_path: Path) -> None:
    """The sandbox runs the whole day and sees Io's emission, under the name that is predicted."""
    made = routine("Earth", "Io", DAY, phase=319.616, ephemeris="earth.csv", form=form)
    path = run_engine(made, EPHEMERIS, tmp_path, tmp_path / "tables")
    assert path.stem == output_name(made)
    theta = cdflib.CDF(path).varget("Theta")
    assert theta.shape == (1440, 781, 2)
    assert np.count_nonzero(theta > -1e30) > 1000
