"""Fixtures for all tests: recorded answers, services on this machine, and a configuration."""

import asyncio
import gc
import json
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import hypothesis
import pytest
from pydantic import SecretStr

from prefect_expres.prefect_support.job_lists import SERVICES_HERE
from prefect_expres.sandbox.serving import SandboxServer
from prefect_expres.uws.wait_policy import POLICIES
from tests.support.package import build_package
from tests.support.processes import (
    USER,
    Child,
    PrefectServer,
    Sandbox,
    flows_on_server,
    prepare,
)
from tests.support.quick import DATA, QUICK_RUN
from tests.support.selection import ByFile, is_quick, order
from tests.support.shared import made_once, of_the_run

if TYPE_CHECKING:
    from tests.support.tap_server import TapService

# A shell that starts the tests in the background has them ignore Ctrl-C, and nohup has them ignore
# a closed terminal; what they start would inherit that.
for number, handler in (
    (signal.SIGINT, signal.default_int_handler),
    (signal.SIGHUP, signal.SIG_DFL),
):
    if signal.getsignal(number) is signal.SIG_IGN:
        signal.signal(number, handler)


# A busy machine makes slow examples; that is no fault of what is tested.
hypothesis.settings.register_profile(
    "busy", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("busy")


def pytest_collection() -> None:
    """Look for no garbage while tests are collected: there is none."""
    gc.disable()


def pytest_collection_finish() -> None:
    """Look for garbage only in what tests make: all that was imported takes a tenth of the time."""
    gc.freeze()
    gc.enable()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the quick tests, and let the files that take longest begin."""
    for item in items:
        if is_quick(item):
            item.add_marker(pytest.mark.quick)
    items.sort(key=order)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ByFile | None:
    """Distribute whole files, in this order."""
    return ByFile(config, log) if config.getvalue("dist") == "loadfile" else None


@pytest.fixture(autouse=True)
def _services_are_unknown() -> None:
    """Forget what other tests have learned of services: many have the same URL."""
    POLICIES.clear()
    SERVICES_HERE.clear()


@pytest.fixture
def opus() -> Path:
    """Give the folder of answers recorded from a real OPUS server."""
    return DATA / "opus"


@pytest.fixture(params=["opus", "standard"])
def sandbox(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[SandboxServer]:
    """Serve a sandbox whose runs are quick, once in each dialect."""
    with SandboxServer(tmp_path / "sandbox", dialect=request.param, command=QUICK_RUN) as server:
        yield server


@pytest.fixture
def quick_opus(tmp_path: Path) -> Iterator[SandboxServer]:
    """Serve a sandbox whose runs are quick, in the dialect of OPUS."""
    with SandboxServer(tmp_path / "sandbox", command=QUICK_RUN) as server:
        yield server


@pytest.fixture(scope="session")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Keep the field lines of all runs of the engine of all workers: each shell is traced once."""
    folder = of_the_run(tmp_path_factory) / "tables"
    folder.mkdir(exist_ok=True)
    return folder


@pytest.fixture(scope="session")
def engine_sandbox(
    tables: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[SandboxServer]:
    """Serve a sandbox that runs the real engine, on field lines that it has in common."""
    folder = tmp_path_factory.mktemp("sandbox")
    (folder / "tables").symlink_to(tables)
    with SandboxServer(folder) as server:
        yield server


@pytest.fixture(scope="session")
def prepared_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a home with a migrated database once, for all servers of all workers."""
    return made_once("prefect", prepare, tmp_path_factory)


@pytest.fixture(scope="session")
def server(
    prepared_home: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[PrefectServer]:
    """Run a Prefect server that all tests share; flows in this process run on it, too."""
    with flows_on_server(tmp_path_factory.mktemp("shared") / "home", prepared_home) as server:
        yield server


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the folder with the sources, the sdist and the wheel that all workers share."""
    return made_once("package", build_package, tmp_path_factory)


@pytest.fixture(scope="session")
def worker(server: PrefectServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Child]:
    """Run a worker of the work pool ``processes``."""
    command = ["-m", "prefect", "worker", "start", "--pool", "processes", "--type", "process"]
    with server.runs(command, tmp_path_factory.mktemp("worker") / "log") as worker:
        worker.says("started!")
        yield worker


@pytest.fixture
def sandbox_process(tmp_path: Path) -> Iterator[Sandbox]:
    """Serve a sandbox in a process of its own, with an engine that obeys orders."""
    with Sandbox(tmp_path / "sandbox") as sandbox:
        yield sandbox


@pytest.fixture
def saved_service(sandbox_process: Sandbox) -> str:
    """Save the service as a block, and give its name."""
    user, token = USER
    from prefect_expres.blocks import ExpresService  # noqa: PLC0415 - slow, and few tests need it

    service = ExpresService(base_url=sandbox_process.url, user=user, token=SecretStr(token))
    service.save("sandbox", overwrite=True)
    return "sandbox"


@pytest.fixture(scope="module")
def bucket() -> Iterator[str]:
    """Serve an object store, and give the URL of its bucket."""
    from tests.support.object_store import object_store  # noqa: PLC0415 - heavy, and few tests need it

    with object_store() as url:
        yield url


@pytest.fixture(scope="session")
def served_archive(
    tmp_path_factory: pytest.TempPathFactory,
) -> "Iterator[tuple[Path, TapService]]":
    """Serve an archive of three published simulations, which are in the folder."""
    from prefect_expres.archive import publish_simulations, simulation_folders  # noqa: PLC0415
    from tests.support.complete import three_days  # noqa: PLC0415 - heavy, and few tests need it
    from tests.support.tap_server import publication_at, serving_tap  # noqa: PLC0415

    runs = tmp_path_factory.mktemp("runs")
    asyncio.run(three_days(runs))
    with serving_tap(tmp_path_factory.mktemp("published")) as service:
        publication = publication_at(service.root, service.files)
        asyncio.run(publish_simulations(simulation_folders(str(runs)), publication))
        yield runs, service


@pytest.fixture
def tap(served_archive: "tuple[Path, TapService]") -> "TapService":
    """Give the TAP service of the archive as it is at first."""
    _, service = served_archive
    service.reset()
    return service


@pytest.fixture
def configuration() -> dict[str, Any]:
    """Give the content of a small configuration with a fixed observer."""
    content: dict[str, Any] = json.loads((DATA / "expres" / "fixed-observer.json").read_text())
    return content
