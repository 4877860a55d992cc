"""What a service tells, and how it is asked: values that nobody changes."""

import pytest

from prefect_expres.net.network import Network
from prefect_expres.storage import StoredFile
from prefect_expres.uws.forms import Upload
from prefect_expres.uws.list_query import ListQuery
from prefect_expres.uws.models import (
    ErrorSummary,
    Extra,
    Job,
    JobRef,
    Parameter,
    ResultRef,
    Timestamp,
)
from prefect_expres.uws.options import ClientOptions
from prefect_expres.uws.waiting import Observation
from tests.support.values import assert_unchangeable


@pytest.mark.parametrize(
    "kind",
    [
        ClientOptions,
        ErrorSummary,
        Extra,
        Job,
        JobRef,
        ListQuery,
        Network,
        Observation,
        Parameter,
        ResultRef,
        StoredFile,
        Timestamp,
        Upload,
    ],
)
def test_values_stay_as_they_are(kind: type) -> None:
    """Many share them, and some are keys."""
    assert_unchangeable(kind)
