"""Runs of the engine, and their configurations."""

import json
from pathlib import Path
from typing import Any

import cdflib

from prefect_expres.engine import run_engine
from prefect_expres.expres.configuration import Configuration

EXAMPLES = Path(__file__).parents[2] / "prefect_expres" / "examples"
EPHEMERIS = EXAMPLES / "earth-jupiter-20180913.csv"
VISIBLE = -1e30
"""What lies above is seen: the files hold -1e31 elsewhere."""


def example() -> dict[str, Any]:
    """Read the example's JSON afresh, so that a test may change it."""
    content: dict[str, Any] = json.loads((EXAMPLES / "earth-jupiter-io-20180913.json").read_text())
    return content


def fixed_observer(
    minutes: float, steps: int, channels: tuple[float, float, int]
) -> dict[str, Any]:
    """Make the configuration of the reference: a fixed observer, JRM09 with the 2020 sheet."""
    content = example()
    content["TIME"] = {"MIN": 0, "MAX": minutes, "NBR": steps}
    low, high, count = channels
    content["FREQUENCY"] |= {"MIN": low, "MAX": high, "NBR": count}
    content["OBSERVER"] |= {
        "TYPE": "Fixed",
        "EPHEM": "",
        "FIXE_DIST": 1000,
        "FIXE_SUBL": 200,
        "FIXE_DECL": -2,
    }
    content["BODY"][0]["MAG"] = "JRM09_CS2020"
    content["BODY"][1]["PHASE"] = 60
    for source in content["SOURCE"]:
        source["AURORA_ALT"] = 0.009091926738619804
    return content


def run(content: dict[str, Any], directory: Path, tables: Path, csv: bytes | None = None) -> Any:
    """Run a configuration and open its result."""
    return cdflib.CDF(run_engine(Configuration.model_validate(content), csv, directory, tables))
