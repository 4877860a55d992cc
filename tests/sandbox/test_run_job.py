"""The process that runs a job with the real engine."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from prefect_expres.sandbox import SandboxServer
from tests.support.service_user import ServiceUser

pytestmark = pytest.mark.slow


@pytest.fixture
def guest(tmp_path: Path) -> Iterator[ServiceUser]:
    """Give a guest of a service that runs the engine."""
    with SandboxServer(tmp_path) as server, ServiceUser(server.url) as user:
        yield user


def _run(guest: ServiceUser, content: dict[str, Any]) -> str:
    files = {"config": ("io.json", json.dumps(content).encode(), "application/json")}
    answer = guest.http.post(guest.list_path, data={"PHASE": "RUN"}, files=files)
    return answer.headers["location"].rpartition("/")[2]


def test_engine_leaves_spectra_and_a_log(guest: ServiceUser, configuration: dict[str, Any]) -> None:
    """A run of the engine gives a CDF under its name, a log, and the log on stdout too."""
    content = configuration | {"TIME": configuration["TIME"] | {"NBR": 3}}
    content["FREQUENCY"] = content["FREQUENCY"] | {"NBR": 5}
    job_id = _run(guest, content)
    job = guest.until(job_id, "COMPLETED", "ERROR")
    assert guest.phase(job_id) == "COMPLETED", guest.get(f"{job_id}/stderr").text
    results = {each.get("id"): each.attrib for each in job.iter("{*}result")}
    spectra = next(str(name) for name in results if str(name).endswith(".cdf"))
    href = "{http://www.w3.org/1999/xlink}href"
    assert spectra.startswith("expres_")
    assert len(guest.http.get(str(results[spectra][href])).content) > 1000
    log = guest.http.get(str(results["log"][href])).text
    assert spectra in log
    assert guest.get(f"{job_id}/stdout").text == log


def test_engine_that_refuses_says_why(guest: ServiceUser, configuration: dict[str, Any]) -> None:
    """What the engine cannot model, and what is no configuration, end in ERROR with the reason."""
    saturn = configuration | {
        "OBSERVER": configuration["OBSERVER"] | {"TYPE": "Pre-Defined", "EPHEM": "none.csv"}
    }
    for content, reason in [(saturn, "upload it with the configuration"), ({}, "problems")]:
        job_id = _run(guest, content)
        job = guest.until(job_id, "ERROR")
        assert reason in str(job.findtext("{*}errorSummary"))
        assert reason in guest.get(f"{job_id}/stderr").text
        assert "Traceback" not in guest.get(f"{job_id}/stderr").text


def test_job_without_a_configuration_says_so(guest: ServiceUser) -> None:
    """A job that was given no file ends in ERROR and asks for it."""
    answer = guest.http.post(guest.list_path, data={"PHASE": "RUN"})
    job_id = answer.headers["location"].rpartition("/")[2]
    guest.until(job_id, "ERROR")
    assert "send it as config" in guest.get(f"{job_id}/error").text
