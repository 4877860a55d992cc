"""Run ExPRES, the planetary radio emission simulator, on a UWS service from Prefect.

The public names are loaded when they are first used, so that importing the package costs
nothing and does not import Prefect. Type checkers and editors see them as they are.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from prefect_expres.blocks import ExpresService as ExpresService
    from prefect_expres.campaigns.plan import FilesPlan as FilesPlan
    from prefect_expres.campaigns.plan import RoutinePlan as RoutinePlan
    from prefect_expres.execution.manifest import SimulationResult as SimulationResult
    from prefect_expres.expres import Configuration as Configuration
    from prefect_expres.expres import Routine as Routine
    from prefect_expres.expres import SimulationRequest as SimulationRequest
    from prefect_expres.flows.analysis import analyse as analyse
    from prefect_expres.flows.campaign import campaign as campaign
    from prefect_expres.flows.forecast import forecast as forecast
    from prefect_expres.flows.housekeeping import housekeeping as housekeeping
    from prefect_expres.flows.identify import identify as identify
    from prefect_expres.flows.simulate import simulate as simulate
    from prefect_expres.uws import UWSClient as UWSClient

__version__: str

_MODULE_OF = {
    "Configuration": "prefect_expres.expres",
    "ExpresService": "prefect_expres.blocks",
    "FilesPlan": "prefect_expres.campaigns.plan",
    "Routine": "prefect_expres.expres",
    "RoutinePlan": "prefect_expres.campaigns.plan",
    "SimulationRequest": "prefect_expres.expres",
    "SimulationResult": "prefect_expres.execution.manifest",
    "UWSClient": "prefect_expres.uws",
    "analyse": "prefect_expres.flows.analysis",
    "campaign": "prefect_expres.flows.campaign",
    "forecast": "prefect_expres.flows.forecast",
    "housekeeping": "prefect_expres.flows.housekeeping",
    "identify": "prefect_expres.flows.identify",
    "simulate": "prefect_expres.flows.simulate",
}

__all__ = [  # noqa: RUF022 - the version, then the names
    "__version__",
    "Configuration",
    "ExpresService",
    "FilesPlan",
    "Routine",
    "RoutinePlan",
    "SimulationRequest",
    "SimulationResult",
    "UWSClient",
    "analyse",
    "campaign",
    "forecast",
    "housekeeping",
    "identify",
    "simulate",
]

if not TYPE_CHECKING:
    # Hidden from type checkers: a module with a __getattr__ has every name there is.

    def __getattr__(name: str) -> Any:
        """Load a public name from the module that it is defined in."""
        if name == "__version__":
            # Reading the metadata takes as long as a third of starting the command line.
            return import_module("importlib.metadata").version("prefect-expres")
        if name not in _MODULE_OF:
            msg = f"module {__name__!r} has no attribute {name!r}"
            raise AttributeError(msg)
        return getattr(import_module(_MODULE_OF[name]), name)


def __dir__() -> list[str]:
    """List the public names, loaded or not."""
    return __all__
