"""Flow runs of deployments, as a worker or ``serve`` runs them, and what they are given."""

import hashlib
import os
import signal
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from prefect import Flow, get_client
from prefect.client.schemas.objects import FlowRun
from prefect.flows import EntrypointType
from prefect.states import Cancelling

from prefect_expres.blocks import ExpresService
from prefect_expres.execution.manifest import Manifest
from tests.support.processes import SELDOM, USER, Child, Sandbox, until

ROOT = Path(__file__).parent.parent.parent
CALLERS = str(Path(__file__).with_name("callers.py"))


def simulation(
    sandbox: Sandbox, configuration: Mapping[str, Any], orders: str, output: Path, **more: Any
) -> dict[str, Any]:
    """Give the parameters of a simulation whose run on the service does as it is ordered."""
    return {
        "configuration": {**configuration, "SIMU": configuration["SIMU"] | {"NAME": orders}},
        "service": {"base_url": sandbox.url, "user": USER[0], "token": USER[1]},
        "output": str(output),
        **more,
    }


def deploy(flow: Flow[..., Any], name: str, pool: str = "processes") -> UUID:
    """Deploy an installed flow to a work pool."""
    kind = EntrypointType.MODULE_PATH
    return flow.to_deployment(name, work_pool_name=pool, entrypoint_type=kind).apply()


def deploy_file(entrypoint: str, name: str) -> UUID:
    """Deploy a flow of a file in this repository to the work pool ``processes``."""
    flow = Flow.from_source(source=str(ROOT), entrypoint=entrypoint)
    return flow.to_deployment(name, work_pool_name="processes").apply()


@dataclass
class DeployedRun:
    """A flow run of a deployment.

    Args:
        id: The flow run.
        runner: The process that runs deployments: a worker, or one that serves.
    """

    id: UUID
    runner: Child

    @classmethod
    def start(
        cls, deployment: UUID | str, parameters: dict[str, Any], runner: Child
    ) -> "DeployedRun":
        """Ask for a run of a deployment, by its id or by its name."""
        with get_client(sync_client=True) as client:
            if isinstance(deployment, str):
                deployment = client.read_deployment_by_name(deployment).id
            run = client.create_flow_run_from_deployment(deployment, parameters=parameters)
        return cls(run.id, runner)

    def read(self) -> FlowRun:
        """Read what Prefect knows of it."""
        with get_client(sync_client=True) as client:
            return client.read_flow_run(self.id)

    def cancel(self) -> None:
        """Ask for its cancellation, as Prefect's UI and command line do."""
        with get_client(sync_client=True) as client:
            client.set_flow_run_state(self.id, Cancelling())

    def kill(self) -> None:
        """Kill its process, which is not told.

        A worker tells Prefect which it is. A process that serves does not: it is its only child.
        """
        told = self.read().infrastructure_pid
        os.kill(int(told or _only_child(self.runner.pid)), signal.SIGKILL)

    def ends(self, state: str) -> None:
        """Wait until it is over, which must be in this state."""
        with get_client(sync_client=True) as client:

            def over() -> str | None:
                run = client.read_flow_run(self.id)
                return run.state_name if run.state and run.state.is_final() else None

            ended = until(over, "the end of the flow run", self.runner, every=SELDOM)
        assert ended == state, self.runner.output


def _only_child(pid: int) -> str:
    threads = Path(f"/proc/{pid}/task").glob("*/children")
    (child,) = (child for thread in threads for child in thread.read_text().split())
    return child


def reference(block: str) -> dict[str, Any]:
    """Give a saved service as a parameter, as Prefect's UI does."""
    saved = ExpresService.load(block)
    return {"$ref": {"block_document_id": str(saved._block_document_id)}}  # noqa: SLF001 - Prefect gives it no other name


def assert_whole(output: Path) -> None:
    """Check that one simulation stands complete below a folder, and that nothing else does."""
    (path,) = output.rglob("manifest.json")
    manifest = Manifest.model_validate_json(path.read_bytes())
    for file in manifest.files:
        with (path.parent / file.name).open("rb") as stream:
            assert hashlib.file_digest(stream, "sha256").hexdigest() == file.sha256
    assert {manifest.cdf, "run.log"} <= {file.name for file in manifest.files if file.verified}
    there = {each.name for each in path.parent.iterdir()}
    assert there == {path.name, *(file.name for file in manifest.files)}
