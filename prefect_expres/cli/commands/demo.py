"""The command ``prefect-expres demo``."""

from pathlib import Path

from prefect_expres.cli.commands.writable import require_writable


def demo(*, directory: Path = Path("expres-demo"), fresh: bool = False) -> int:
    """Run a routine simulation on a sandbox: Io's radio emission seen from Earth for a day.

    Args:
        directory: Folder of the sandbox, of Prefect's data and of the results.
        fresh: Run it even if the identical simulation is found.
    """
    require_writable(directory, "--directory")
    from prefect_expres.cli.demo import run_demo  # noqa: PLC0415 - heavy, and not needed for its help

    return run_demo(directory, fresh=fresh)
