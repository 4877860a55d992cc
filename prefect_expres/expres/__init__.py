"""The domain: configurations, access rules and requests. It knows neither Prefect nor HTTP."""

from prefect_expres.expres.access import Access
from prefect_expres.expres.configuration import Configuration
from prefect_expres.expres.request import SimulationRequest

__all__ = ["Access", "Configuration", "SimulationRequest"]
