"""Routine configurations: the MASER team's form, our own rules, and a run of the engine."""

from datetime import date
from pathlib import Path
from typing import Any

import cdflib
import numpy as np
import pytest
from jsonschema import Draft202012Validator
from pydantic import ValidationError

from prefect_expres.engine import run_engine
from prefect_expres.errors import ConfigurationError
from prefect_expres.expres import Access, Configuration, Routine, warnings_of
from prefect_expres.expres.result_name import output_name
from prefect_expres.expres.routine import FORMS, Form, routine_path
from prefect_expres.expres.templates import TEMPLATES
from prefect_expres.expres.templates.moons import MOONS
from tests.support.quick import DATA

EXAMPLES = DATA.parent.parent / "prefect_expres" / "examples"
EPHEMERIS = (EXAMPLES / "earth-jupiter-20180913.csv").read_bytes()
DAY = date(2018, 9, 13)


def routine(
    observer: str,
    moon: str,
    day: date,
    *,
    phase: float,
    ephemeris: str = "",
    form: Form = "v11",
    **more: Any,
) -> Configuration:
    """Build the configuration of a moon at a longitude, in a form of the team."""
    made = Routine(source=moon, day=day, observer=observer, field=FORMS[form], **more)
    return made.configuration(ephemeris=ephemeris, phases={moon: phase})


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
        ("JUICE", "Io", 0.0, "OBSERVER.SC: 'JUICE'"),
        ("Earth", "Io", float("nan"), "cannot be written as JSON"),
        ("Juno", "Io", 0.0, "OBSERVER.SCTIME: '203201010000'"),
    ],
)
def test_what_cannot_run_is_not_made(observer: str, moon: str, phase: float, words: str) -> None:
    """An observer whom ExPRES does not find, and a phase that is no number, are refused."""
    with pytest.raises(ConfigurationError, match=words):
        routine(observer, moon, date(2032, 1, 1), phase=phase)


@pytest.mark.parametrize(
    ("choices", "words"),
    [
        ({"source": "Iso"}, "there is no 'Iso' here; write 'Io'"),
        ({"source": "Moon"}, "choose one of 'Io', 'Europa', 'Ganymede'"),
        ({"field": "JRM32"}, "there is no 'JRM32' here; write 'JRM33'"),
        ({"source": "Europa", "lag_model": "bonfond2017"}, "for Europa; choose one of 'hess2011'"),
        ({"lag_model": "hess"}, "there is no 'hess' here; "),
        ({"energy": 0}, "greater than 0"),
        ({"observer": ""}, "at least 1 character"),
        ({"moon": "Io"}, "Extra inputs are not permitted"),
        ({"day": "2018-09-31"}, "valid date"),
    ],
)
def test_a_choice_that_there_is_not_is_refused(choices: dict[str, Any], words: str) -> None:
    """The reason says what there is."""
    with pytest.raises(ValidationError) as refused:
        Routine.model_validate({"source": "Io", "day": "2018-09-13", **choices})
    (problem,) = refused.value.errors()
    assert words in problem["msg"]


@pytest.mark.parametrize("choices", [{}, {"energy": 1.5, "field": "VIP4", "lag_model": "hue2023"}])
def test_its_json_is_what_a_form_sends(choices: dict[str, Any]) -> None:
    """A server that checks parameters by their schema takes it, and it is read back."""
    routine = Routine(source="Io", day=DAY, **choices)
    sent = routine.model_dump(mode="json")
    Draft202012Validator(Routine.model_json_schema()).validate(sent)
    assert Routine.model_validate(sent) == routine


def test_a_form_leaves_to_the_template_what_is_not_chosen() -> None:
    """Neither null nor a value stands in its fields, which offer words, or ask for a number."""
    shown = Routine.model_json_schema()["properties"]
    assert shown["source"]["enum"] == list(TEMPLATES)
    assert shown["field"]["enum"][:2] == ["JRM33", "JRM09+Connerney CS"]
    assert shown["lag_model"]["enum"][0] == "hess2011"
    assert (shown["energy"]["type"], shown["energy"]["exclusiveMinimum"]) == ("number", 0)
    assert {name for name, field in shown.items() if "default" in field} == {"observer"}


