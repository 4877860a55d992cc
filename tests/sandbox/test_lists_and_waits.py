"""Job lists are filtered, and waits block, as OPUS does both: with its faults."""

import time
from collections.abc import Iterator

import pytest

from prefect_expres.sandbox import SandboxServer
from tests.support.service_user import ServiceUser


@pytest.fixture
def ann(quick_opus: SandboxServer) -> Iterator[ServiceUser]:
    """Give a user of the quick service."""
    with ServiceUser(quick_opus.url, "ann") as user:
        yield user


def test_unknown_list_is_empty(ann: ServiceUser) -> None:
    """GET of a job list that does not exist is an empty list."""
    answer = ann.http.get("/rest/NoSuch")
    assert answer.status_code == 200
    assert answer.text.startswith("<uws:jobs ")


def test_last_gives_the_oldest(ann: ServiceUser) -> None:
    """LAST=n gives the n oldest jobs, as OPUS does."""
    ids = [ann.create() for _ in range(3)]
    assert ann.ids("LAST=2") == ids[:2]
    assert ann.get("", LAST="many").status_code == 500


def test_keys_after_phase_become_a_part_of_it(ann: ServiceUser) -> None:
    """AFTER before PHASE filters; after PHASE it breaks the phase that it follows."""
    pending, running = ann.create(), ann.run("sleep=60")
    ann.until(running, "EXECUTING")
    assert ann.ids("PHASE=PENDING") == [pending]
    assert ann.ids("PHASE=PENDING&PHASE=EXECUTING") == [pending, running]
    assert ann.ids("AFTER=2000-01-01T00:00:00&PHASE=PENDING") == [pending]
    assert ann.ids("AFTER=2100-01-01T00:00:00&PHASE=PENDING") == []
    assert ann.ids("PHASE=PENDING&AFTER=2000-01-01T00:00:00") == []
    assert ann.ids("PHASE=PENDING&AFTER=2000-01-01T00:00:00&PHASE=EXECUTING") == [running]


def test_wait_is_woken_by_the_change(ann: ServiceUser) -> None:
    """WAIT blocks while the job executes and tells the phase that follows."""
    job_id = ann.run("sleep=0.3")
    ann.until(job_id, "EXECUTING")
    assert "<uws:phase>COMPLETED<" in ann.get(job_id, WAIT=30, PHASE="EXECUTING").text


def test_wait_blocks_only_where_opus_does(ann: ServiceUser) -> None:
    """WAIT answers at once for a PENDING job, another PHASE, or a finished job."""
    pending, running = ann.create(), ann.run("sleep=60")
    ann.until(running, "EXECUTING")
    began = time.monotonic()
    ann.get(pending, WAIT=30)
    ann.get(running, WAIT=30, PHASE="QUEUED")
    ann.get(running, WAIT=0)
    assert time.monotonic() - began < 5
    assert ann.get(running, WAIT="long").status_code == 500


def test_wait_that_times_out_gives_the_old_document(ann: ServiceUser) -> None:
    """A wait that ran to its end tells the job as it was when the wait began."""
    job_id = ann.run("sleep=60")
    ann.until(job_id, "EXECUTING")
    began = time.monotonic()
    assert "<uws:phase>EXECUTING<" in ann.get(job_id, WAIT=1).text
    assert time.monotonic() - began >= 1
