"""The Universal Worker Service protocol (IVOA UWS 1.1) and its dialects.

This part knows neither Prefect nor ExPRES.
"""

from prefect_expres.uws.client import Upload, UWSClient
from prefect_expres.uws.models import (
    ErrorSummary,
    Job,
    JobRef,
    Parameter,
    Phase,
    ResultRef,
    Timestamp,
)
from prefect_expres.uws.transfer import StoredFile, download
from prefect_expres.uws.waiting import Observation, wait_for

__all__ = [
    "ErrorSummary",
    "Job",
    "JobRef",
    "Observation",
    "Parameter",
    "Phase",
    "ResultRef",
    "StoredFile",
    "Timestamp",
    "UWSClient",
    "Upload",
    "download",
    "wait_for",
]
