"""Flows that preview first send nothing of what shows no emission."""

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from prefect import flow

from prefect_expres.blocks import ExpresService
from prefect_expres.campaigns.plan import FilesPlan
from prefect_expres.errors import NothingVisible
from prefect_expres.flows.campaign import campaign
from prefect_expres.flows.simulate import simulate
from prefect_expres.preview import Preview
from prefect_expres.sandbox.serving import SandboxServer
from prefect_expres.tasks import preview_simulation


@pytest.fixture(autouse=True)
def _cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep field lines apart from those of the user."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.getbasetemp() / "cache"))


def _empty(configuration: dict[str, Any]) -> dict[str, Any]:
    """Ask for frequencies above those of the emission."""
    other = copy.deepcopy(configuration)
    other["FREQUENCY"] |= {"TYPE": "Linear", "MIN": 80.0, "MAX": 90.0, "NBR": 5}
    return other


async def test_an_empty_simulation_is_not_sent(
    engine_sandbox: SandboxServer, configuration: dict[str, Any], tmp_path: Path
) -> None:
    """One that shows emission is; what is found needs no preview."""
    service, output = ExpresService(base_url=engine_sandbox.url), tmp_path / "results"
    created = engine_sandbox.created_count()
    with pytest.raises(NothingVisible, match="nothing was sent"):
        await simulate(_empty(configuration), service, output=output, preview_first=True)
    assert engine_sandbox.created_count() == created
    assert not list(output.glob("*/manifest.json"))
    result = await simulate(configuration, service, output=output, preview_first=True)
    assert result.windows
    assert not list(output.rglob("preview*"))
    await simulate(_empty(configuration), service, output=output)
    found = await simulate(_empty(configuration), service, output=output, preview_first=True)
    assert found.found


async def test_a_campaign_counts_what_is_empty(
    engine_sandbox: SandboxServer, configuration: dict[str, Any], tmp_path: Path
) -> None:
    """It is no failure, and no job is made of it."""
    made = {"seen": configuration, "empty": _empty(configuration)}
    for name, content in made.items():
        content["SIMU"]["NAME"] = f"preview-{name}"
        (tmp_path / f"{name}.json").write_text(json.dumps(content))
    plan = FilesPlan(configurations=tuple(str(tmp_path / f"{name}.json") for name in made))
    created = engine_sandbox.created_count()
    result = await campaign(
        plan,
        ExpresService(base_url=engine_sandbox.url),
        output=tmp_path / "results",
        max_failures=0,
        preview_first=True,
    )
    assert (result.completed, result.empty, result.failed) == (1, 1, 0)
    assert engine_sandbox.created_count() == created + 1
    (row,) = (row for row in result.rows if row.state == "empty")
    assert row.error is not None
    assert "shows no emission" in row.error
    assert (row.folder, row.job_url) == (None, None)


def test_the_task_has_a_value_for_sync_callers(configuration: dict[str, Any]) -> None:
    """Without a service."""

    @flow
    def looking() -> Preview:
        return preview_simulation(configuration)

    made = looking()
    assert made.windows
    assert made.picture is not None
