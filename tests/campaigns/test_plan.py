"""Plans name many simulations, lazily and always alike."""

import json
import re
from datetime import date
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from pydantic import TypeAdapter, ValidationError

from prefect_expres.campaigns.plan import FilesPlan, Plan, Planned, RoutinePlan, beside
from prefect_expres.cli.demo import free_port
from prefect_expres.ephemeris import AnalyticEphemeris, HorizonsEphemeris, TableEphemeris
from prefect_expres.errors import ConfigurationError, StorageUnavailable
from prefect_expres.expres import Configuration
from prefect_expres.expres.routine import FORMS, Form
from prefect_expres.expres.templates import TEMPLATES
from tests.support.values import assert_unchangeable


def routine(**more: Any) -> RoutinePlan:
    """Plan two days."""
    days = {"first": date(2018, 9, 30), "last": date(2018, 10, 1)}
    return RoutinePlan.model_validate(days | more)


def test_every_combination_comes_once() -> None:
    """Days, observers, moons and the grid's values are all combined, and the labels tell them."""
    plan = routine(
        moons=["Io", "Ganymede"],
        observers=["Earth", "Juno"],
        ephemeris=HorizonsEphemeris(),
        grid={"SOURCE.*.ACCEL": [1, 30.5], "FREQUENCY.MAX": [40]},
    )
    planned = [plan.simulation(number) for number in range(plan.count())]
    assert len(planned) == len({each.label for each in planned}) == 16
    assert [each.number for each in planned] == list(range(16))
    assert planned[0].label == "io-earth-20180930-accel-1-max-40"
    assert planned[7].label == "ganymede-juno-20180930-accel-30-5-max-40"
    assert planned[8].label == "io-earth-20181001-accel-1-max-40"
    last = planned[-1].configuration
    assert isinstance(last, Configuration)
    assert {source.accel for source in last.source} == {30.5}
    assert last.frequency.max == 40
    assert planned[-1].ephemeris == HorizonsEphemeris(observer="Juno")


def test_a_plan_may_be_of_one_day() -> None:
    """The last day is the first one then."""
    assert routine(first=date(2018, 10, 1)).count() == 1


def test_a_plan_tells_what_makes_a_simulation() -> None:
    """Day, observer, moon and the values of the grid are those of the configuration."""
    grid = {"SOURCE.*.ACCEL": [1, 3], "SOURCE.*.LAG_MODEL": ["hess2011", "hue2023"]}
    plan = RoutinePlan(
        first=date(2018, 9, 13), last=date(2018, 9, 14), moons=("Io", "Europa"), grid=grid
    )
    for number in range(plan.count()):
        chosen, configuration = plan.chosen(number), plan.simulation(number).configuration
        assert isinstance(configuration, Configuration)
        source = configuration.source[0]
        assert list(chosen.values.values()) == [source.accel, source.lag_model]
        assert (chosen.moon, chosen.observer) == (source.sat, configuration.observer.sc)
        assert configuration.observer.sctime.startswith(f"{chosen.day:%Y%m%d}")


@pytest.mark.parametrize("form", ["v01", "v11"])
def test_a_plan_says_which_field(form: Form) -> None:
    """Of Jupiter; a source that has another field keeps its own."""
    plan = routine(form=form, moons=["Io", "Exoplanet"])
    jupiter, star = (plan.simulation(number).configuration for number in range(2))
    assert isinstance(jupiter, Configuration)
    assert jupiter.body[0].mag == FORMS[form]
    assert isinstance(star, Configuration)
    assert star.body[0].mag == TEMPLATES["Exoplanet"].fields[0]


def test_a_plan_is_the_same_in_every_process() -> None:
    """A plan that went through JSON gives equal simulations."""
    plan = routine(grid={"SOURCE.0.WIDTH": [1, 2]})
    again = TypeAdapter(Plan).validate_json(plan.model_dump_json())
    assert again == plan
    assert [again.simulation(number) for number in range(4)] == [
        plan.simulation(number) for number in range(4)
    ]


def test_large_plans_hold_nothing() -> None:
    """A plan of a million simulations is counted at once, and gives any of them."""
    plan = routine(first=date(1990, 1, 1), last=date(2020, 1, 1), grid={"SPDYN.LOG": [True] * 99})
    assert plan.count() > 1_000_000
    assert plan.simulation(plan.count() - 1).label.startswith("io-earth-20200101")


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"last": date(2018, 9, 29)}, "before the first"),
        ({"grid": {"TIME.NBR": []}}, "no values for TIME.NBR"),
        ({"observers": ["Juno"]}, "does not know Jupiter seen from Juno"),
        ({"moons": []}, "at least 1"),
        ({"observers": []}, "at least 1"),
        ({"moons": ["Amalthea"]}, "Io"),
        ({"days": 3}, "not permitted"),
    ],
)
def test_what_cannot_be_planned_is_refused(more: dict[str, Any], words: str) -> None:
    """A plan that makes no sense says why."""
    with pytest.raises(ValidationError, match=words):
        routine(**more)


