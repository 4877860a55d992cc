"""Run the engine in a process of its own: it can be stopped, and gives back what it took.

``python -m prefect_expres.preview.engine_process FOLDER TABLES`` simulates what is in the folder.
"""

import asyncio
import sys
from pathlib import Path

from prefect_expres.engine import EngineError, run_engine
from prefect_expres.errors import ExpresError
from prefect_expres.expres import Configuration, SimulationRequest

_CONFIGURATION, _EPHEMERIS = "configuration.json", "ephemeris.csv"


async def simulate_in(folder: Path, request: SimulationRequest, tables: Path) -> Path:
    """Simulate with the engine, in another process, which ends if the caller is cancelled.

    Args:
        folder: An empty folder for the files of the process.
        request: What to simulate.
        tables: Where field lines are kept from one run to the next.

    Returns:
        The path of the CDF file in the folder.

    Raises:
        EngineError: The engine does not model it; or it failed, and this is why.
    """
    (folder / _CONFIGURATION).write_bytes(request.configuration.to_json())
    if request.ephemeris is not None:
        (folder / _EPHEMERIS).write_bytes(request.ephemeris)
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", __name__, str(folder), str(tables)),
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        _, said = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode:
        lines = said.decode(errors="replace").strip().splitlines()
        raise EngineError(lines[-1] if lines else f"The engine ended with {process.returncode}")
    (cdf,) = folder.glob("*.cdf")
    return cdf


def main(folder: Path, tables: Path) -> int:
    """Run the engine on the files of a folder; the last line of stderr says what failed."""
    ephemeris = folder / _EPHEMERIS
    try:
        configuration = Configuration.parse((folder / _CONFIGURATION).read_bytes())
        track = ephemeris.read_bytes() if ephemeris.is_file() else None
        run_engine(configuration, track, folder, tables)
    except (EngineError, ExpresError) as fault:
        print(" ".join(str(fault).split()), file=sys.stderr)  # noqa: T201 - stderr is the report
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(*map(Path, sys.argv[1:3])))
