"""Many configurations for campaigns, and a sandbox that runs them quickly."""

import json
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from prefect_expres.campaigns.plan import FilesPlan
from prefect_expres.sandbox.behaviour import Behaviour
from prefect_expres.sandbox.serving import SandboxServer
from tests.support.fitting import fitting, fixed_observer, three_windows
from tests.support.result_files import write

COPYING_RUN = str(Path(__file__).with_name("copying_run.py"))


def quick_sandbox_for_campaigns(folder: Path, **limits: int) -> SandboxServer:
    """Make a sandbox whose runs obey orders and write small spectra."""
    cdf = folder / "spectra.cdf"
    write(fitting(fixed_observer(), seen=three_windows), cdf)
    return SandboxServer(
        folder / "sandbox",
        command=(sys.executable, COPYING_RUN, str(cdf)),
        behaviour=Behaviour(**limits),
    )


def plan_of(
    folder: Path, configuration: Mapping[str, Any], count: int, orders: Callable[[int], str]
) -> FilesPlan:
    """Write configurations that differ by the observer's longitude, and plan them all."""
    runs = folder / "runs"
    runs.mkdir()
    for number in range(count):
        content = {
            **configuration,
            "SIMU": configuration["SIMU"] | {"NAME": orders(number)},
            "OBSERVER": configuration["OBSERVER"] | {"FIXE_SUBL": number},
        }
        (runs / f"run-{number:03}.json").write_text(json.dumps(content))
    return FilesPlan(configurations=(str(runs / "*.json"),))
