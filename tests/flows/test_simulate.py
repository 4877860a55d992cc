"""The flow `simulate` on a real Prefect server and a sandbox with the real engine."""

import asyncio
import json
import logging
import pickle
import random
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from prefect import flow, get_client
from pydantic import SecretStr

from prefect_expres.blocks import ExpresService
from prefect_expres.caching.ephemeris import compute_ephemeris
from prefect_expres.ephemeris import AnalyticEphemeris, Span, TableEphemeris
from prefect_expres.errors import (
    AccessError,
    ConfigurationError,
    EphemerisError,
    JobFailed,
    UsageError,
)
from prefect_expres.execution.manifest import SimulationResult
from prefect_expres.expres import Configuration
from prefect_expres.flows.simulate import simulate
from prefect_expres.sandbox.serving import SandboxServer

TOKEN = "t0ken-that-must-not-leak"


def _user(server: SandboxServer) -> ExpresService:
    return ExpresService(base_url=server.url, user="astronomer", token=SecretStr(TOKEN))


def _guest(server: SandboxServer) -> ExpresService:
    return ExpresService(base_url=server.url)


async def _stored(kind: str) -> str:
    """Give all that the Prefect server keeps of a kind, once its logs have arrived."""
    await asyncio.sleep(3)
    pages: list[str] = []
    async with get_client() as client, httpx.AsyncClient() as web:
        while True:
            asked = {"offset": 200 * len(pages), "limit": 200}
            page = (await web.post(f"{client.api_url}{kind}/filter", json=asked)).text
            if page == "[]":
                return "".join(pages)
            pages.append(page)


def _wider(content: dict[str, Any], name: str) -> dict[str, Any]:
    """Give a small configuration its own identity."""
    return content | {"SIMU": content["SIMU"] | {"NAME": name}}


