"""The commands that look at jobs and change them, on the sandbox in both dialects."""

import json
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from prefect_expres.cli.console.exit_codes import Exit
from prefect_expres.sandbox.serving import SandboxServer
from tests.support.command_line import run
from tests.support.service_user import ServiceUser

JobIn = Callable[[str], str]


def pass_second() -> None:
    """Let the second pass: services tell when a job was created to the second."""
    time.sleep(1.0 - time.time() % 1.0)


def test_list_tells_every_job_in_order(service: SandboxServer, job_in: JobIn) -> None:
    """Oldest first, with runId, phase and a URL that works; people see the same."""
    made = []
    for phase in ("COMPLETED", "PENDING", "ERROR"):
        made.append(job_in(phase))
        pass_second()
    listed = run("jobs", "list", "--json").found
    assert [job["id"] for job in listed] == made
    assert [job["phase"] for job in listed] == ["COMPLETED", "PENDING", "ERROR"]
    assert {job["run_id"] for job in listed} == {"io-1"}
    assert run("jobs", "phase", listed[1]["url"]).out == "PENDING\n"
    shown = run("jobs", "list").out
    assert made == sorted(made, key=shown.index)


def test_list_is_filtered(service: SandboxServer, job_in: JobIn) -> None:
    """By phase in any case, by the number of the youngest, by time and by runId."""
    first = job_in("COMPLETED")
    pass_second()
    second = job_in("PENDING")
    pass_second()
    third = job_in("PENDING")

    def ids(*options: str) -> list[str]:
        return [job["id"] for job in run("jobs", "list", *options, "--json").found]

    assert ids("--phase", "pending") == [second, third]
    assert ids("--phase", "PENDING", "-p", "completed", "--last", "2") == [second, third]
    assert ids("--last", "1") == [third]
    assert ids("--last", "0") == []
    assert ids("--after", "2100-01-01T00:00:00") == []
    assert ids("--after", "2000-01-01") == [first, second, third]
    assert ids("--run-id", "io-?") == [first, second, third]
    assert ids("--run-id", "europa*") == []


def test_show_tells_all_of_a_job(service: SandboxServer, job_in: JobIn) -> None:
    """Attributes, parameters, results and the error; the service's brackets are only text."""
    job_id = job_in("ERROR")
    found = run("jobs", "show", job_id, "--json").found
    assert found["phase"] == "ERROR"
    assert found["error"] == "the run failed as it was told to"
    assert found["parameters"]["branch"] == "master"
    assert found["url"] == f"{service.jobs_url()}/{job_id}"
    shown = run("jobs", "show", found["url"]).out
    assert "io-1" in shown
    assert "the run failed as it was told to" in shown


def test_show_waits_for_a_change(service: SandboxServer, job_in: JobIn) -> None:
    """With --wait the job is shown when it has left its phase; another phase is shown at once."""
    job_id = job_in("EXECUTING")
    shown = run("jobs", "show", job_id, "--wait", "60", "--phase", "QUEUED", "--json")
    assert shown.found["phase"] == "EXECUTING"
    assert run("jobs", "show", job_id, "--wait", "60", "--json").found["phase"] == "COMPLETED"
    pending = job_in("PENDING")
    assert run("jobs", "show", pending, "--wait", "0.5", "--json").found["phase"] == "PENDING"
    assert run("jobs", "show", pending, "--phase", "PENDING").code == 2


def test_a_new_job_is_all_that_was_said(service: SandboxServer, configuration_file: Path) -> None:
    """Texts, files and limits arrive; stdout has nothing but the URL, for scripts."""
    done = run(
        *("jobs", "new", f"config=@{configuration_file}", "branch=master", "RUNID=io"),
        *("executionduration=61", "destruction=2100-01-01T00:00:00"),
    )
    assert done.code == 0
    url = done.out.strip()
    found = run("jobs", "show", url, "--json").found
    assert (found["phase"], found["run_id"]) == ("PENDING", "io")
    assert found["execution_duration"] == 61
    assert found["destruction"].startswith("2100-01-01T00:00:00")
    with ServiceUser(service.url) as guest:
        told = guest.get(f"{found['id']}/parameters/config").text
    # OPUS tells the file's name, UWS 1.1 its content.
    assert told in {"file://io.json", configuration_file.read_text()}


