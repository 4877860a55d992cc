"""Serve a sandbox on a port until it is told to stop: ``serve_sandbox.py PORT DATA PARALLEL``."""

import sys
from pathlib import Path

from prefect_expres.sandbox.behaviour import Behaviour
from prefect_expres.sandbox.serving import serve

ENGINE = (sys.executable, str(Path(__file__).with_name("ordered_run.py")))

if __name__ == "__main__":
    port, data, parallel = sys.argv[1:]
    serve(Path(data), "opus", int(port), ENGINE, behaviour=Behaviour(parallel=int(parallel)))
