"""What automations see of a simulation: events of its job, and its results as assets."""

import json
from pathlib import Path
from typing import Any

import pytest
from prefect.assets import Asset
from prefect.events import emit_event

from prefect_expres.blocks import ExpresService
from prefect_expres.flows.simulate import simulate
from prefect_expres.monitoring.assets import asset_key
from prefect_expres.monitoring.events import resource_of
from prefect_expres.sandbox.serving import SandboxServer
from tests.support import loopback
from tests.support.processes import SELDOM, PrefectServer, until


def _events(server: PrefectServer, resource: str) -> list[dict[str, Any]]:
    """Give the events of a resource, oldest first."""
    asked = {"filter": {"any_resource": {"id": [resource]}, "order": "ASC"}, "limit": 50}
    answer = loopback.post(f"{server.api_url}/events/filter", json=asked)
    events: list[dict[str, Any]] = answer.raise_for_status().json()["events"]
    return events


async def test_phases_are_events_and_results_are_assets(
    server: PrefectServer,
    engine_sandbox: SandboxServer,
    configuration: dict[str, Any],
    tmp_path: Path,
) -> None:
    """Each phase is told once, with the job as resource; the result knows what it is made of."""
    path = tmp_path / "fixed.json"
    path.write_text(json.dumps(configuration | {"SIMU": configuration["SIMU"] | {"NAME": "told"}}))
    service = ExpresService(base_url=engine_sandbox.url)
    result = await simulate(path, service, output=str(tmp_path / "out"))

    job = resource_of(result.job_url)
    names = [f"expres.job.{seen.phase.lower()}" for seen in result.phases]
    assert names[-1] == "expres.job.completed"
    events = until(
        lambda: len(found := _events(server, job)) >= len(names) and found,
        "the events of the job",
        server.process,
        every=SELDOM,
    )
    assert [event["event"] for event in events] == names
    assert events[-1]["payload"] == {
        "label": result.label,
        "job_url": result.job_url,
        "phase": "COMPLETED",
        "fingerprint": result.fingerprint[:12],
    }
    roles = {each["prefect.resource.role"] for each in events[-1]["related"]}
    assert {"flow", "flow-run"} <= roles

    asset = asset_key(result.folder)
    made = until(
        lambda: _events(server, asset), "the event of the asset", server.process, every=SELDOM
    )
    assert [event["event"] for event in made] == ["prefect.asset.materialization.succeeded"]
    assert made[0]["resource"]["prefect.resource.name"] == result.label
    sources = {
        each["prefect.resource.id"]
        for each in made[0]["related"]
        if each["prefect.resource.role"] == "asset"
    }
    assert sources == {path.as_uri()}

    again = await simulate(path, service, output=str(tmp_path / "out"))
    assert again.found
    later = emit_event("test.later", {"prefect.resource.id": f"later.{result.fingerprint}"})
    assert later is not None
    until(
        lambda: _events(server, later.resource.id),
        "an event sent later",
        server.process,
        every=SELDOM,
    )
    assert len(_events(server, asset)) == 1


@pytest.mark.parametrize(
    ("location", "key"),
    [
        ("/data/io day.json", "file:///data/io_20day.json"),
        ("s3://bucket/expres/io.0123", "s3://bucket/expres/io.0123"),
        ("https://you:secret@host/a.csv?token=secret#part", "https://host/a.csv"),
        ("memory://results/é", "memory://results/_"),
    ],
)
def test_keys_are_legal_and_hold_no_secret(location: str, key: str) -> None:
    """Every location becomes a key that Prefect takes, without credentials and queries."""
    assert asset_key(location) == key
    assert Asset(key=key).key == key


def test_jobs_are_resources() -> None:
    """A job's address becomes a name with dots, which triggers can match by its start."""
    url = "https://voparis-uws-maser.obspm.fr/rest/ExPRES/1a2b3c"
    assert resource_of(url) == "expres.job.voparis-uws-maser.obspm.fr.rest.ExPRES.1a2b3c"
