"""What the documentation's code blocks find: services on this machine, and files to work with."""

import json
import os
import shutil
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import pytest

from prefect_expres.blocks import ExpresService
from prefect_expres.engine import run_engine
from prefect_expres.expres import Configuration
from prefect_expres.sandbox.serving import SandboxServer
from tests.docs.horizons import serving_horizons
from tests.support.processes import PrefectServer, flows_on_server
from tests.support.tap_server import TapService

REAL_SERVICE = "https://voparis-uws-maser.obspm.fr"
REAL_ARCHIVE = "https://voparis-tap-maser.obspm.fr/tap"
SANDBOX = "http://127.0.0.1:8470"
STORE = "https://s3.example.org"
PREFECT = "http://127.0.0.1:4200/api"
ASKS_JPL = "HorizonsEphemeris("


@pytest.fixture(scope="module")
def server(
    prepared_home: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[PrefectServer]:
    """Run a Prefect server for the pages only: they deploy, and other tests expect an empty one.

    It ends with its module, so that the flows of other tests go to their own server again.
    """
    with flows_on_server(tmp_path_factory.mktemp("book") / "home", prepared_home) as server:
        yield server


@pytest.fixture
def stand_ins(
    server: PrefectServer,
    engine_sandbox: SandboxServer,
    bucket: str,
    tap: TapService,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[dict[str, str]]:
    """Lead what the pages name to this machine: service, archive, sandbox, Prefect and JPL.

    The block "maser" is saved as the tutorial tells its readers; the object store is named
    ``s3://bucket`` in the pages and here.
    """
    ExpresService(base_url=engine_sandbox.url).save("maser", overwrite=True)
    with pytest.MonkeyPatch.context() as environment, serving_horizons() as horizons:
        environment.setenv("PREFECT_API_URL", server.api_url)
        environment.setenv("COLUMNS", "100")
        environment.setenv("XDG_CONFIG_HOME", str(tmp_path_factory.mktemp("config")))
        yield {
            REAL_SERVICE: engine_sandbox.url,
            REAL_ARCHIVE: tap.url,
            SANDBOX: engine_sandbox.url,
            PREFECT: server.api_url,
            STORE: os.environ["AWS_ENDPOINT_URL"],
            ASKS_JPL: f"HorizonsEphemeris(horizons_url={horizons!r}, ",
        }


@pytest.fixture(scope="session")
def ready(tables: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make the files that the pages take for granted, each once.

    ``io.json`` is the shipped example in frequencies of 1 MHz, ``earth.csv`` its ephemeris;
    ``campaign``, ``a.json`` and ``b.json`` hold the same. The CDF files are what it gives, with
    the fields JRM09 and JRM33.
    """
    folder = tmp_path_factory.mktemp("ready")
    examples = files("prefect_expres.examples")
    track = (examples / "earth-jupiter-20180913.csv").read_bytes()
    content = json.loads((examples / "earth-jupiter-io-20180913.json").read_text())
    content["FREQUENCY"]["NBR"] = 45
    content["OBSERVER"]["EPHEM"] = "earth.csv"
    (folder / "campaign").mkdir()
    (folder / "earth.csv").write_bytes(track)
    for name in ("io.json", "a.json", "b.json", "campaign/io.json"):
        (folder / name).write_text(json.dumps(content))
    for name, field in (("jrm33", "JRM33"), ("jrm09", "JRM09_CS2020")):
        content["BODY"][0]["MAG"] = field
        made = run_engine(Configuration.from_mapping(content), track, folder, tables)
        made.rename(folder / f"{name}.cdf")
    (folder / made.name).symlink_to(folder / "jrm09.cdf")
    return folder


@pytest.fixture
def folder(tmp_path: Path, ready: Path) -> Path:
    """Give a page a folder of its own with the files that are ready."""
    shutil.copytree(ready, tmp_path, dirs_exist_ok=True)
    return tmp_path
