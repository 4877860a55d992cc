"""The blocks, as Prefect asks of blocks in general, and a simulation driven by generic code."""

import asyncio
import json
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.request import urlopen
from uuid import uuid4

import pytest
from PIL import Image
from prefect import flow, get_client
from prefect.blocks.abstract import JobBlock, JobRun
from prefect.blocks.core import Block
from prefect.client.schemas.actions import BlockDocumentUpdate
from prefect.runtime import flow_run as running
from prefect.testing.standard_test_suites import BlockStandardTestSuite
from pydantic import SecretStr, ValidationError

from prefect_expres.blocks import ExpresService, ExpresSimulation
from prefect_expres.errors import AccessError, JobFailed
from prefect_expres.execution import SimulationResult
from prefect_expres.prefect_support.job_lists import recorded_job_lists
from prefect_expres.sandbox.serving import SandboxServer
from tests.support.drip_server import drip_server
from tests.support.processes import PrefectServer


class TestExpresService(BlockStandardTestSuite):
    """Description, documentation, fields, logo and example are as Prefect's collections' are."""

    @pytest.fixture
    def block(self) -> type[ExpresService]:
        """Give the block that is looked at."""
        return ExpresService


class TestExpresSimulation(BlockStandardTestSuite):
    """Description, documentation, fields, logo and example are as Prefect's collections' are."""

    @pytest.fixture
    def block(self) -> type[ExpresSimulation]:
        """Give the block that is looked at."""
        return ExpresSimulation


BLOCKS = [ExpresService, ExpresSimulation]


@pytest.mark.parametrize("block", BLOCKS)
def test_logo_needs_no_network(block: type[Block]) -> None:
    """The block carries its picture; Prefect's server is told an address, as its client wants."""
    logo = str(block._logo_url)  # noqa: SLF001 - Prefect's name for it
    assert logo.startswith("data:image/png;base64,")
    with urlopen(logo) as answer, Image.open(BytesIO(answer.read())) as picture:
        assert picture.size == (64, 64)
    assert str(block._to_block_type().logo_url).startswith("https://")  # noqa: SLF001


@pytest.mark.parametrize("block", BLOCKS)
def test_it_can_be_a_deployment_parameter(block: type[Block]) -> None:
    """A block without required fields cannot be one."""
    assert any(field.is_required() for field in block.model_fields.values())


@pytest.mark.parametrize(
    ("block", "fields"),
    [
        (ExpresService, {"base_url": "https://a.example.org", "usr": "ann", "nonsense": 1}),
        (
            ExpresSimulation,
            {
                "service": ExpresService(base_url="https://a.example.org"),
                "configuration": "io.json",
                "outputt": 3,
            },
        ),
    ],
)
def test_unknown_fields_are_refused(block: type[Block], fields: dict[str, Any]) -> None:
    """A slip in a name is an error that names it, and the fields that there are."""
    with pytest.raises(ValidationError, match=r"has no (nonsense, usr|outputt); its fields are"):
        block(**fields)


def facts(service: ExpresService) -> tuple[object, ...]:
    """Give what decides a service, whether it was saved or not."""
    return (service.base_url, service.user, service.token)


async def test_blocks_of_other_versions_load(server: PrefectServer) -> None:
    """What is saved with a field that this version does not know is loaded without it."""
    service = ExpresService(base_url="https://a.example.org", user="ann", token=SecretStr("t0ken"))
    block = ExpresSimulation(service=service, configuration={"a": 1}, output="memory://elder")
    document = await block.asave("elder", overwrite=True)
    async with get_client() as client:
        await client.update_block_document(document, BlockDocumentUpdate(data={"colour": "red"}))
    loaded = await ExpresSimulation.aload("elder")
    assert "colour" not in loaded.model_dump()
    assert facts(loaded.service) == facts(service)
    assert (loaded.configuration, loaded.output) == ({"a": 1}, "memory://elder")
    fields = service.model_dump(mode="json") | {"token": "t0ken", "colour": "red"}
    assert facts(ExpresService.model_validate(fields)) == facts(service)
    nested = ExpresSimulation.model_validate({"service": fields, "configuration": "io.json"})
    assert facts(nested.service) == facts(service)


def simulation(
    sandbox: SandboxServer, configuration: dict[str, Any], folder: Path, **fields: Any
) -> ExpresSimulation:
    """Give a simulation of one's own, as a guest."""
    content = configuration | {"SIMU": configuration["SIMU"] | {"NAME": fields.pop("name", "job")}}
    fields = {"service": ExpresService(base_url=sandbox.url)} | fields
    return ExpresSimulation(configuration=content, output=str(folder), **fields)


async def drive(block: JobBlock[SimulationResult]) -> SimulationResult:
    """Run any job block, as generic async code does."""
    run = await block.trigger()
    assert isinstance(run, JobRun)
    await run.wait_for_completion()
    return await run.fetch_result()


def drive_in_sync(block: Any) -> SimulationResult:
    """Run any job block, as generic sync code does."""
    run = block.trigger()
    assert isinstance(run, JobRun)
    assert run.wait_for_completion() is None
    result: SimulationResult = run.fetch_result()
    assert run.fetch_result() is result
    return result


