"""Run ExPRES, the planetary radio emission simulator, on a UWS service from Prefect.

The public names are loaded when they are first used, so that importing the package costs
nothing and does not import Prefect.
"""

from importlib import import_module
from typing import Any

__version__: str

_HOMES = {
    "Configuration": "prefect_expres.expres",
    "SimulationRequest": "prefect_expres.expres",
    "UWSClient": "prefect_expres.uws",
    "ExpresService": "prefect_expres.blocks",
    "SimulationResult": "prefect_expres.execution.manifest",
    "FilesPlan": "prefect_expres.campaigns.plan",
    "RoutinePlan": "prefect_expres.campaigns.plan",
    "analyse": "prefect_expres.flows.analysis",
    "campaign": "prefect_expres.flows.campaign",
    "forecast": "prefect_expres.flows.forecast",
    "housekeeping": "prefect_expres.flows.housekeeping",
    "simulate": "prefect_expres.flows.simulate",
}

__all__ = ["__version__", *sorted(_HOMES)]  # noqa: PLE0604 - the names are strings


def __getattr__(name: str) -> Any:
    """Load a public name from the room it lives in."""
    if name == "__version__":
        # Reading a distribution's metadata takes as long as a third of starting the command line.
        return import_module("importlib.metadata").version("prefect-expres")
    if name not in _HOMES:
        msg = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(msg)
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    """List the public names, loaded or not."""
    return __all__
