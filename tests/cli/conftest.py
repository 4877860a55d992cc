"""Jobs in every phase on the sandbox, and an environment that knows no other service."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from prefect_expres.sandbox.serving import SandboxServer
from tests.support.service_user import ServiceUser

ORDERS = {"EXECUTING": "sleep=2", "ERROR": "fail"}
JobIn = Callable[[str], str]


@pytest.fixture(autouse=True)
def home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a home of its own, without profiles, tokens or a service in the environment."""
    home = tmp_path_factory.mktemp("home")
    for name in ("EXPRES_URL", "EXPRES_PROFILE", "EXPRES_USER", "EXPRES_TOKEN", "NETRC"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(home / "config"))
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")
    return home


@pytest.fixture
def service(sandbox: SandboxServer, monkeypatch: pytest.MonkeyPatch) -> SandboxServer:
    """Give the sandbox in each dialect, named in the environment."""
    monkeypatch.setenv("EXPRES_URL", sandbox.url)
    return sandbox


@pytest.fixture
def job_in(service: SandboxServer) -> JobIn:
    """Make a guest's job in a phase, and give its id."""

    def made(phase: str) -> str:
        with ServiceUser(service.url) as guest:
            orders = ORDERS.get(phase, "")
            if phase == "PENDING":
                return guest.create(orders, runId="io-1")
            job_id = guest.run(orders, runId="io-1")
            guest.until(job_id, phase)
            return job_id

    return made


@pytest.fixture
def configuration_file(tmp_path: Path) -> Path:
    """Write a configuration whose run is quick."""
    path = tmp_path / "io.json"
    path.write_text(json.dumps({"SIMU": {"NAME": ""}}))
    return path
