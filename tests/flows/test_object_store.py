"""Simulations whose results go to an object store."""

import json
from pathlib import Path
from typing import Any

import fsspec

from prefect_expres.blocks import ExpresService
from prefect_expres.campaigns.plan import FilesPlan
from prefect_expres.flows.campaign import campaign
from prefect_expres.flows.simulate import simulate
from prefect_expres.sandbox.serving import SandboxServer


async def test_simulation_goes_to_an_object_store(
    engine_sandbox: SandboxServer, configuration: dict[str, Any], bucket: str
) -> None:
    """It arrives whole and verified, is found again there, and is mended if it was damaged."""
    service = ExpresService(base_url=engine_sandbox.url)
    output = f"{bucket}/expres/"
    content = configuration | {"SIMU": configuration["SIMU"] | {"NAME": "to-the-store"}}
    result = await simulate(content, service, output=output)
    system, folder = fsspec.core.url_to_fs(result.folder)
    assert result.folder.startswith(f"{bucket}/expres/")
    there = {path.rpartition("/")[2] for path in system.find(folder)}
    assert there == {"manifest.json", *(file.name for file in result.files)}
    assert all(file.url == result.url_of(file.name) for file in result.files)
    assert result.windows is not None
    assert result.quicklook is not None
    assert system.cat_file(f"{folder}/{result.quicklook}").startswith(b"\x89PNG")

    created = engine_sandbox.created_count()
    assert (await simulate(content, service, output=output)).found
    system.pipe_file(f"{folder}/{result.cdf}", b"damaged")
    mended = await simulate(content, service, output=output)
    assert not mended.found
    assert system.info(f"{folder}/{result.cdf}")["size"] == mended.files[0].size
    assert engine_sandbox.created_count() == created


async def test_campaign_goes_to_an_object_store(
    engine_sandbox: SandboxServer, configuration: dict[str, Any], bucket: str, tmp_path: Path
) -> None:
    """Its rows, index, catalogue and manifest are there; run again, it finds everything."""
    for name in ("one", "two"):
        content = configuration | {"SIMU": configuration["SIMU"] | {"NAME": f"stored-{name}"}}
        (tmp_path / f"{name}.json").write_text(json.dumps(content))
    plan = FilesPlan(configurations=f"{tmp_path}/*.json")
    service, output = ExpresService(base_url=engine_sandbox.url), f"{bucket}/campaign"
    result = await campaign(plan, service, output)
    assert [row.state for row in result.rows] == ["completed", "completed"]
    system, folder = fsspec.core.url_to_fs(output)
    left = {path.rpartition("/")[2] for path in system.ls(folder, detail=False, refresh=True)}
    assert {"index.parquet", "index.json", "catalogue.tfcat.json"} < left
    assert ".campaigns" not in left
    again = await campaign(plan, service, output)
    assert [row.state for row in again.rows] == ["found", "found"]
