"""Serve a sandbox on a port until it is told to stop: ``serve_sandbox.py PORT DATA PARALLEL``."""

import sys
from pathlib import Path

from prefect_expres.sandbox.serving import serve

ENGINE = (sys.executable, str(Path(__file__).with_name("ordered_run.py")))

if __name__ == "__main__":
    port, data, parallel = sys.argv[1:]
    serve(
        host="127.0.0.1",
        port=int(port),
        data=Path(data),
        dialect="opus",
        command=ENGINE,
        parallel=int(parallel),
    )