@pytest.mark.parametrize(
    ("grid", "words"),
    [
        ({"SOURCE.7.ACCEL": [1]}, r"'7' is none of 0, 1, or \*$"),
        ({"SOURCE.x.ACCEL": [1]}, r"'x' is none of 0, 1, or \*$"),
        ({"TIME.NBR.X": [1]}, "The grid's 'TIME.NBR.X' .* 'X' is below what has no parts"),
        ({"TIME.NBR.*": [1]}, r"'\*' is below what has no parts"),
        ({"SIMU.NAME.*": ["x"]}, r"'\*' is below what has no parts"),
        ({"SOURCE.*.SPEED": [1]}, r"'SPEED' is none of ON, NAME, .*, or \*$"),
        ({"TIME.NBR": [-1]}, "TIME.NBR"),
    ],
)
def test_grid_is_checked_by_the_rules(grid: dict[str, Any], words: str) -> None:
    """A path that is not there, or a value that breaks a rule, is told with its path."""
    with pytest.raises(ConfigurationError, match="(?s)" + words):
        routine(grid=grid).simulation(0)


def test_files_come_by_name(tmp_path: Path) -> None:
    """Patterns on any file system give each file once, in order."""
    for name in ("b.json", "a.json", "sub/c.json", "notes.txt"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("{}")
    plan = FilesPlan.model_validate({"configurations": f"{tmp_path}/**/*.json"})
    labels = [plan.simulation(number).label for number in range(plan.count())]
    assert labels == ["a", "b", "c"]
    both = FilesPlan(configurations=(f"{tmp_path}/a.json", f"file://{tmp_path}/*.json"))
    assert both.count() == 2
    assert str(both.simulation(0).configuration).endswith("a.json")
    with pytest.raises(ValidationError, match="not permitted"):
        FilesPlan.model_validate({"configurations": "a.json", "days": 3})
    with pytest.raises(ValidationError, match="at least 1"):
        FilesPlan(configurations=())
    with pytest.raises(ConfigurationError, match="There are no files"):
        FilesPlan(configurations=(f"{tmp_path}/*.yaml",)).count()


@pytest.mark.parametrize("scheme", ["ftp", "http"])
def test_a_host_that_is_away_is_told(scheme: str) -> None:
    """It is not taken for one without files."""
    away = f"{scheme}://127.0.0.1:{free_port()}/runs/*.json"
    with pytest.raises(StorageUnavailable, match="cannot be read") as fault:
        FilesPlan(configurations=(away,)).count()
    assert away in str(fault.value)
    assert "See whether its host answers" in str(fault.value)
    assert re.search("Connection refused|Connect call failed", str(fault.value))


def test_a_password_is_not_shown() -> None:
    """Not in the error that refuses it, either."""
    with pytest.raises(ValidationError, match="was given with a password") as fault:
        FilesPlan(configurations=("ftp://me:word@host/a.json",))
    assert "word@" not in str(fault.value)


def test_names_say_what_is_planned() -> None:
    """The name of a plan is that of the campaign's runs."""
    assert routine().name == "io-earth-20180930-20181001"
    assert FilesPlan(configurations=("s3://bucket/runs/io-*.json",)).name == "runs-io"
    assert beside("s3://bucket/runs/io.json", "earth.csv") == "s3://bucket/runs/earth.csv"
    queried = "https://files.example.org/runs/io.json?version=a/b.c"
    assert FilesPlan(configurations=(queried,)).name == "runs-io"
    assert beside(queried, "earth.csv") == "https://files.example.org/runs/earth.csv"


def test_a_file_is_labelled_by_its_name_and_gets_the_source(tmp_path: Path) -> None:
    """With what a runId can hold."""
    (tmp_path / "my run!.json").write_text("{}")
    source = AnalyticEphemeris(observer="Earth")
    planned = FilesPlan(configurations=(tmp_path / "*.json",), ephemeris=source).simulation(0)
    assert (planned.label, planned.ephemeris) == ("my-run", source)


def test_forms_know_plans() -> None:
    """The schema is one that Prefect's form shows as tabs, and what it sends is a plan."""
    schema = TypeAdapter(Plan).json_schema()
    assert len(schema["anyOf"]) == 2
    sent = {"kind": "routine", "first": "2018-09-13", "last": "2018-09-14"}
    jsonschema.validate(sent, schema)
    plan = TypeAdapter(Plan).validate_python(json.loads(json.dumps(sent)))
    assert isinstance(plan, RoutinePlan)
    assert plan.ephemeris == AnalyticEphemeris()


@pytest.mark.parametrize(
    "plan",
    [
        RoutinePlan(first=date(2018, 9, 13), last=date(2018, 9, 14)),
        FilesPlan(configurations=("runs/*.json",)),
        FilesPlan(configurations=("a.json",), ephemeris=AnalyticEphemeris()),
    ],
)
def test_a_plan_is_known_by_its_fields(plan: RoutinePlan | FilesPlan) -> None:
    """A form has no field for the kind, and sends the others."""
    sent = plan.model_dump(mode="json", exclude={"kind": True, "ephemeris": {"kind"}})
    jsonschema.validate(sent, TypeAdapter(Plan).json_schema())
    assert TypeAdapter[RoutinePlan | FilesPlan](Plan).validate_python(sent) == plan


def test_a_plan_takes_paths(tmp_path: Path) -> None:
    """Paths mean the same as their texts, alone and many, also as the source's file."""
    (tmp_path / "io.json").write_text("{}")
    plans = [
        FilesPlan(configurations=pattern, ephemeris=TableEphemeris(path=tmp_path / "e.csv"))
        for pattern in (tmp_path / "*.json", [tmp_path / "*.json"], str(tmp_path / "*.json"))
    ]
    assert plans[0] == plans[1] == plans[2]
    assert [plan.count() for plan in plans] == [1, 1, 1]


def test_what_is_planned_stays_as_it_is() -> None:
    """Workers share it."""
    assert_unchangeable(Planned)
