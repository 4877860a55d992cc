"""Run the sandbox's engine on the example day: ``run_day.py FOLDER TABLES STEPS``."""

import sys
from importlib.resources import files
from pathlib import Path

from prefect_expres.engine import run_engine
from prefect_expres.expres import Configuration

EXAMPLES = files("prefect_expres.examples")

if __name__ == "__main__":
    folder, tables, steps = sys.argv[1:]
    day = Configuration.parse((EXAMPLES / "earth-jupiter-io-20180913.json").read_bytes())
    time = day.time.model_copy(update={"nbr": int(steps)})
    ephemeris = (EXAMPLES / "earth-jupiter-20180913.csv").read_bytes()
    run_engine(day.model_copy(update={"time": time}), ephemeris, Path(folder), Path(tables))
