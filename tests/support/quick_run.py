"""Stands in for the engine where a test is about the service: sleeps, fails or writes as told.

The configuration's SIMU.NAME holds the orders, as ``sleep=0.5`` or ``fail``. ``child`` starts a
process of its own first and prints its id.
"""

import json
import subprocess
import sys
import time
from pathlib import Path

from prefect_expres.sandbox.lifeline import end_with_service

end_with_service()
folder = Path(sys.argv[1])
configuration = next((folder / "inputs" / "config").iterdir())
orders = json.loads(configuration.read_text())["SIMU"]["NAME"].split()
sys.stdout.write("the run has begun\n")
if "child" in orders:
    child = subprocess.Popen(["sleep", "60"])
    sys.stdout.write(f"child {child.pid}\n")
sys.stdout.flush()
for order in orders:
    if order.startswith("sleep="):
        time.sleep(float(order.removeprefix("sleep=")))
if "fail" in orders:
    sys.exit("the run failed as it was told to")
(folder / "work" / "expres_test.cdf").write_bytes(bytes(range(256)) * 1200)
(folder / "work" / "run.log").write_text("done\n")