def test_an_ephemeris_file_has_a_plain_name() -> None:
    """That of the observer, without what a path or a shell could mean by it."""
    for observer, name in (("Earth", "Earth.csv"), (" ../my probe (2) ", "my-probe-2.csv")):
        assert Routine(source="Io", day=DAY, observer=observer).track == name


def test_names_are_taken_in_any_case() -> None:
    """They are written as ExPRES knows them, so that the same simulation has the same file."""
    usual = Routine(source="Io", day=DAY, field="JRM33", lag_model="hue2023")
    typed = Routine(source="IO", day=DAY, observer="earth", field="jrm33", lag_model="Hue2023")
    assert typed == usual
    assert Routine(source="io", day=DAY, field="jrm09").field == "JRM09+Connerney CS"
    assert Routine(source="io", day=DAY, observer="juno").observer == "Juno"
    assert Routine(source="io", day=DAY, observer="My probe").observer == "My probe"


@pytest.mark.parametrize(("energy", "written"), [(None, "3"), (3.0, "3"), (0.55, "0.55")])
def test_the_energy_is_written_as_the_team_writes_it(energy: float | None, written: str) -> None:
    """A whole number has no point: with one the file would be another simulation's."""
    made = Routine(source="Io", day=DAY, energy=energy).configuration()
    assert {str(source.accel) for source in made.source} == {written}


def test_another_field_names_the_simulation() -> None:
    """The team's versions have their names; any other field is its own."""
    made = Routine(source="Io", day=DAY, field="VIP4+Connerney CS").configuration()
    assert made.body[0].mag == "VIP4+Connerney CS"
    assert made.simu.name == "earth-io-20180913-vip4"


@pytest.mark.parametrize("name", TEMPLATES)
def test_every_choice_of_a_template_gives_a_configuration(name: str) -> None:
    """No rule is broken, and ExPRES does nothing silently but misread a table of leads."""
    template = TEMPLATES[name]
    assert template.summary
    assert template.paper
    for field in template.fields:
        for lag_model in template.lag_models or [None]:
            routine = Routine(source=name, day=DAY, field=field, lag_model=lag_model)
            made = routine.configuration(ephemeris="earth.csv")
            assert made.body[0].name == made.observer.parent == template.planet
            warned = {problem.path for problem in warnings_of(made, Access.of(None))}
            misprinted = lag_model == "bonfond2009"
            assert warned == (
                {"SOURCE[0].LAG_MODEL", "SOURCE[1].LAG_MODEL"} if misprinted else set()
            )


@pytest.mark.parametrize(
    ("moon", "radius", "period", "at_surface", "distance"),
    [
        ("Io", 1821.5, 1.7691, 105.3, 5.91),
        ("Europa", 1560.8, 3.5512, 114.1, 9.387),
        ("Ganymede", 2631.2, 7.1546, 142.1, 14.972),
    ],
)
def test_the_moons_are_those_of_the_solar_system(
    moon: str, radius: float, period: float, at_surface: float, distance: float
) -> None:
    """Radii in km and periods in days, as published, to the digits that the table has."""
    facts = MOONS[moon]
    assert facts.radius * 71492 == pytest.approx(radius, rel=0.025)
    assert facts.period / 1440 == pytest.approx(period, rel=2e-4)
    assert (facts.orbit_at_surface, facts.distance) == (at_surface, distance)


def test_any_observer_has_an_ephemeris() -> None:
    """With an ephemeris file the observer may be anybody, at any time."""
    made = routine("JUICE", "Europa", date(2032, 1, 1), phase=0, ephemeris="juice.csv")
    assert made.observer.sc == "JUICE"


@pytest.mark.parametrize("form", ["v11", "v01"])
def test_the_engine_runs_a_routine(form: Form, tables: Path, tmp_path: Path) -> None:
    """The sandbox runs the whole day and sees Io's emission, under the name that is predicted."""
    made = routine("Earth", "Io", DAY, phase=319.616, ephemeris="earth.csv", form=form)
    path = run_engine(made, EPHEMERIS, tmp_path, tables)
    assert path.stem == output_name(made)
    theta = cdflib.CDF(path).varget("Theta")
    assert theta.shape == (1440, 781, 2)
    assert np.count_nonzero(theta > -1e30) > 1000
