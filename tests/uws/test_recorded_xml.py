"""Documents to models: the recorded answers of OPUS."""

from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

import pytest

from prefect_expres.uws import Phase
from prefect_expres.uws.http_errors import reason_in
from prefect_expres.uws.xml import (
    read_job,
    read_jobs,
    read_parameters,
    read_results,
)

BASE = "http://127.0.0.1:8082"
CDF = "expres_earth_jupiter_io_jrm09_lossc-wid1deg_3kev_20180913_v01.cdf"

# phase, id, runId, created, started, ended, duration, process, error
RECORDED_JOBS = {
    "pending": ("680ae4", "io-20180913_1", "23:07:39", None, None, 500, "None", None),
    "queued": ("680ae4", "io-20180913_1", "23:07:39", "23:07:39", None, 500, "25519", None),
    "executing": ("680ae4", "io-20180913_1", "23:07:39", "23:07:39", None, 500, "25519", None),
    "completed": (
        *("680ae4", "io-20180913_1", "23:07:39", "23:07:39", "23:07:45", 500, "25519", None),
    ),
    "error": (
        *("6d42e0", "fail", "23:07:47", "23:07:47", "23:07:50", 600, "25756"),
        "Error in ExPRES.sh running command: false",
    ),
    "aborted": (
        *("e3e364", "abort", "23:07:53", "23:07:53", "23:07:55", 600, "25993"),
        "Job aborted by user bob",
    ),
}


def given(value: Any) -> Any:
    """Give what differs from the defaults, in values and in those within them."""
    if isinstance(value, tuple):
        return tuple(map(given, value))
    if not is_dataclass(value):
        return value
    told = {each.name: getattr(value, each.name) for each in fields(value)}
    defaults = {each.name: each.default for each in fields(value)}
    return {name: given(each) for name, each in told.items() if each != defaults[name]}


@pytest.mark.parametrize("name", RECORDED_JOBS)
def test_every_field_of_a_recorded_job_is_read(opus: Path, name: str) -> None:
    """No field of OPUS' job documents is lost, and nothing is left over."""
    job = read_job((opus / f"job-{name}.xml").read_bytes())
    identifier, run_id, created, started, ended, duration, process, error = RECORDED_JOBS[name]
    assert (job.id, job.run_id, job.owner_id) == (identifier, run_id, "bob")
    assert job.phase is Phase(name.upper())
    assert job.quote == "120"
    assert job.execution_duration == duration
    times = (job.creation_time, job.start_time, job.end_time)
    assert [time and time.text for time in times] == [
        time and f"2026-11-23T{time}" for time in (created, started, ended)
    ]
    assert job.destruction is not None
    assert job.destruction.text == f"2026-12-23T{created}"
    assert job.destruction.moment is not None
    assert job.destruction.moment.tzinfo is None
    assert [(info.name, info.text) for info in job.job_info] == [("process_id", process)]
    assert (job.error_summary and job.error_summary.message) == error
    assert job.version is None
    assert job.extras == ()
    values = {each.id: (each.value, each.by_reference) for each in job.parameters}
    assert values["runId"] == (run_id, False)
    assert values["branch"] == ("master", False)
    assert values["config"][0].startswith(f"{BASE}/store?ID=")
    assert values["config"][1]


def test_recorded_results_are_read(opus: Path) -> None:
    """Id, location, type, name and hash of every result are read, from both documents alike."""
    results = read_results((opus / "results.xml").read_bytes())
    assert results == read_job((opus / "job-completed.xml").read_bytes()).results
    facts = [
        (each.id, each.href, each.mime_type, each.name, each.hash, each.size, each.extras)
        for each in results
    ]
    job = f"{BASE}//rest/ExPRES/680ae4"
    assert facts == [
        (
            *(CDF, f"{BASE}/store?ID=ebb3bc", "application/x-cdf", f"ebb3bc_{CDF}"),
            *("7d7f3415d320dbab84ba993c78bff4775cbc5c48", None, ()),
        ),
        (
            *("log", f"{BASE}/store?ID=0f5bb6", "text/plain", "0f5bb6_run.log"),
            *("7907f662aaf128f6b9ac688863857008a89df19c", None, ()),
        ),
        ("stderr", f"{job}/stderr", "text/plain", None, None, None, ()),
        ("stdout", f"{job}/stdout", "text/plain", None, None, None, ()),
    ]


def test_recorded_parameters_are_decoded(opus: Path) -> None:
    """The percent-encoding of OPUS is undone, and the text as sent is kept."""
    parameters = read_parameters((opus / "parameters.xml").read_bytes())
    assert [each.id for each in parameters] == [
        *("branch", "config", "ephemeride", "executionDuration", "runId")
    ]
    assert parameters[1].value == f"{BASE}/store?ID=fff274"
    assert parameters[1].text == "http%3A%2F%2F127.0.0.1%3A8082%2Fstore%3FID%3Dfff274"
    assert parameters[3].value == "500"


def test_recorded_list_is_read(opus: Path) -> None:
    """Every entry of a job list is read; an empty list is empty."""
    assert read_jobs((opus / "list-empty.xml").read_bytes()) == ()
    jobs = read_jobs((opus / "list-mixed.xml").read_bytes())
    assert [(job.id, job.phase.value, job.run_id) for job in jobs] == [
        ("ec3732", "ERROR", "fail1"),
        ("c68ca6", "COMPLETED", "l2"),
        ("06bf84", "COMPLETED", "l3"),
        ("464e4e", "COMPLETED", "s3.3"),
        ("3191b2", "COMPLETED", "s3.3"),
        ("8b187a", "COMPLETED", "s7.1"),
        ("09e97c", "COMPLETED", "s7.1"),
        ("680ae4", "EXECUTING", "io-20180913_1"),
    ]
    assert all(job.creation_time and job.extras == () for job in jobs)
    assert jobs[0].href == f"{BASE}/ExPRES/ec3732"


@pytest.mark.parametrize(
    ("page", "reason"),
    [
        ("http-403-other-owner.html", "User al is not the owner of the job"),
        ("http-404-job.html", 'Job "zzz" NOT FOUND'),
        ("http-500-run-twice.html", "Job has to be in PENDING phase"),
        ("http-500-unknown-joblist.html", "VOTable not found for job NoSuch"),
        ("error.txt", "Error in ExPRES.sh running command: false"),
    ],
)
def test_reason_is_found_in_an_error_page(opus: Path, page: str, reason: str) -> None:
    """The user is told the service's own reason."""
    assert reason_in((opus / page).read_bytes()) == reason
