"""Stands in for the engine where a test is about processes: obeys orders, then writes spectra.

The configuration's SIMU.NAME holds the orders of ``tests/support/quick_run.py``, and ``log=MIB``
for a run log of so many MiB, which takes its time to download.
"""

import runpy
import sys
from pathlib import Path

if __name__ == "__main__":
    runpy.run_path(str(Path(__file__).with_name("quick_run.py")))
    from tests.support.fitting import fitting, inputs, three_windows
    from tests.support.result_files import write

    folder = Path(sys.argv[1])
    (folder / "work" / "expres_test.cdf").unlink()
    configuration, ephemeris = inputs(folder)
    result = fitting(configuration, ephemeris, seen=three_windows)
    write(result, folder / "work" / "expres_test.cdf")
    for order in configuration.simu.name.split():
        if order.startswith("log="):
            with (folder / "work" / "run.log").open("r+b") as log:
                log.truncate(int(order.removeprefix("log=")) * 2**20)
