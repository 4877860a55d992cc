"""The dialect ``standard`` follows UWS 1.1 to the letter where OPUS does not."""

import re
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from lxml import etree

from prefect_expres.sandbox import SandboxServer
from prefect_expres.sandbox.behaviour import Behaviour
from prefect_expres.sandbox.store import SandboxJob, Store
from prefect_expres.uws.models import Phase
from tests.support.quick import QUICK_RUN
from tests.support.service_user import UWS, ServiceUser


@pytest.fixture
def server(tmp_path: Path) -> Iterator[SandboxServer]:
    """Serve with a limit of one active job."""
    limit = Behaviour(active_jobs=1)
    with SandboxServer(tmp_path, "standard", command=QUICK_RUN, behaviour=limit) as server:
        yield server


@pytest.fixture
def ann(server: SandboxServer) -> Iterator[ServiceUser]:
    """Give a user."""
    with ServiceUser(server.url, "ann") as user:
        yield user


def test_job_has_version_zone_order_and_plain_values(ann: ServiceUser) -> None:
    """A job tells version 1.1, UTC with Z, the schema's order, plain values and booleans."""
    job_id = ann.run(runId="a b")
    job = ann.until(job_id, "COMPLETED")
    assert job.get("version") == "1.1"
    assert [child.tag.removeprefix(UWS) for child in job] == [
        *("jobId", "runId", "ownerId", "phase", "quote", "creationTime", "startTime", "endTime"),
        *("executionDuration", "destruction", "parameters", "results"),
    ]
    times = [str(job.findtext(f"{UWS}{name}")) for name in ("creationTime", "endTime", "quote")]
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", text) for text in times)
    assert datetime.fromisoformat(times[2]) > datetime.fromisoformat(times[0])
    assert ann.get(f"{job_id}/parameters/config").json() == {"SIMU": {"NAME": ""}}
    values = {each.get("id"): each for each in job.iterfind(f".//{UWS}parameter")}
    assert values["branch"].attrib["byReference"] == "false"
    assert values["config"].attrib["byReference"] == "true"
    assert ann.http.get(str(values["config"].text)).status_code == 200
    assert "runId" not in values


def test_results_tell_size_and_type(ann: ServiceUser) -> None:
    """Results have size and mime-type, and no streams among them."""
    job_id = ann.run()
    ann.until(job_id, "COMPLETED")
    results = etree.fromstring(ann.get(f"{job_id}/results").content)
    assert [each.get("id") for each in results] == ["expres_test.cdf", "log"]
    assert results[0].get("size") == str(256 * 1200)
    assert results[0].get("mime-type") == "application/x-cdf"


def test_failure_is_summed_up_in_an_element(ann: ServiceUser) -> None:
    """The error summary holds a message, its type and whether there is more."""
    job = ann.until(ann.run("fail"), "ERROR")
    summary = job.find(f"{UWS}errorSummary")
    assert summary is not None
    assert dict(summary.attrib) == {"type": "fatal", "hasDetail": "true"}
    assert summary.findtext(f"{UWS}message") == "the run failed as it was told to"


def test_list_links_work_and_last_gives_the_most_recent(ann: ServiceUser) -> None:
    """Links are absolute and alive; LAST begins with the youngest; keys have no order."""
    ids = [ann.create() for _ in range(3)]
    jobs = etree.fromstring(ann.get("").content)
    assert jobs.get("version") == "1.1"
    href = str(jobs[0].get("{http://www.w3.org/1999/xlink}href"))
    assert ann.http.get(href).status_code == 200
    assert ann.ids("") == ids
    assert ann.ids("LAST=2") == [ids[2], ids[1]]
    assert ann.ids("PHASE=PENDING&AFTER=2000-01-01T00:00:00Z&LAST=9") == ids[::-1]
    assert ann.ids("phase=PENDING&after=2100-01-01T00:00:00Z") == []
    assert [ann.ids(f"AFTER={when}") for when in ("2000", "2000-01", "2100")] == [ids, ids, []]
    for nonsense in ({"LAST": "x"}, {"LAST": "0"}, {"PHASE": "FLYING"}, {"AFTER": "noon"}):
        assert ann.get("", **nonsense).status_code == 400


