"""Stands in for the engine where many simulations run: obeys orders, then copies spectra.

``copying_run.py CDF FOLDER``; the orders are those of ``tests/support/quick_run.py``. The spectra
fit the configurations of `tests.support.campaign_files`; for one with an ephemeris they are made.
"""

import runpy
import shutil
import sys
from pathlib import Path

if __name__ == "__main__":
    cdf = sys.argv.pop(1)
    runpy.run_path(str(Path(__file__).with_name("quick_run.py")))
    folder = Path(sys.argv[1])
    result = folder / "work" / "expres_test.cdf"
    if (folder / "inputs" / "ephemeride").exists():
        from tests.support.fitting import fitting, inputs, three_windows
        from tests.support.result_files import write

        result.unlink()
        write(fitting(*inputs(folder), seen=three_windows), result)
    else:
        shutil.copyfile(cdf, result)