async def test_simulation_runs_once_and_is_found_again(
    engine_sandbox: SandboxServer,
    configuration: dict[str, Any],
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Files, manifest, windows and artifacts are there; a second call submits nothing."""
    service = _user(engine_sandbox)
    caplog.set_level(logging.DEBUG)
    result = await simulate(configuration, service, output=str(tmp_path), label="io-test")
    folder = Path(result.folder)
    assert not result.found
    assert [seen.phase for seen in result.phases][-1] == "COMPLETED"
    assert {file.name for file in result.files} >= {result.cdf, "run.log", "io-test.json"}
    assert all((folder / file.name).stat().st_size == file.size for file in result.files)
    assert result.windows is not None
    assert result.quicklook is not None
    assert (folder / result.quicklook).read_bytes().startswith(b"\x89PNG")
    assert json.loads((folder / "manifest.json").read_text())["fingerprint"] == result.fingerprint
    assert not list(folder.glob("*.part"))
    assert pickle.loads(pickle.dumps(result)) == result
    assert SimulationResult.model_validate_json(result.model_dump_json()) == result

    created = engine_sandbox.created_count()
    again = await simulate(Configuration.from_mapping(configuration), service, output=str(tmp_path))
    assert again.found
    assert again.fingerprint == result.fingerprint
    assert engine_sandbox.created_count() == created

    (folder / result.cdf).write_bytes(b"damaged")
    repaired = await simulate(configuration, service, output=str(tmp_path))
    assert not repaired.found
    assert (repaired.job_url, repaired.files[0].sha256) == (
        result.job_url,
        result.files[0].sha256,
    )
    assert engine_sandbox.created_count() == created

    anew = await simulate(configuration, service, output=str(tmp_path), reuse="never")
    assert anew.job_url != result.job_url
    assert engine_sandbox.created_count() == created + 1

    artifacts, logs = await _stored("artifacts"), await _stored("logs")
    assert "data:image/png" in artifacts
    assert result.job_url in artifacts
    assert result.job_url in logs
    kept = [path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()]
    assert TOKEN.encode() not in b"".join(kept)
    assert TOKEN not in f"{artifacts}{logs}{caplog.text}{result.model_dump_json()}"


def test_sync_flow_calls_it(
    engine_sandbox: SandboxServer, configuration: dict[str, Any], tmp_path: Path
) -> None:
    """A sync flow calls simulate like a function and gets its result."""
    service = _guest(engine_sandbox)
    path = tmp_path / "configuration.json"
    path.write_text(json.dumps(_wider(configuration, "sync")))

    @flow
    def science() -> str:
        result: SimulationResult = simulate(path, service, output=str(tmp_path / "out"))
        return result.fingerprint

    assert len(science()) == 64


async def test_async_flow_awaits_it(
    engine_sandbox: SandboxServer, configuration: dict[str, Any], tmp_path: Path
) -> None:
    """An async flow awaits simulate, here with a URL in memory as its output."""
    service = _guest(engine_sandbox)

    @flow
    async def science() -> SimulationResult:
        return await simulate(_wider(configuration, "async"), service, output="memory://results")

    result = await science()
    assert result.folder.startswith("memory://results/")
    assert result.url_of(result.cdf).endswith(".cdf")


async def test_nothing_is_sent_when_a_rule_is_broken(
    engine_sandbox: SandboxServer, configuration: dict[str, Any], tmp_path: Path
) -> None:
    """Access rules, configuration and ephemeris are checked before anything is sent."""
    service = _guest(engine_sandbox)
    created = engine_sandbox.created_count()
    wrong = configuration | {"NUMBER": {"BODY": 7, "DENSITY": 2, "SOURCE": 2}}
    output = str(tmp_path)
    with pytest.raises(AccessError, match="600"):
        await simulate(configuration, service, output=output, execution_duration=601)
    for wrong_number in ({"attempts": 0}, {"timeout": -1.0}):
        with pytest.raises(UsageError, match=next(iter(wrong_number))):
            await simulate(configuration, service, output=output, **wrong_number)
    with pytest.raises(AccessError, match="master"):
        await simulate(configuration, service, output=output, branch="develop")
    with pytest.raises(ConfigurationError, match=r"NUMBER\.BODY"):
        await simulate(wrong, service, output=output)
    with pytest.raises(ConfigurationError, match="cannot be read"):
        await simulate(tmp_path / "none.json", service, output=output)
    with pytest.raises(EphemerisError, match="names no file"):
        await simulate(configuration, service, tmp_path / ".." / __file__, output=output)
    assert engine_sandbox.created_count() == created


async def test_failure_brings_its_evidence(
    engine_sandbox: SandboxServer, configuration: dict[str, Any], tmp_path: Path
) -> None:
    """A simulation that fails on the service says why, and leaves no result."""
    sources = [source | {"REFRACTION": True} for source in configuration["SOURCE"]]
    with pytest.raises(JobFailed, match=r"(?i)refraction") as caught:
        await simulate(
            configuration | {"SOURCE": sources}, _user(engine_sandbox), output=str(tmp_path)
        )
    assert TOKEN not in str(caught.value) + repr(caught.value)
    assert pickle.loads(pickle.dumps(caught.value)).args == caught.value.args
    assert not list(tmp_path.rglob("manifest.json"))


async def test_branch_goes_with_its_job_list(
    engine_sandbox: SandboxServer, configuration: dict[str, Any], tmp_path: Path
) -> None:
    """The branch develop runs on the list ExPRES-dev, for authenticated users."""
    result = await simulate(
        configuration, _user(engine_sandbox), output=str(tmp_path), branch="develop"
    )
    assert "/rest/ExPRES-dev/" in result.job_url


async def test_observer_is_computed_within(
    engine_sandbox: SandboxServer, configuration: dict[str, Any], tmp_path: Path
) -> None:
    """A source in place of a file sets the observer; the results end with their catalogue."""
    content = configuration | {"TIME": {"MIN": 0, "MAX": 120, "NBR": 120}}
    service, source = _guest(engine_sandbox), AnalyticEphemeris()
    result = await simulate(content, service, source, output=str(tmp_path))
    folder = Path(result.folder)
    kept = json.loads((folder / f"{result.label}.json").read_text())
    assert kept["OBSERVER"]["EPHEM"] == "earth-jupiter-20180913.csv"
    assert (folder / "earth-jupiter-20180913.csv").read_text().count("UTC") > 120
    assert result.calendar is not None
    assert (folder / result.calendar).read_bytes().startswith(b"BEGIN:VCALENDAR")
    assert result.catalogue is not None
    assert json.loads((folder / result.catalogue).read_text())["type"] == "FeatureCollection"


async def test_ephemerides_are_cached_and_failures_are_not(tmp_path: Path) -> None:
    """The same source and times are computed once; other times, and failures, anew."""
    start = datetime(2018, 9, 13, tzinfo=UTC) + timedelta(seconds=random.randrange(10**6))
    missing = TableEphemeris(path=str(tmp_path / "none.csv"))

    @flow
    async def observers() -> list[str]:
        spans = [Span(start, 60, 10), Span(start, 60, 10), Span(start, 60, 11)]
        sources = [AnalyticEphemeris()] * 3
        asked = [*zip(sources, spans, strict=True), (missing, spans[0]), (missing, spans[0])]
        states = [await compute_ephemeris(*each, return_state=True) for each in asked]
        with pytest.raises(EphemerisError, match=r"none\.csv"):
            await states[-1].aresult()
        return [str(state.name) for state in states]

    assert await observers() == ["Completed", "Cached", "Completed", "Failed", "Failed"]