def test_archived_jobs_are_listed_if_they_are_asked_for(tmp_path: Path) -> None:
    """UWS 1.1, section 2.2.2.1: the list is without them, unless PHASE names ARCHIVED."""
    store = Store(tmp_path)
    made = datetime(2026, 1, 1, tzinfo=UTC)
    for phase in (Phase.COMPLETED, Phase.ARCHIVED, Phase.HELD):
        job = SandboxJob(
            id=phase.value,
            job_list="ExPRES",
            owner="ann",
            token="token",
            run_id="",
            phase=phase,
            created=made,
            destruction=made + timedelta(days=36525),
            execution_duration=600,
        )
        store.add(job)
    store.close()
    with SandboxServer(tmp_path, "standard") as server, ServiceUser(server.url, "ann") as ann:
        assert ann.ids("") == ["COMPLETED", "HELD"]
        assert ann.ids("LAST=9&AFTER=2000") == ["HELD", "COMPLETED"]
        assert ann.ids("PHASE=ARCHIVED") == ["ARCHIVED"]
        assert ann.ids("PHASE=ARCHIVED&PHASE=HELD") == ["ARCHIVED", "HELD"]


def test_refusals_have_their_own_codes(server: SandboxServer, ann: ServiceUser) -> None:
    """Each refusal has the status that fits, with its reason as text."""
    running, pending = ann.run("sleep=60"), ann.create()
    limit = ann.post(f"{pending}/phase", PHASE="RUN")
    assert limit.status_code == 503
    assert limit.headers["retry-after"] == "1"
    assert limit.text == "Maximum number of active jobs reached for ann (1)"
    assert ann.post(f"{running}/phase", PHASE="RUN").status_code == 403
    assert ann.post(f"{pending}/executionduration", EXECUTIONDURATION="x").status_code == 400
    assert ann.get("nothing").status_code == 404
    assert ann.http.get("/rest/NoSuch").status_code == 404
    assert ann.http.post("/rest/NoSuch").status_code == 404
    with ServiceUser(server.url) as guest:
        assert guest.get(pending).status_code == 403
        file = re.search(r"store\?ID=(\w+)", ann.get(pending).text)
        assert file is not None
        assert guest.http.get(f"/{file[0]}").status_code == 403


def test_names_of_keys_have_no_case(ann: ServiceUser) -> None:
    """UWS 1.1, section 1.1: control parameters are read in any case."""
    answer = ann.http.post(ann.list_path, data={"RUNID": "r", "phase": "RUN", "Config": "{}"})
    job_id = answer.headers["location"].rpartition("/")[2]
    assert "<uws:runId>r<" in ann.get(job_id).text
    assert ann.phase(job_id) != "PENDING"
    other = ann.create()
    ann.post(f"{other}/executionduration", executionduration="77")
    assert ann.get(f"{other}/executionduration").text == "77"
    ann.post(f"{other}/destruction", Destruction="2099-01-01T02:00:00+02:00")
    assert ann.get(f"{other}/destruction").text == "2099-01-01T00:00:00Z"


def test_job_aborted_before_its_run_can_be_deleted(ann: ServiceUser) -> None:
    """What OPUS cannot delete is deleted here."""
    job_id = ann.create()
    ann.post(f"{job_id}/phase", PHASE="ABORT")
    assert ann.http.delete(f"{ann.list_path}/{job_id}").status_code == 303
    assert ann.get(job_id).status_code == 404


def test_wait_blocks_a_pending_job(ann: ServiceUser) -> None:
    """WAIT blocks in PENDING too, and a wait that times out tells the job as it is now."""
    job_id = ann.create()
    began = time.monotonic()
    assert "<uws:phase>PENDING<" in ann.get(job_id, WAIT=1).text
    assert time.monotonic() - began >= 1


def test_job_of_nobody_has_a_nil_owner(server: SandboxServer) -> None:
    """UWS 1.1, section 2.1.1: an owner that is not known is nil; the list tells it, too."""
    with ServiceUser(server.url) as guest:
        job_id = guest.create()
        for document in (guest.get(job_id).text, guest.get("").text):
            assert '<uws:ownerId xsi:nil="true" />' in document
