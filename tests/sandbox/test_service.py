"""The rules of the service, over real HTTP: what OPUS allows, refuses and gets wrong."""

import re
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from prefect_expres.sandbox import SandboxServer
from prefect_expres.sandbox.behaviour import Behaviour
from tests.support.quick import QUICK_RUN
from tests.support.service_user import ServiceUser, alive, process_id, until_gone


@pytest.fixture
def ann(quick_opus: SandboxServer) -> Iterator[ServiceUser]:
    """Give a user of the quick service."""
    with ServiceUser(quick_opus.url, "ann") as user:
        yield user


@pytest.fixture
def guest(quick_opus: SandboxServer) -> Iterator[ServiceUser]:
    """Give a user without a name."""
    with ServiceUser(quick_opus.url) as user:
        yield user


def _reason(answer: str) -> str:
    found = re.search(r"<pre>(.*?)</pre>", answer, re.DOTALL)
    return found[1] if found else ""


def test_creation_answers_303_and_can_run_at_once(ann: ServiceUser) -> None:
    """A new job is told by Location; PHASE=RUN starts it with its creation."""
    answer = ann.create_answer(PHASE="RUN")
    assert answer.status_code == 303
    assert answer.headers["location"].startswith(
        f"{ann.http.base_url}".rstrip("/") + "/rest/ExPRES/"
    )
    ann.until(answer.headers["location"].rpartition("/")[2], "COMPLETED")


def test_urlencoded_creation_works(ann: ServiceUser) -> None:
    """A form that is not multipart creates a job too; the text of a file is its content."""
    answer = ann.http.post(ann.list_path, data={"runId": "u 1", "config": "{}"})
    job_id = answer.headers["location"].rpartition("/")[2]
    document = ann.get(job_id).text
    assert "<uws:runId>u 1</uws:runId>" in document
    assert '<uws:parameter id="runId" byReference="0">u+1</uws:parameter>' in document
    assert 'id="config" byReference="1">http%3A%2F%2F' in document


def test_upload_names_stay_in_their_folder(quick_opus: SandboxServer, ann: ServiceUser) -> None:
    """A file name that would leave the job's folder is cut to a plain name."""
    names = {"../../evil.json": "evil.json", "..": "config", "a\\b c;.json": "b_c_.json"}
    for given, kept in names.items():
        answer = ann.http.post(ann.list_path, files={"config": (given, b"{}")})
        job_id = answer.headers["location"].rpartition("/")[2]
        assert ann.get(f"{job_id}/parameters/config").text == f"file://{kept}"


def test_links_follow_the_host_that_was_asked(ann: ServiceUser) -> None:
    """Addresses in documents are built from the request's Host header."""
    job_id = ann.create()
    told = ann.http.get(f"{ann.list_path}/{job_id}", headers={"Host": "maser.test:81"}).text
    assert "http%3A%2F%2Fmaser.test%3A81%2Fstore" in told


def test_resources_of_a_job_are_told_as_text(ann: ServiceUser) -> None:
    """Every small resource answers, and what is not there is 404."""
    job_id = ann.create()
    assert ann.get(f"{job_id}/owner").text == "ann"
    assert ann.get(f"{job_id}/quote").text == "120"
    assert ann.get(f"{job_id}/executionduration").text == "600"
    assert ann.get(f"{job_id}/error").text == ""
    assert ann.get(f"{job_id}/stdout").text == ""
    assert ann.get(f"{job_id}/nothing").status_code == 404
    assert ann.get(f"{job_id}/parameters/nothing").status_code == 404
    destruction = datetime.fromisoformat(ann.get(f"{job_id}/destruction").text)
    assert timedelta(days=29) < destruction - datetime.now() < timedelta(days=31)  # noqa: DTZ005


def test_execution_duration_is_cut_to_what_the_user_may_have(
    ann: ServiceUser, guest: ServiceUser
) -> None:
    """A guest gets at most 600 s, a user 10800 s; nonsense is a 500."""
    for user, longest in [(ann, "10800"), (guest, "600")]:
        job_id = user.create()
        assert user.post(f"{job_id}/executionduration", EXECUTIONDURATION="99999").is_redirect
        assert user.get(f"{job_id}/executionduration").text == longest
        bad = user.post(f"{job_id}/executionduration", EXECUTIONDURATION="soon")
        assert bad.status_code == 500
        assert _reason(bad.text) == "Execution duration must be an integer or a float"


def test_settings_are_closed_once_a_job_runs(ann: ServiceUser) -> None:
    """Duration and parameters are for PENDING jobs only; destruction may always be set."""
    job_id = ann.run("sleep=60")
    assert ann.post(f"{job_id}/executionduration", EXECUTIONDURATION="5").status_code == 500
    assert ann.post(f"{job_id}/parameters", branch="x").status_code == 500
    assert ann.post(f"{job_id}/destruction", DESTRUCTION="2099-01-01T00:00:00").is_redirect
    assert ann.get(f"{job_id}/destruction").text == "2099-01-01T00:00:00"
    assert ann.post(f"{job_id}/destruction", DESTRUCTION="never").status_code == 500


