"""What OPUS keeps from whom: less than its name for it, CHECK_OWNER, says."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from prefect_expres.sandbox import SandboxServer
from prefect_expres.sandbox.behaviour import Behaviour
from tests.support.quick import QUICK_RUN
from tests.support.service_user import ServiceUser


@pytest.fixture
def ann(quick_opus: SandboxServer) -> Iterator[ServiceUser]:
    """Give a user of the quick service."""
    with ServiceUser(quick_opus.url, "ann") as user:
        yield user


@pytest.fixture
def mistyped(quick_opus: SandboxServer) -> Iterator[ServiceUser]:
    """Give the same user with another token."""
    with ServiceUser(quick_opus.url, "ann") as user:
        user.http.auth = ("ann", "tokne")
        yield user


def test_any_token_is_taken(ann: ServiceUser, mistyped: ServiceUser) -> None:
    """A mistyped one gives an empty list and no error, and jobs of its own."""
    job_id = ann.create()
    assert (mistyped.get("").status_code, mistyped.ids()) == (200, [])
    assert mistyped.get(job_id).status_code == 403
    other = mistyped.create()
    assert (mistyped.ids(), ann.ids()) == ([other], [job_id])


def test_output_is_given_to_anybody(quick_opus: SandboxServer, ann: ServiceUser) -> None:
    """What a job prints is no secret; all else is its owner's."""
    job_id = ann.run()
    ann.until(job_id, "COMPLETED")
    with ServiceUser(quick_opus.url) as guest:
        assert guest.get(f"{job_id}/stdout").text == "the run has begun\n"
        assert guest.get(f"{job_id}/stderr").status_code == 200
        for resource in ("", "/phase", "/results", "/parameters/config"):
            assert guest.get(f"{job_id}{resource}").status_code == 403


def test_store_looks_at_the_name_only(ann: ServiceUser, mistyped: ServiceUser) -> None:
    """A file is given to whoever says the right name, whatever the token."""
    file = re.search(r"store%3FID%3D(\w+)", ann.get(f"{ann.create()}/parameters").text)
    assert file is not None
    assert mistyped.http.get(f"/store?ID={file[1]}").status_code == 200
    mistyped.http.auth = None
    assert mistyped.http.get(f"/store?ID={file[1]}").status_code == 500


def test_run_id_that_is_posted_changes_a_parameter_only(ann: ServiceUser) -> None:
    """The job keeps the runId that it was created with."""
    job_id = ann.create(runId="before")
    assert ann.post(f"{job_id}/parameters/runId", VALUE="after").status_code == 303
    assert ann.get(f"{job_id}/parameters/runId").text == "after"
    assert "<uws:runId>before<" in ann.get(job_id).text


def test_limit_is_looked_at_on_create_only(tmp_path: Path) -> None:
    """Jobs that were created before may all be started."""
    with (
        SandboxServer(tmp_path, command=QUICK_RUN, behaviour=Behaviour(active_jobs=1)) as server,
        ServiceUser(server.url, "ann") as ann,
    ):
        ids = [ann.create("sleep=60") for _ in range(3)]
        for job_id in ids:
            assert ann.post(f"{job_id}/phase", PHASE="RUN").status_code == 303
        assert ann.create_answer().status_code == 500


def test_urls_begin_with_the_base_url(tmp_path: Path) -> None:
    """Left at its default while users come under another name, results are on another host."""
    elsewhere = Behaviour(base_url="http://localhost:8082")
    with (
        SandboxServer(tmp_path, command=QUICK_RUN, behaviour=elsewhere) as server,
        ServiceUser(server.url, "ann") as ann,
    ):
        answer = ann.create_answer()
        assert answer.headers["location"].startswith("http://localhost:8082/rest/ExPRES/")
        job_id = answer.headers["location"].rpartition("/")[2]
        ann.post(f"{job_id}/phase", PHASE="RUN")
        ann.until(job_id, "COMPLETED")
        assert 'xlink:href="http://localhost:8082/store?ID=' in ann.get(f"{job_id}/results").text


def test_input_of_kind_file_may_not_be_left_out(tmp_path: Path) -> None:
    """The create fails after the job was saved: it stays PENDING, without a configuration."""
    with (
        SandboxServer(tmp_path, command=QUICK_RUN, behaviour=Behaviour(file_inputs=True)) as server,
        ServiceUser(server.url, "ann") as ann,
    ):
        answer = ann.create_answer(runId="mine")
        assert answer.status_code == 500
        assert "cannot upload URL for input &quot;ephemeride&quot;" in answer.text
        (job_id,) = ann.ids("PHASE=PENDING")
        assert "<uws:runId>mine<" in ann.get(job_id).text
        assert ann.get(f"{job_id}/parameters/config").status_code == 404
        files = {name: (name, b"{}", "text/plain") for name in ("config", "ephemeride")}
        assert ann.http.post(ann.list_path, files=files).status_code == 303
