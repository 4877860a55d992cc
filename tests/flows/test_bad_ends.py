"""A simulation that comes to nothing: the job is stopped, and all that is known of it is told."""

import asyncio
import logging
import time
from pathlib import Path
from typing import Any

import pytest
from prefect import get_client
from prefect.client.schemas.filters import ArtifactFilter, ArtifactFilterKey
from prefect.client.schemas.sorting import LogSort
from prefect.exceptions import TerminationSignal

from prefect_expres.errors import JobFailed, WaitTimeout
from prefect_expres.execution.attempts import unwrapped
from prefect_expres.flows.simulate import simulate
from tests.support.processes import Sandbox
from tests.support.runs import simulation

pytestmark = pytest.mark.timeout(300)
SECONDS_FOR_LOGS = 15.0
TOLD = ("the run failed as it was told to", "the run has begun")


async def test_deadline_passes(
    sandbox_process: Sandbox, configuration: dict[str, Any], tmp_path: Path
) -> None:
    """The job is aborted, and the error tells how long was waited, for what."""
    parameters = simulation(sandbox_process, configuration, "sleep=90", tmp_path, timeout=4)
    began = time.monotonic()
    with pytest.raises(WaitTimeout, match="still EXECUTING") as caught:
        await simulate(**parameters)
    assert time.monotonic() - began < 45
    assert sandbox_process.phases() == ["ABORTED"]
    assert caught.value.job_url.startswith(f"{sandbox_process.url}/rest/ExPRES/")


async def test_failure_is_told_everywhere(
    sandbox_process: Sandbox, configuration: dict[str, Any], tmp_path: Path
) -> None:
    """What the job printed is in the error, in the log and in an artifact."""
    parameters = simulation(sandbox_process, configuration, "fail", tmp_path, label="told")
    with pytest.raises(JobFailed) as caught:
        await simulate(**parameters)
    fault = caught.value
    assert (fault.error, fault.stderr, fault.stdout) == (TOLD[0], *TOLD)
    assert all(words in str(fault) for words in TOLD)
    artifact = await _artifact("failure-told")
    assert all(words in artifact for words in TOLD)
    deadline = time.monotonic() + SECONDS_FOR_LOGS
    while str(fault) not in (warnings := await _warnings()):
        assert time.monotonic() < deadline, warnings
        await asyncio.sleep(0.2)


async def _artifact(key: str) -> str:
    async with get_client() as client:
        named = ArtifactFilter(key=ArtifactFilterKey(any_=[key]))
        (artifact,) = await client.read_artifacts(artifact_filter=named)
    return str(artifact.data)


async def _warnings() -> list[str]:
    async with get_client() as client:
        entries = await client.read_logs(limit=200, sort=LogSort.TIMESTAMP_DESC)
    return [entry.message for entry in entries if entry.level == logging.WARNING]


def test_signal_is_known_within_the_groups_of_the_network_library() -> None:
    """A signal that arrives while a connection is made is told as itself."""
    signal = TerminationSignal(15)
    assert unwrapped(BaseExceptionGroup("outer", [BaseExceptionGroup("inner", [signal])])) is signal
    several = BaseExceptionGroup("two", [signal, KeyboardInterrupt()])
    assert unwrapped(several) is several
