"""The package as users get it: built, and installed into an environment of its own."""

import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
_LEFT_OUT = shutil.ignore_patterns(".*", "build", "dist", "*.egg-info", "__pycache__", "expres-*")


def build_package(folder: Path) -> None:
    """Build the sdist, and the wheel from it, as ``python -m build`` does.

    Args:
        folder: Gets the folders ``source``, a copy of this checkout, and ``dist``.
    """
    source = folder / "source"
    shutil.copytree(ROOT, source, ignore=_LEFT_OUT, symlinks=True)
    _run(sys.executable, "-m", "build", "--no-isolation", "--outdir", folder / "dist", source)


def install(environment: Path, *what: str | Path) -> Path:
    """Make a virtual environment, install into it without network, and give its Python.

    What the package depends on comes from the environment of the tests.
    """
    _run(sys.executable, "-m", "venv", "--without-pip", environment)
    python = environment / "bin" / "python"
    (packages,) = environment.glob("lib/python*/site-packages")
    of_tests = (path for path in sys.path if Path(path).name == "site-packages")
    (packages / "tests.pth").write_text("\n".join(of_tests))
    _run(
        *(sys.executable, "-m", "uv", "pip", "install", "--quiet", "--offline", "--no-index"),
        *("--no-deps", "--no-build-isolation", "--python", python, *what),
    )
    return python


def _run(*command: str | Path) -> None:
    done = subprocess.run(command, capture_output=True, text=True, timeout=150, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
