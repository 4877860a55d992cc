"""Stands in for the engine where a test is about forecasts: ``sky_run.py ORDERS FOLDER``.

Every moon is seen from 17 to 19 h in the north, at 20 and 30 MHz. A simulation whose name begins
with a line of the file ORDERS fails.
"""

import sys
from pathlib import Path
from typing import Any

import numpy as np

from prefect_expres.sandbox.lifeline import end_with_service

if __name__ == "__main__":
    from tests.support.fitting import fitting, frequencies, inputs
    from tests.support.result_files import nothing, write

    end_with_service()
    orders, folder = map(Path, sys.argv[1:])
    configuration, ephemeris = inputs(folder)
    name = configuration.simu.name
    if any(name.startswith(line) for line in orders.read_text().split()):
        sys.exit("the run failed as it was told to")
    channels = [
        int(np.abs(np.array(frequencies(configuration)) - mhz).argmin()) for mhz in (20, 30)
    ]

    def seen(steps: int, count: int, lines: int) -> Any:
        """Make two hours in the evening."""
        visible = nothing(steps, count, lines)
        visible[17 * steps // 24 : 19 * steps // 24, channels, 0] = True
        return visible

    result = fitting(configuration, ephemeris, seen=seen)
    write(result, folder / "work" / "expres_test.cdf")
