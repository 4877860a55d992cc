"""A client for the Universal Worker Service protocol (IVOA UWS 1.1) and its dialects.

It knows neither Prefect nor ExPRES. May import: errors, net, storage.
"""

from prefect_expres.uws.client import UWSClient
from prefect_expres.uws.filenames import file_names
from prefect_expres.uws.forms import Upload, Verbatim
from prefect_expres.uws.models import (
    ErrorSummary,
    Job,
    JobRef,
    Parameter,
    Phase,
    ResultRef,
    Timestamp,
)
from prefect_expres.uws.options import ClientOptions
from prefect_expres.uws.poller import JobListPoller
from prefect_expres.uws.transfer import DownloadClient, download
from prefect_expres.uws.waiting import Observation, wait_for

__all__ = [
    "ClientOptions",
    "DownloadClient",
    "ErrorSummary",
    "Job",
    "JobListPoller",
    "JobRef",
    "Observation",
    "Parameter",
    "Phase",
    "ResultRef",
    "Timestamp",
    "UWSClient",
    "Upload",
    "Verbatim",
    "download",
    "file_names",
    "wait_for",
]
