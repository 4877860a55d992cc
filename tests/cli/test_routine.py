"""Routine simulations, forecasts and housekeeping from the command line."""

import json
from pathlib import Path

import pytest

from prefect_expres.cli.commands.routine_options import RoutineOptions, positions_of, what_to_run
from prefect_expres.ephemeris import AnalyticEphemeris, HorizonsEphemeris
from prefect_expres.errors import UsageError
from prefect_expres.expres import Routine
from prefect_expres.sandbox.serving import SandboxServer
from tests.support.command_line import run
from tests.support.processes import PrefectServer

pytestmark = pytest.mark.timeout(500)
NOWHERE = ("--url", "http://127.0.0.1:1")
DAY = ("--day", "2018-09-13")
REFUSED = "The flow {} cannot be run with these parameters:\n"


def test_words_become_a_routine_simulation() -> None:
    """In any case, and without what was not given."""
    asked = what_to_run(None, RoutineOptions(moon="io", day="2018-09-13", field="jrm09", energy=5))
    assert asked == Routine(source="Io", day="2018-09-13", field="JRM09+Connerney CS", energy=5)
    assert what_to_run("io.json", RoutineOptions(observer="Juno")) == "io.json"


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        ((), 2, "Give a configuration file, or --moon and --day"),
        (("--moon", "Io"), 2, "--moon and --day of a routine simulation"),
        (("io.json", "--moon", "Io", *DAY), 2, "not both"),
        (("--moon", "Ioo", *DAY), 2, "--moon: there is no 'Ioo' here; write 'Io'"),
        (("--moon", "Io", *DAY, "--field", "JRM32"), 2, "--field: there is no 'JRM32' here"),
        (("--moon", "Io", *DAY, "--lag-model", "hess"), 2, "--lag-model: there is no 'hess'"),
        (("--moon", "Io", *DAY, "--energy=-1"), 2, "--energy: Input should be greater than 0"),
        (("--moon", "Io", *DAY, "--observer", "Juno"), 1, "take horizons"),
        (("--moon", "Io", *DAY, "--attempts", "0"), 2, "attempts: Input should be greater than 0"),
        (("io.json", "--ephemeris", "horizons"), 2, "--ephemeris horizons needs --observer"),
        (("io.json", "--ephemeris", "analytic", "--observer", "Juno"), 2, "analytic.observer"),
    ],
)
def test_a_mistake_is_told_once(words: tuple[str, ...], code: int, told: str) -> None:
    """In one line, before a server is asked or a file is read."""
    done = run("simulate", *words, *NOWHERE)
    assert (done.code, done.out) == (code, "")
    _, *lines = done.err.replace(REFUSED.format("simulate"), "").strip().splitlines()
    assert told in " ".join(lines)
    assert len(lines) == 1


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("forecast", "Effelsberg"), "observatory: Input should be 'NenuFAR'"),
        (("forecast", "NenuFAR", "--moon", "Iou"), "moons: Input should be 'Io'"),
        (("forecast", "NenuFAR", "--days", "32"), "days: Input should be less than or equal to 31"),
        (("identify", "day.cdf", "--moon", "Iou"), "moons: there is no 'Iou' here"),
        (("identify", "day.cdf", "--energy", "0"), "energies: Input should be greater than 0"),
        (("identify", "day.cdf", "--max-shift=-1"), "max_shift: Input should be greater than"),
        (("housekeeping", "--keep-days", "0"), "keep_days: Input should be greater than 0"),
        (("campaign", "run", "--first", "2018-09-13", "--in-flight", "0"), "in_flight: Input"),
    ],
)
def test_a_wrong_parameter_is_told_once(words: tuple[str, ...], told: str) -> None:
    """A list is not told beside its wrong entry, and nothing is begun."""
    done = run(*words, *NOWHERE)
    assert (done.code, done.out) == (2, "")
    _, line = done.err.replace(REFUSED.format(words[0]), "").strip().splitlines()
    assert told in line


def test_a_source_is_named_by_a_word() -> None:
    """It computes for the observer of the command line; any other word is a file."""
    juno = RoutineOptions(observer="Juno")
    assert positions_of("Horizons", juno, "io.json") == HorizonsEphemeris(observer="Juno")
    assert positions_of("analytic", RoutineOptions(), "io.json") == AnalyticEphemeris()
    assert positions_of("track.csv", juno, "io.json") == "track.csv"
    assert positions_of(None, juno, "io.json") is None
    with pytest.raises(UsageError):
        positions_of("spice", RoutineOptions(), "io.json")


def test_a_plan_takes_source_and_form(tmp_path: Path) -> None:
    """Sources by their names, tables by their paths, and the form of the team."""
    first = ("campaign", "plan", "--first", "2018-09-13", "--moon", "EUROPA", "--json")
    plan = run(*first, "--observer", "juno", "--ephemeris", "horizons", "--form", "v01").found
    assert (plan["moons"], plan["observers"], plan["form"]) == (["Europa"], ["Juno"], "v01")
    assert plan["ephemeris"]["kind"] == "horizons"
    table = run(*first, "--ephemeris", str(tmp_path / "track.csv")).found
    assert table["ephemeris"]["kind"] == "table"
    files = run("campaign", "plan", "--files", "*.json", "--ephemeris", "analytic", "--json")
    assert "There are no files" in files.err


def test_help_has_the_page_of_the_command_line() -> None:
    """Who has installed the package has no documentation beside it."""
    assert "| 130 | Ctrl-C |" in run("help", "exit-codes").out
    assert "[profiles.maser]" in run("help", "Profiles").out
    assert "users-and-tokens" in run("help").out.splitlines()
    done = run("help", "colours")
    assert (done.code, "choose one of" in done.err) == (2, True)
    assert "prefect-expres help exit-codes" in run("--help").out


def test_a_forecast_and_its_housekeeping(
    server: PrefectServer, engine_sandbox: SandboxServer, tmp_path: Path
) -> None:
    """What an observatory sees is shown, and its jobs are found by the house that made them.

    The day is that of no page: a job of one would be found, which is none of this house.
    """
    command = ["-m", "prefect_expres.cli.main"]
    service, output = ["--url", engine_sandbox.url], ["--output", str(tmp_path / "out")]
    days = ["--days", "1", "--start", "2018-10-05"]
    words = [*command, "forecast", "nenufar", "--moon", "io", *days, *service, *output]
    with server.runs(words, tmp_path / "forecast.log") as child:
        assert child.end() == 0, child.output
    said = (tmp_path / "forecast.log").read_text()
    assert "NenuFAR, 2018-10-05 to 2018-10-05" in said
    assert "Io north" in said
    assert list((tmp_path / "out" / "nenufar").glob("*/windows.csv"))
    (page,) = (line for line in said.splitlines() if line.startswith("page"))
    assert page.endswith("/out/nenufar/latest/index.html")
    assert Path(page.split(maxsplit=1)[1]).exists()
    for more, told in (([], "Nothing was changed; --apply does it."), (["--apply"], "are ours")):
        words = [*command, "housekeeping", *service, *output, *more]
        log = tmp_path / f"housekeeping-{len(more)}.log"
        with server.runs(words, log) as child:
            assert child.end() == 0, child.output
        assert told in log.read_text()
        assert "io-earth-20181005" in log.read_text()
    words = [*command, "housekeeping", "--json", *service, *output]
    with server.runs(words, tmp_path / "json.log") as child:
        assert child.end() == 0, child.output
    text = (tmp_path / "json.log").read_text()
    assert json.loads(text[text.index("{") :])["dry_run"] is True
