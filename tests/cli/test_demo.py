"""The demonstration, from the installed wheel: in any folder, without any privilege."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from prefect_expres.cli.demo import free_port
from tests.support.ordinary_user import unprivileged
from tests.support.package import ROOT, install
from tests.support.shared import made_once

pytestmark = pytest.mark.timeout(600)


@pytest.fixture(scope="module")
def demo(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Install the wheel, and give its command."""
    (wheel,) = (built / "dist").glob("*.whl")

    def make(environment: Path) -> None:
        # As pip does: who runs the demonstration may not write there.
        install(environment, "--compile-bytecode", wheel)

    return made_once("demo", make, tmp_path_factory) / "bin" / "prefect-expres"


def run(command: Path, folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """Run the demonstration in a folder, with a home that nobody has used."""
    environment = os.environ | {
        "HOME": str(folder.parent),
        # It would lead nowhere.
        "EXPRES_PROXY": "http://127.0.0.1:9",
    }
    for name in ("PREFECT_HOME", "PREFECT_API_URL", "PYTHONPATH", "PYTHONSAFEPATH"):
        environment.pop(name, None)
    return subprocess.run(
        unprivileged(str(command), "demo", *options),
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=500,
        check=False,
    )


def test_it_runs_inside_a_checkout_and_in_an_empty_folder(demo: Path, tmp_path: Path) -> None:
    """It takes no module from the checkout; elsewhere it finds again what it has run."""
    empty, checkout = tmp_path / "empty", tmp_path / "checkout"
    empty.mkdir()
    for name in ("prefect_expres", "flows"):
        shutil.copytree(ROOT / name, checkout / name, symlinks=True)
    for module in checkout.rglob("*.py"):
        module.write_text("raise ImportError('this was taken from the checkout')")
    first = run(demo, checkout)
    assert first.returncode == 0, first.stdout + first.stderr
    (manifest,) = (checkout / "expres-demo").rglob("manifest.json")
    again = run(demo, empty, "--directory", str(checkout / "expres-demo"))
    assert again.returncode == 0, again.stdout + again.stderr
    assert "nothing was submitted" in " ".join(again.stdout.split())
    assert manifest.exists()
    assert not list(empty.iterdir())


def test_no_connection_takes_its_port() -> None:
    """Prefect's server takes seconds to listen; meanwhile the system gives ports to connections."""
    given = Path("/proc/sys/net/ipv4/ip_local_port_range")
    first = int(given.read_text().split()[0]) if given.exists() else 32768
    assert 1024 < free_port() < first
