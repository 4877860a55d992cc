"""Stands in for the engine where many simulations run: obeys orders, then copies spectra.

``copying_run.py CDF FOLDER``; the orders are those of ``tests/support/quick_run.py``.
"""

import runpy
import shutil
import sys
from pathlib import Path

if __name__ == "__main__":
    cdf = sys.argv.pop(1)
    runpy.run_path(str(Path(__file__).with_name("quick_run.py")))
    shutil.copyfile(cdf, Path(sys.argv[1]) / "work" / "expres_test.cdf")
