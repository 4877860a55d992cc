"""A small, honest ExPRES: Jupiter's moon-induced radio emission for the sandbox service."""

from prefect_expres.sandbox.engine.errors import EngineError
from prefect_expres.sandbox.engine.run import run_engine

__all__ = ["EngineError", "run_engine"]