async def test_async_code_drives_it(
    engine_sandbox: SandboxServer, configuration: dict[str, Any], tmp_path: Path
) -> None:
    """Outside flows, logged plainly: the files are there, and found at once the next time."""
    block = simulation(engine_sandbox, configuration, tmp_path, name="outside", label="mine")
    result = await drive(block)
    assert (result.label, result.found) == ("mine", False)
    assert Path(result.manifest_url).is_file()
    again = await block.atrigger()
    assert again.job_url is None
    await again.await_for_completion()
    assert (await again.afetch_result()).found


def test_sync_code_drives_it(
    engine_sandbox: SandboxServer, configuration: dict[str, Any], tmp_path: Path
) -> None:
    """A script without an event loop calls the same methods."""
    result = drive_in_sync(simulation(engine_sandbox, configuration, tmp_path, name="script"))
    assert json.loads(Path(result.manifest_url).read_text())["fingerprint"] == result.fingerprint


async def test_flows_drive_it(
    server: PrefectServer,
    engine_sandbox: SandboxServer,
    configuration: dict[str, Any],
    tmp_path: Path,
) -> None:
    """Sync and async flows run it, from a block that was saved, and hooks can find its job."""
    block = simulation(engine_sandbox, configuration, tmp_path, name="flows", reuse="never")
    await block.asave("simulation", overwrite=True)
    runs = []

    @flow
    async def in_async() -> SimulationResult:
        runs.append(running.id)
        return await drive(await ExpresSimulation.aload("simulation"))

    @flow
    def in_sync() -> SimulationResult:
        runs.append(running.id)
        return drive_in_sync(ExpresSimulation.load("simulation"))

    one, other = await in_async(), await asyncio.to_thread(in_sync)
    assert one.fingerprint == other.fingerprint
    assert one.job_url != other.job_url
    async with get_client() as client:
        for run in runs:
            (used,) = recorded_job_lists((await client.read_flow_run(run)).labels)
            assert (used.base_url, used.user) == (engine_sandbox.url, None)


async def test_record_names_the_block_that_holds_the_token(
    server: PrefectServer,
    quick_opus: SandboxServer,
    configuration: dict[str, Any],
    tmp_path: Path,
) -> None:
    """A service that is saved only within a simulation is found by the simulation's id."""
    service = ExpresService(base_url=quick_opus.url, user="ann", token=SecretStr("t"))
    block = simulation(quick_opus, configuration, tmp_path, name="sleep=60", service=service)
    document = await block.asave(f"held-{uuid4().hex}")

    @flow
    async def triggering() -> Any:
        await block.trigger()
        return running.id

    async with get_client() as client:
        (used,) = recorded_job_lists((await client.read_flow_run(await triggering())).labels)
    assert (used.user, used.block_document_id) == ("ann", document)


@pytest.mark.parametrize(("keep_running", "phase"), [(False, "ABORTED"), (True, "EXECUTING")])
async def test_cancelled_wait_stops_the_job(
    quick_opus: SandboxServer,
    configuration: dict[str, Any],
    tmp_path: Path,
    keep_running: bool,  # noqa: FBT001 - pytest's
    phase: str,
) -> None:
    """Who is cancelled while waiting leaves no job, unless it is to be kept running."""
    block = simulation(
        quick_opus, configuration, tmp_path, name="sleep=60", keep_running=keep_running
    )
    run = await block.trigger()
    waiting = asyncio.create_task(run.wait_for_completion())
    client, job_id = block.service.client_of(str(run.job_url))
    async with client:
        async with asyncio.timeout(60):
            while await client.phase(job_id) != "EXECUTING":  # noqa: ASYNC110 - it is elsewhere
                await asyncio.sleep(0.1)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        assert await client.phase(job_id) == phase


async def test_failed_job_is_told(
    quick_opus: SandboxServer, configuration: dict[str, Any], tmp_path: Path
) -> None:
    """A job that ends badly raises where it is waited for; fetching waits by itself."""
    run = await simulation(quick_opus, configuration, tmp_path, name="fail").trigger()
    for step in (run.wait_for_completion, run.fetch_result):
        with pytest.raises(JobFailed):
            await step()


async def test_access_is_checked_first(
    quick_opus: SandboxServer, configuration: dict[str, Any], tmp_path: Path
) -> None:
    """A guest who asks for a branch is refused before anything is sent."""
    with pytest.raises(AccessError):
        await simulation(quick_opus, configuration, tmp_path, branch="develop").trigger()
    assert quick_opus.created_count() == 0


async def test_lowest_rate_is_the_client_s() -> None:
    """A line of twenty bytes a second is enough for who asks for ten."""
    head = b"HTTP/1.1 200 OK\r\n\r\n"
    async with drip_server(head, b"x", drops=20) as url:
        slow = ExpresService(base_url=url, request_timeout=0.5, lowest_rate=10)
        async with slow.get_client() as client:
            assert await client.stdout("j1") == "x" * 20
