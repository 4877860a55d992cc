"""A small model of ExPRES: the radio emission of Jupiter that its moons induce.

May import: errors, and expres. It refuses what it does not model.
"""

from prefect_expres.engine.errors import EngineError
from prefect_expres.engine.run import run_engine

__all__ = ["EngineError", "run_engine"]