def test_guests_are_warned(service: SandboxServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """What guests must know is told on stderr before a job is made; users are not bothered."""
    done = run("jobs", "new", "branch=develop", "executionDuration=9000")
    assert "visible to everybody" in done.err
    assert "over the limit of 600 s" in done.err
    monkeypatch.setenv("EXPRES_TOKEN", "t0ken-of-ann")
    done = run("jobs", "new", "branch=master", "--user", "ann")
    assert done.code == 0
    assert "visible" not in done.err


def test_from_parameters_to_results_in_one_line(
    service: SandboxServer, configuration_file: Path, tmp_path: Path
) -> None:
    """--download runs the job, waits for it and brings the results home."""
    done = run(
        "jobs", "new", f"config=@{configuration_file}", "--download", tmp_path / "out", "--json"
    )
    assert done.code == 0
    assert done.found["phase"] == "COMPLETED"
    names = [file["name"] for file in done.found["files"]]
    assert "expres_test.cdf" in names
    assert (tmp_path / "out" / "expres_test.cdf").read_bytes() == bytes(range(256)) * 1200


def test_a_job_like_another(service: SandboxServer, job_in: JobIn) -> None:
    """--like takes over texts and files; what is given beside it wins."""
    earlier = job_in("PENDING")
    run("jobs", "set", earlier, "branch=develop")
    again = run("jobs", "new", "--like", earlier, "--json").found
    assert again["id"] != earlier
    assert again["parameters"]["branch"] == "develop"
    changed = run("jobs", "new", "--like", earlier, "branch=master", "--run", "--wait", "--json")
    assert changed.found["phase"] == "COMPLETED", changed.err
    with ServiceUser(service.url) as guest:
        told = guest.get(f"{again['id']}/parameters/config").text
        content = guest.get(f"{earlier}/parameters/config").text
    assert told.endswith((".json", "config")) or told == content


def test_values_are_set(service: SandboxServer, job_in: JobIn) -> None:
    """Parameters and limits of a PENDING job change; a file is refused with the way to do it."""
    job_id = job_in("PENDING")
    done = run("jobs", "set", job_id, "branch=develop", "executionDuration=42", "--json")
    assert done.found["parameters"]["branch"] == "develop"
    assert done.found["execution_duration"] == 42
    assert run("jobs", "set", job_id, f"config=@{__file__}").code == 2
    assert run("jobs", "set", job_in("COMPLETED"), "branch=master").code == 1


def test_a_value_that_a_shell_would_read_needs_a_word(service: SandboxServer) -> None:
    """Such values are refused, since OPUS hands them to a shell; --verbatim sends them."""
    refused = run("jobs", "new", "query=SELECT * FROM t; rm")
    assert refused.code == 2
    assert "--verbatim" in refused.err
    sent = run("jobs", "new", "query=SELECT * FROM t", "--verbatim", "--json")
    assert sent.found["parameters"]["query"] == "SELECT * FROM t"


def test_jobs_run_abort_and_go(service: SandboxServer, job_in: JobIn) -> None:
    """Several jobs at once; one that never ran is deleted by an abort, a finished one is left."""
    first, second = job_in("PENDING"), job_in("PENDING")
    phases = {each["phase"] for each in run("jobs", "run", first, second, "--json").found}
    assert phases <= {"QUEUED", "EXECUTING", "COMPLETED"}
    assert run("jobs", "wait", first, second).code == 0
    pending = job_in("PENDING")
    done = run("jobs", "abort", first, pending, "--json").found
    assert [each["phase"] for each in done] == ["COMPLETED", None]
    assert run("jobs", "delete", first, second).code == 0
    assert run("jobs", "list", "--json").found == []


def test_a_job_that_has_ended_is_not_run_again(service: SandboxServer, job_in: JobIn) -> None:
    """That is told for each, with its own exit code; the others are started, and told as before."""
    completed, failed, pending = (job_in(phase) for phase in ("COMPLETED", "ERROR", "PENDING"))
    done = run("jobs", "run", completed, pending, failed, "--json")
    assert done.code == Exit.NOT_AS_ASKED
    assert [each["phase"] != "PENDING" for each in done.found] == [True, True, True]
    told = " ".join(done.err.split())
    for job_id, phase in ((completed, "COMPLETED"), (failed, "ERROR")):
        assert f"/{job_id} has ended in phase {phase} and is not run again" in told
    assert f"jobs new --like {service.url}/rest/ExPRES/{completed} --run" in told
    assert f"/{pending} has ended" not in told
    assert run("jobs", "wait", pending).code == 0


def test_a_job_that_runs_is_run(service: SandboxServer, job_in: JobIn) -> None:
    """Then it is as it was to be."""
    assert run("jobs", "run", job_in("EXECUTING")).code == Exit.OK


def test_errors_are_told(service: SandboxServer, job_in: JobIn) -> None:
    """In the service's words; a job without any says so."""
    failed = job_in("ERROR")
    assert "the run failed as it was told to" in run("jobs", "error", failed).out
    assert run("jobs", "error", failed, "--json").found["phase"] == "ERROR"
    assert "has no error message" in run("jobs", "error", job_in("PENDING")).out


@pytest.mark.parametrize(
    "words",
    [
        ("list",),
        ("show", "1"),
        ("phase", "1"),
        ("run", "1"),
        ("abort", "1"),
        ("results", "1"),
        ("new", "query=a", "--json"),
    ],
    ids=" ".join,
)
def test_a_wrong_address_is_told(service: SandboxServer, words: tuple[str, ...]) -> None:
    """It has no job list: that is told instead of a job that was not found, with what to check."""
    wrong = f"{service.url}/rest/ExPRES/elsewhere"
    done = run("jobs", *words, "--url", wrong)
    assert done.code == Exit.NOT_FOUND
    assert "Error: JobListNotFound" in done.err
    assert f"no UWS job list at {wrong}" in " ".join(done.err.split())


def test_what_a_job_printed(service: SandboxServer, job_in: JobIn) -> None:
    """Its stdout goes to stdout and its stderr to stderr, as if it had run here."""
    failed = job_in("ERROR")
    done = run("jobs", "logs", failed)
    assert done.out == "the run has begun\n"
    assert done.err == "the run failed as it was told to\n"
    assert run("jobs", "logs", failed, "--only", "stderr", "--json").found == {
        "stderr": "the run failed as it was told to"
    }


def test_logs_are_followed_to_the_end(service: SandboxServer, job_in: JobIn) -> None:
    """--follow ends with the job, and prints nothing twice."""
    job_id = job_in("EXECUTING")
    done = run("jobs", "logs", job_id, "--follow")
    assert done.out == "the run has begun\n"
    assert run("jobs", "phase", job_id).out == "COMPLETED\n"


def test_a_service_describes_itself(service: SandboxServer) -> None:
    """Parameters with defaults, results and limits; as JSON the description as it came."""
    done = run("service", "describe")
    for words in ("branch", "master", "*.cdf", "executionDuration", "600 s", "10800 s"):
        assert words in done.out
    found = run("service", "describe", "--json").found
    assert found["description"]["parameters"]["branch"]["default"] == "master"
    assert found["access"] == {"longest_run": 600, "any_branch": False, "shared": True}
    assert json.dumps(found)
