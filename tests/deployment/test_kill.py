"""A flow run that is killed has its job stopped by the hook, however it was deployed."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from prefect_expres.blocks import ExpresService
from prefect_expres.prefect_support.names import SERVICE
from tests.support.processes import USER, Child, PrefectServer, Sandbox, until
from tests.support.runs import ROOT, DeployedRun, simulation

pytestmark = pytest.mark.timeout(400)
FILE = ROOT / "deployments" / "prefect.yaml"


@contextmanager
def _worker(server: PrefectServer, folder: Path, *deploy: list[str]) -> Iterator[Child]:
    for words in deploy:
        with server.runs(["-m", *words], folder / "deploy.log") as command:
            assert command.end() == 0, command.output
    command = ["-m", "prefect", "worker", "start", "--pool", "expres", "--type", "process"]
    with server.runs(command, folder / "worker.log") as worker:
        worker.says("started!")
        yield worker


def by_our_command(server: PrefectServer, folder: Path) -> Any:
    """``prefect-expres deploy`` and a worker."""
    return _worker(server, folder, ["prefect_expres.cli.main", "deploy"])


def by_prefects_command(server: PrefectServer, folder: Path) -> Any:
    """``prefect deploy --all`` and a worker."""
    return _worker(
        server,
        folder,
        ["prefect", "work-pool", "create", "expres", "--type", "process"],
        ["prefect", "--no-prompt", "deploy", "--all", "--prefect-file", str(FILE)],
    )


@contextmanager
def by_serving(server: PrefectServer, folder: Path) -> Iterator[Child]:
    """``serve.py``, which runs the flows itself."""
    with server.runs(["-m", "prefect_expres.deployments.serve"], folder / "serve.log") as serving:
        serving.says("are being served")
        yield serving


@pytest.mark.parametrize("way", [by_our_command, by_prefects_command, by_serving])
def test_killed_after(
    way: Callable[[PrefectServer, Path], Any],
    server: PrefectServer,
    sandbox_process: Sandbox,
    configuration: dict[str, Any],
    tmp_path: Path,
) -> None:
    """The hook finds the service that the deployment names, and aborts the job."""
    user, token = USER
    service = ExpresService(base_url=sandbox_process.url, user=user, token=SecretStr(token))
    service.save(SERVICE, overwrite=True)
    given = simulation(sandbox_process, configuration, "sleep=90", tmp_path / "results")
    del given["service"]
    with way(server, tmp_path) as runner:
        run = DeployedRun.start("simulate/simulate", given, runner)
        until(lambda: sandbox_process.phases() == ["EXECUTING"], "the job", runner)
        run.kill()
        run.ends("Crashed")
        until(lambda: sandbox_process.phases() == ["ABORTED"], "the abort", runner, 60)
