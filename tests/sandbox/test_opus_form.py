"""The sandbox's documents have the form of those that were recorded from a real OPUS server."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from prefect_expres.sandbox import SandboxServer
from prefect_expres.sandbox.behaviour import Behaviour
from tests.support.quick import QUICK_RUN
from tests.support.service_user import ServiceUser

_MASKS = [
    (r' ?<uws:result id="prov[^>]*/>', ""),
    (r"127\.0\.0\.1(:|%3A)\d+", r"HOST"),
    (r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", "TIME"),
    (r"expres_[\w.-]*?\.cdf", "SPECTRA.cdf"),
    (r"(ID=|ID%3D|/ExPRES/|<uws:jobId>|jobref id=\"|name=\")[0-9a-f]{6}\b", r"\1ID"),
    (r'name="[0-9a-f]{6}_', 'name="ID_'),
    (r'hash="[0-9a-f]{40}"', 'hash="SHA1"'),
    (r"<process_id>\w+<", "<process_id>PID<"),
    (r"(<uws:errorSummary>).*(?=</)", r"\1REASON"),
]


def masked(document: str) -> str:
    """Replace what differs from run to run: hosts, ids, times, hashes, reasons."""
    for pattern, word in _MASKS:
        document = re.sub(pattern, word, document)
    return document.strip()


@pytest.fixture
def bob(tmp_path: Path) -> Iterator[ServiceUser]:
    """Give the user of the recordings, on a service that runs one job at a time."""
    with (
        SandboxServer(tmp_path, command=QUICK_RUN, behaviour=Behaviour(parallel=1)) as server,
        ServiceUser(server.url, "bob") as user,
    ):
        yield user


def _recorded_job(bob: ServiceUser, orders: str) -> str:
    """Create the job of the recordings, with an ephemeris and a duration of its own."""
    files = {
        "config": ("ok.json", json.dumps({"SIMU": {"NAME": orders}}).encode()),
        "ephemeride": ("e.csv", b"1,2,3\n"),
    }
    fields = {"branch": "master", "runId": "io-20180913_1", "executionDuration": "500"}
    answer = bob.http.post(bob.list_path, data=fields, files=files)
    return answer.headers["location"].rpartition("/")[2]


def test_pending_to_completed_documents_are_those_of_opus(bob: ServiceUser, opus: Path) -> None:
    """PENDING, QUEUED, EXECUTING and COMPLETED documents equal the recorded ones but for values."""
    blocker = bob.run("sleep=60")
    job_id = _recorded_job(bob, "sleep=0.5")
    assert masked(bob.get(job_id).text) == masked((opus / "job-pending.xml").read_text())
    bob.post(f"{job_id}/phase", PHASE="RUN")
    bob.until(job_id, "QUEUED")
    assert masked(bob.get(job_id).text) == masked((opus / "job-queued.xml").read_text())
    bob.post(f"{blocker}/phase", PHASE="ABORT")
    bob.until(job_id, "EXECUTING")
    assert masked(bob.get(job_id).text) == masked((opus / "job-executing.xml").read_text())
    bob.until(job_id, "COMPLETED")
    assert masked(bob.get(job_id).text) == masked((opus / "job-completed.xml").read_text())
    results = bob.get(f"{job_id}/results")
    assert masked(results.text) == masked((opus / "results.xml").read_text())
    parameters = bob.get(f"{job_id}/parameters")
    assert masked(parameters.text) == masked((opus / "parameters.xml").read_text())
    config = bob.get(f"{job_id}/parameters/config")
    assert config.text.strip() == (opus / "parameter-config.txt").read_text().strip()


def test_failed_and_aborted_documents_are_those_of_opus(bob: ServiceUser, opus: Path) -> None:
    """ERROR and ABORTED documents equal the recorded ones but for values."""
    failed = bob.run("fail", runId="fail")
    bob.until(failed, "ERROR")
    assert masked(bob.get(failed).text) == masked((opus / "job-error.xml").read_text())
    aborted = bob.run("sleep=60", runId="abort")
    bob.until(aborted, "EXECUTING")
    bob.post(f"{aborted}/phase", PHASE="ABORT")
    assert masked(bob.get(aborted).text) == masked((opus / "job-aborted.xml").read_text())
    assert "<uws:errorSummary>Job aborted by user bob<" in bob.get(aborted).text


def test_lists_are_those_of_opus(bob: ServiceUser, opus: Path) -> None:
    """An empty list equals the recorded one, and an entry has the recorded form and dead link."""
    assert bob.get("").text == (opus / "list-empty.xml").read_text().strip()
    bob.create(runId="l2")
    recorded = masked((opus / "list-mixed.xml").read_text())
    entry = re.search(r"<uws:jobref.*?</uws:jobref>", masked(bob.get("").text))
    assert entry is not None
    assert entry[0].replace("PENDING", "COMPLETED") in recorded
    assert "/rest/" not in bob.get("").text


@pytest.mark.parametrize(
    ("recording", "status"),
    [
        ("http-403-other-owner.html", 403),
        ("http-404-job.html", 404),
        ("http-500-run-twice.html", 500),
        ("http-500-unknown-joblist.html", 500),
    ],
)
def test_error_pages_are_those_of_opus(
    bob: ServiceUser, opus: Path, recording: str, status: int
) -> None:
    """Error pages equal the recorded ones but for host and id."""
    job_id = bob.create("sleep=60")
    with ServiceUser(str(bob.http.base_url), "al") as al:
        answer = {
            "http-403-other-owner.html": lambda: al.get(job_id),
            "http-404-job.html": lambda: bob.get("zzz"),
            "http-500-run-twice.html": lambda: [
                bob.post(f"{job_id}/phase", PHASE="RUN") for _ in range(2)
            ][1],
            "http-500-unknown-joblist.html": lambda: bob.http.post("/rest/NoSuch"),
        }[recording]()
    assert answer.status_code == status
    assert answer.headers["content-type"].startswith("text/html")
    assert masked(answer.text) == masked((opus / recording).read_text())


def test_description_has_the_keys_of_opus(bob: ServiceUser, opus: Path) -> None:
    """The description of the job has the recorded keys, down to each parameter and result."""
    recorded = json.loads((opus / "jdl.json").read_text())
    told = bob.http.get("/jdl/ExPRES/json").json()
    assert _keys(told) == _keys(recorded)


def _keys(content: object) -> object:
    if isinstance(content, dict):
        return {name: _keys(value) for name, value in content.items()}
    return None


def test_provenance_comes_a_moment_after_completion(bob: ServiceUser) -> None:
    """Provenance joins the results after COMPLETED, and its addresses with two slashes work."""
    job_id = bob.run()
    bob.until(job_id, "COMPLETED")
    while 'id="provsvg"' not in (text := bob.get(f"{job_id}/results").text):
        continue
    hrefs = dict(re.findall(r'id="(\w+)" xlink:href="([^"]*)"', text))
    assert {"provjson", "provsvg", "provxml", "stderr", "stdout"} <= hrefs.keys()
    assert all("//rest/ExPRES/" in hrefs[name] for name in ("provjson", "stdout"))
    assert bob.http.get(hrefs["stdout"]).text == "the run has begun\n"
    record = bob.http.get(hrefs["provjson"]).json()
    assert len(record["wasGeneratedBy"]) == 2
    assert bob.http.get(hrefs["provxml"]).headers["content-type"].startswith("text/xml")
    assert bob.http.get(hrefs["provsvg"]).text.startswith("<svg ")
