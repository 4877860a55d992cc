"""ExPRES itself: configurations, their rules and warnings, access rules, requests, result names.

May import: errors. It knows neither Prefect nor HTTP.
"""

from prefect_expres.expres.access import Access
from prefect_expres.expres.configuration import Configuration
from prefect_expres.expres.problem import Problem
from prefect_expres.expres.request import SimulationRequest
from prefect_expres.expres.routine import Routine
from prefect_expres.expres.warnings import warnings_of

__all__ = [
    "Access",
    "Configuration",
    "Problem",
    "Routine",
    "SimulationRequest",
    "warnings_of",
]
