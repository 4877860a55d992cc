"""Run a command and tell its cost as JSON: ``cost_of.py COMMAND ...``.

A process starts with the peak memory of the one that started it, so this one is small: it imports
little, and is run with ``-I -S``.
"""

import json
import os
import subprocess
import sys
import time

began = time.perf_counter()
process = subprocess.Popen(sys.argv[1:], stdout=subprocess.PIPE)
assert process.stdout is not None
output = process.stdout.read().decode()
_, status, used = os.wait4(process.pid, 0)
process.returncode = os.waitstatus_to_exitcode(status)
unit = 2**20 if sys.platform == "darwin" else 2**10
cost = {
    "seconds": time.perf_counter() - began,
    "cpu": used.ru_utime + used.ru_stime,
    "memory": used.ru_maxrss / unit,
    "output": output,
}
sys.stdout.write(json.dumps(cost))
sys.exit(process.returncode)