def test_parameters_of_a_pending_job_change(ann: ServiceUser) -> None:
    """A parameter is set by its name or at its own address; unknown ones are refused."""
    job_id = ann.create()
    ann.post(f"{job_id}/parameters", branch="one")
    assert ann.get(f"{job_id}/parameters/branch").text == "one"
    answer = ann.post(f"{job_id}/parameters/branch", VALUE="two")
    assert answer.headers["location"].endswith(f"{job_id}/parameters")
    assert ann.get(f"{job_id}/parameters/branch").text == "two"
    assert ann.post(f"{job_id}/parameters", nonsense="1").status_code == 400


def test_run_longer_than_its_duration_is_killed(ann: ServiceUser) -> None:
    """A run that exceeds its execution duration ends in ERROR and its process is gone."""
    job_id = ann.run("sleep=60", executionDuration="1")
    job = ann.until(job_id, "ERROR")
    assert ann.get(f"{job_id}/error").text == "Execution duration of 1 s exceeded"
    assert not alive(process_id(job))


def test_abort_kills_the_run_and_all_it_started(ann: ServiceUser) -> None:
    """After ABORT neither the run nor its own child lives."""
    job_id = ann.run("child sleep=60")
    job = ann.until(job_id, "EXECUTING")
    while not (child := re.search(r"child (\d+)", ann.get(f"{job_id}/stdout").text)):
        continue
    assert ann.post(f"{job_id}/phase", PHASE="ABORT").is_redirect
    assert ann.phase(job_id) == "ABORTED"
    assert not alive(process_id(job))
    until_gone(int(child[1]))


def test_child_that_outlives_its_run_is_ended(ann: ServiceUser) -> None:
    """A process that a finished run left behind is ended with it."""
    job_id = ann.run("child")
    ann.until(job_id, "COMPLETED")
    child = re.search(r"child (\d+)", ann.get(f"{job_id}/stdout").text)
    assert child is not None
    until_gone(int(child[1]))


def test_finished_job_cannot_be_aborted(ann: ServiceUser) -> None:
    """ABORT after the end is a 500 that names the phase."""
    job_id = ann.run()
    ann.until(job_id, "COMPLETED")
    answer = ann.post(f"{job_id}/phase", PHASE="ABORT")
    assert answer.status_code == 500
    assert _reason(answer.text) == f"Job {job_id} cannot be aborted while in phase COMPLETED"


def test_queued_job_is_aborted_without_a_run(tmp_path: Path) -> None:
    """A queued job is aborted; the next one in the queue runs."""
    with (
        SandboxServer(tmp_path, command=QUICK_RUN, behaviour=Behaviour(parallel=1)) as server,
        ServiceUser(server.url, "ann") as ann,
    ):
        first, second, third = ann.run("sleep=60"), ann.run(), ann.run()
        ann.until(first, "EXECUTING")
        assert (ann.phase(second), ann.phase(third)) == ("QUEUED", "QUEUED")
        ann.post(f"{second}/phase", PHASE="ABORT")
        ann.post(f"{first}/phase", PHASE="ABORT")
        ann.until(third, "COMPLETED")
        assert ann.until(second, "ABORTED").findtext(".//process_id") == "None"


def test_job_aborted_before_its_run_stays_for_ever(ann: ServiceUser) -> None:
    """OPUS cannot delete a job that was aborted while PENDING, and neither can we."""
    job_id = ann.create()
    assert ann.post(f"{job_id}/phase", PHASE="ABORT").is_redirect
    assert ann.http.delete(f"{ann.list_path}/{job_id}").status_code == 500
    assert ann.phase(job_id) == "ABORTED"


def test_delete_answers_with_the_list_and_ends_the_run(ann: ServiceUser) -> None:
    """DELETE and POST ACTION=DELETE answer 303 to the list; the job, its files and run are gone."""
    running, pending = ann.run("sleep=60"), ann.create()
    pid = process_id(ann.until(running, "EXECUTING"))
    config = re.search(r"ID%3D(\w+)", ann.get(running).text)
    assert config is not None
    answer = ann.http.delete(f"{ann.list_path}/{running}")
    assert answer.status_code == 303
    assert answer.headers["location"].endswith("/rest/ExPRES")
    assert not alive(pid)
    assert ann.get(running).status_code == 404
    assert ann.http.get(f"/store?ID={config[1]}").status_code == 404
    assert ann.post(pending, ACTION="OTHER").status_code == 500
    assert ann.post(pending, ACTION="DELETE").status_code == 303
    assert ann.ids() == []


