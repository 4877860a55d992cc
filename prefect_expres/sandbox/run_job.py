"""The process that runs one job: ``python -m prefect_expres.sandbox.run_job FOLDER``."""

import contextlib
import io
import os
import sys
from pathlib import Path
from typing import TextIO

from prefect_expres.engine import EngineError, run_engine
from prefect_expres.errors import ExpresError
from prefect_expres.expres.configuration import Configuration
from prefect_expres.sandbox.lifeline import end_with_service


class _Both(io.TextIOBase):
    """Write to the run log, which is a result, and to standard output, which is read live."""

    def __init__(self, *targets: TextIO) -> None:
        self._targets = targets

    def write(self, text: str) -> int:
        for target in self._targets:
            target.write(text)
        return len(text)

    def flush(self) -> None:
        for target in self._targets:
            target.flush()


def main() -> int:
    """Run the engine on the inputs of a job; the last line of stderr says what failed."""
    end_with_service()
    folder = Path(sys.argv[1])
    work = folder / "work"
    tables = Path(os.environ.get("EXPRES_TABLES", folder / "tables"))
    try:
        content = _input(folder, "config")
        if content is None:
            raise EngineError("There is no configuration; send it as config")
        with (
            (work / "run.log").open("w", encoding="utf-8") as log,
            contextlib.redirect_stdout(_Both(log, sys.stdout)),
        ):
            configuration = Configuration.parse(content)
            run_engine(configuration, _input(folder, "ephemeride"), work, tables)
    except (EngineError, ExpresError) as fault:
        print(" ".join(str(fault).split()), file=sys.stderr)  # noqa: T201 - stderr is the report
        return 1
    return 0


def _input(folder: Path, role: str) -> bytes | None:
    paths = sorted((folder / "inputs" / role).glob("*"))
    return paths[0].read_bytes() if paths else None


if __name__ == "__main__":
    sys.exit(main())
