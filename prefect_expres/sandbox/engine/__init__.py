"""A small model of ExPRES: the radio emission of Jupiter that its moons induce.

It refuses what it does not model.
"""

from prefect_expres.sandbox.engine.errors import EngineError
from prefect_expres.sandbox.engine.run import run_engine

__all__ = ["EngineError", "run_engine"]