def test_delete_while_it_is_aborted_leaves_nothing(
    quick_opus: SandboxServer, ann: ServiceUser
) -> None:
    """A job that is deleted is not brought back by what else happens to it."""
    job_id = ann.run("sleep=60")
    ann.until(job_id, "EXECUTING")
    ann.post(f"{job_id}/phase", PHASE="ABORT")
    ann.http.delete(f"{ann.list_path}/{job_id}")
    assert ann.get(job_id).status_code == 404
    assert quick_opus.job_count() == 1


def test_bad_phases_are_refused(ann: ServiceUser) -> None:
    """POST to phase wants RUN or ABORT."""
    job_id = ann.create()
    missing = ann.post(f"{job_id}/phase", X="1")
    assert _reason(missing.text) == "PHASE keyword is not specified in POST"
    other = ann.post(f"{job_id}/phase", PHASE="FLY")
    assert _reason(other.text) == "PHASE=FLY not expected"


def test_active_jobs_are_limited_at_creation(tmp_path: Path) -> None:
    """Over the limit of active jobs a new job is a 500 with OPUS' words; others are free."""
    with (
        SandboxServer(tmp_path, command=QUICK_RUN, behaviour=Behaviour(active_jobs=1)) as server,
        ServiceUser(server.url, "ann") as ann,
        ServiceUser(server.url, "bob") as bob,
    ):
        first = ann.run("sleep=60")
        refused = ann.create_answer()
        assert refused.status_code == 500
        assert _reason(refused.text) == "Maximum number of active jobs reached for ann (1)"
        assert server.job_count() == 1
        bob.create()
        ann.post(f"{first}/phase", PHASE="ABORT")
        ann.create()


def test_owners_see_their_own_and_guests_share(
    quick_opus: SandboxServer, ann: ServiceUser, guest: ServiceUser
) -> None:
    """Users are made on first sight; a job and its files are its owner's; guests are one user."""
    job_id = ann.create()
    file = re.search(r"ID%3D(\w+)", ann.get(job_id).text)
    assert file is not None
    assert guest.ids() == []
    assert guest.get(job_id).status_code == 403
    assert guest.post(f"{job_id}/phase", PHASE="RUN").status_code == 403
    refused = guest.http.get(f"/store?ID={file[1]}")
    assert refused.status_code == 500
    assert "not the owner" in _reason(refused.text)
    shared = guest.create()
    with ServiceUser(quick_opus.url) as other_guest:
        assert other_guest.ids() == [shared]
        assert other_guest.get(f"{shared}/owner").text == "anonymous"


def test_branches_have_their_job_lists(quick_opus: SandboxServer, guest: ServiceUser) -> None:
    """Guests run master on ExPRES; develop runs on ExPRES-dev for named users."""
    refused = guest.create(branch="develop")
    assert guest.post(f"{refused}/phase", PHASE="RUN").status_code == 400
    with ServiceUser(quick_opus.url, "ann", "ExPRES-dev") as ann:
        ann.until(ann.run(branch="develop"), "COMPLETED")
        job_id = ann.create()
        assert ann.post(f"{job_id}/phase", PHASE="RUN").status_code == 400
        assert ann.http.get(f"/rest/ExPRES/{job_id}").status_code == 404
    assert (quick_opus.job_count("ExPRES"), quick_opus.job_count("ExPRES-dev")) == (1, 2)
    assert quick_opus.created_count() == 3


def test_job_is_destroyed_in_time(ann: ServiceUser) -> None:
    """A job is gone soon after its destruction time, running or not."""
    job_id = ann.run("sleep=60")
    pid = process_id(ann.until(job_id, "EXECUTING"))
    ann.post(f"{job_id}/destruction", DESTRUCTION="2020-01-01T00:00:00")
    until_gone(pid)
    deadline = time.monotonic() + 10
    while ann.get(job_id).status_code != 404:
        assert time.monotonic() < deadline


def test_run_that_cannot_start_is_an_error(tmp_path: Path) -> None:
    """A service whose command is missing ends its jobs in ERROR instead of losing them."""
    with (
        SandboxServer(tmp_path, command=["/no/such/command"]) as server,
        ServiceUser(server.url) as guest,
    ):
        job_id = guest.run()
        guest.until(job_id, "ERROR")
        assert "could not be run" in guest.get(f"{job_id}/error").text


def test_nothing_strange_breaks_a_document(ann: ServiceUser) -> None:
    """Markup and control characters in a runId leave the XML well-formed."""
    job_id = ann.create(runId="<a>&\x1b[31m\"'")
    assert ann.until(job_id, "PENDING").findtext("{*}runId") == "<a>&[31m\"'"
    assert ann.ids() == [job_id]


def test_unknown_address_is_a_page(ann: ServiceUser) -> None:
    """What is no resource at all is answered with OPUS' page too."""
    assert "404 Not Found" in ann.http.get("/nowhere").text
    assert "405 Method Not Allowed" in ann.http.put(ann.list_path).text
