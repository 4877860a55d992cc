"""Stands in for the engine where a test is about forecasts: ``sky_run.py ORDERS FOLDER``.

Every moon is seen from 17 to 19 h in the north, at 20 and 30 MHz. A simulation whose name begins
with a line of the file ORDERS fails.
"""

import json
import sys
from datetime import date
from pathlib import Path

from prefect_expres.sandbox.lifeline import end_with_service

if __name__ == "__main__":
    from tests.support.result_files import Result, nothing, write

    end_with_service()
    orders, folder = map(Path, sys.argv[1:])
    configuration = json.loads(next((folder / "inputs" / "config").iterdir()).read_text())
    name = configuration["SIMU"]["NAME"]
    if any(name.startswith(line) for line in orders.read_text().split()):
        sys.exit("the run failed as it was told to")
    observer, moon, day, _ = name.split("-")
    visible = nothing(steps=1440)
    visible[17 * 60 : 19 * 60, 1:3, 0] = True
    result = Result(
        visible,
        labels=(f"{moon.title()} NORTH", f"{moon.title()} SOUTH"),
        frequency=(5.0, 20.0, 30.0, 90.0),
        step=60.0,
        day=(date.fromisoformat(day) - date(2024, 1, 1)).days,
        attributes={
            "Logical_file_id": [
                f"expres_{observer}_jupiter_{moon}_jrm33_lossc-wid1deg_3kev_rx_{day}_v14"
            ]
        },
    )
    write(result, folder / "work" / "expres_test.cdf")
