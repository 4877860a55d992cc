"""Fixtures for all tests: the recorded answers, a quick sandbox, and a configuration."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from quick import DATA, QUICK_RUN

from prefect_expres.sandbox.serving import SandboxServer


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


@pytest.fixture(scope="module")
def bucket() -> Iterator[str]:
    """Serve an object store, and give the URL of its bucket."""
    from object_store import object_store  # noqa: PLC0415 - heavy, and few tests need it

    with object_store() as url:
        yield url


@pytest.fixture
def configuration() -> dict[str, Any]:
    """Give the content of a small configuration with a fixed observer."""
    content: dict[str, Any] = json.loads((DATA / "expres" / "fixed-observer.json").read_text())
    return content
