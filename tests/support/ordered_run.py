"""Stands in for the engine where a test is about processes: obeys orders, then writes spectra.

The configuration's SIMU.NAME holds the orders of ``tests/support/quick_run.py``, and ``log=MIB``
for a run log of so many MiB, which takes its time to download.
"""

import json
import runpy
import sys
from pathlib import Path

if __name__ == "__main__":
    runpy.run_path(str(Path(__file__).with_name("quick_run.py")))
    from tests.support.result_files import Result, two_windows, write

    folder = Path(sys.argv[1])
    (folder / "work" / "expres_test.cdf").unlink()
    write(Result(two_windows()), folder / "work" / "expres_test.cdf")
    configuration = next((folder / "inputs" / "config").iterdir())
    for order in json.loads(configuration.read_text())["SIMU"]["NAME"].split():
        if order.startswith("log="):
            with (folder / "work" / "run.log").open("r+b") as log:
                log.truncate(int(order.removeprefix("log=")) * 2**20)
