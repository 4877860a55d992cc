"""Flows with archives: what is published stands in for runs, and what was run is published."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from prefect import flow, get_client
from prefect.client.schemas.filters import ArtifactFilter, ArtifactFilterKey

from prefect_expres.archive import Archive, BroughtHome, Publication, Published
from prefect_expres.blocks import ExpresService, ExpresSimulation
from prefect_expres.execution import SimulationResult
from prefect_expres.execution.manifest import read_manifest
from prefect_expres.flows.campaign import campaign
from prefect_expres.flows.simulate import simulate
from prefect_expres.tasks import get_published, publish_simulations, search_archive
from tests.support.campaign_files import plan_of, quick_sandbox_for_campaigns
from tests.support.tap_server import TapService, votable_error


@pytest.fixture
def published(tap: TapService) -> Archive:
    """Name the archive."""
    return Archive(url=tap.url)


async def test_an_equal_simulation_is_taken_in_place_of_a_run(
    published: Archive,
    configuration: dict[str, Any],
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Log, manifest and result say so; no service is asked, and it is found again."""
    service = ExpresService(base_url="http://127.0.0.1:9")
    run = {"output": str(tmp_path), "reuse": "published", "archive": published}
    result = await simulate(configuration, service, **run)
    assert result.published is not None
    assert result.published.archive == published.url
    assert result.job_url == result.published.access_url
    assert {"time", "configuration"} <= set(result.compared)
    assert result.windows
    assert result.quicklook is not None
    assert "in place of a run" in caplog.text
    kept = read_manifest(result.folder)
    assert kept is not None
    assert kept.published == result.published
    again = await simulate(configuration, service, **run)
    assert again.found
    assert again.published == result.published


async def test_the_block_takes_an_equal_simulation_too(
    published: Archive, configuration: dict[str, Any], tmp_path: Path
) -> None:
    """As the flow does: its run has the result at once, and shows it, and there is no job."""
    block = ExpresSimulation(
        service=ExpresService(base_url="http://127.0.0.1:9"),
        configuration=configuration,
        output=str(tmp_path),
        label="taken",
        reuse="published",
        archive=published,
    )

    @flow(name="take")
    async def take() -> SimulationResult:
        run = await block.atrigger()
        assert run.job_url is None
        await run.await_for_completion()
        return await run.afetch_result()

    result = await take()
    async with get_client() as client:
        named = ArtifactFilter(key=ArtifactFilterKey(any_=["quicklook-taken"]))
        assert len(await client.read_artifacts(artifact_filter=named)) == 1
    assert result.published is not None
    assert result.published.archive == published.url
    assert result.quicklook is not None
    again = await (await block.atrigger()).afetch_result()
    assert again.found
    assert again.published == result.published


async def test_the_block_runs_what_is_not_published(
    tap: TapService, published: Archive, configuration: dict[str, Any], tmp_path: Path
) -> None:
    """As the flow does."""
    with quick_sandbox_for_campaigns(tmp_path) as sandbox:
        tap.answer = lambda _: votable_error("out of order", 400)
        block = ExpresSimulation(
            service=ExpresService(base_url=sandbox.url),
            configuration=configuration,
            output=str(tmp_path / "runs"),
            reuse="published",
            archive=published,
        )
        result = await (await block.atrigger()).afetch_result()
        assert result.published is None
        assert sandbox.created_count() == 1


async def test_what_differs_is_run(
    tap: TapService, published: Archive, configuration: dict[str, Any], tmp_path: Path
) -> None:
    """So is everything if the archive fails."""
    with quick_sandbox_for_campaigns(tmp_path) as sandbox:
        service = ExpresService(base_url=sandbox.url)
        tap.answer = lambda _: votable_error("out of order", 400)
        run = {"output": str(tmp_path / "runs"), "reuse": "published", "archive": published}
        result = await simulate(configuration, service, **run)
        assert result.published is None
        assert result.job_url.startswith(sandbox.url)
        assert sandbox.created_count() == 1


async def test_a_campaign_takes_what_is_equal_and_publishes_what_it_ran(
    published: Archive, configuration: dict[str, Any], tmp_path: Path
) -> None:
    """What others have published is not published again."""
    own = configuration["OBSERVER"]["FIXE_SUBL"]
    plan = plan_of(tmp_path, configuration, 2, lambda _: "")
    (tmp_path / "runs/run-000.json").write_bytes(_with_longitude(configuration, own))
    where = Publication(folder=tmp_path / "www", url="https://data.example.org/expres")
    with quick_sandbox_for_campaigns(tmp_path) as sandbox:
        result = await campaign(
            plan,
            ExpresService(base_url=sandbox.url),
            output=str(tmp_path / "out"),
            reuse="published",
            archive=published,
            publication=where,
        )
        assert (result.completed, result.published, result.failed) == (1, 1, 0)
        assert [row.state for row in result.rows] == ["published", "completed"]
        assert sandbox.created_count() == 1
    (cdf,) = (tmp_path / "www").rglob("*.cdf")
    assert cdf.parent == tmp_path / "www/earth/2018/09"
    assert (tmp_path / "www/epn_core/latest/epn_core.vot").is_file()


def _with_longitude(configuration: dict[str, Any], longitude: float) -> bytes:
    observer = configuration["OBSERVER"] | {"FIXE_SUBL": longitude}
    return json.dumps(configuration | {"OBSERVER": observer}).encode()


def test_tasks_search_bring_home_and_publish(
    served_archive: tuple[Path, TapService], published: Archive, tmp_path: Path
) -> None:
    """Sync flows have the values."""
    where = Publication(folder=tmp_path / "www", url="https://data.example.org/expres")

    @flow
    def science() -> tuple[BroughtHome, Published]:
        found = search_archive(date(2018, 9, 20), moon="Io", archive=published)
        home = get_published(found.simulations[0].obs_id, tmp_path, archive=published)
        return home, publish_simulations(served_archive[0], where)

    home, done = science()
    assert home.cdf.endswith("20180920_v14.cdf")
    assert done.simulations == 3
