"""A small model of ExPRES: the radio emission of planets, which their moons may induce.

May import: errors, expres, ephemeris. It refuses what it does not model.
"""

from prefect_expres.engine.errors import EngineError
from prefect_expres.engine.run import run_engine

__all__ = ["EngineError", "run_engine"]
