"""Errors travel between processes, in the ways in which Prefect sends them."""

import pickle
import re
from collections.abc import Iterator

import pytest
from prefect.serializers import JSONSerializer

from prefect_expres import errors
from prefect_expres.errors import ExpresError


def _tree(kind: type[ExpresError]) -> Iterator[type[ExpresError]]:
    yield kind
    for each in kind.__subclasses__():
        yield from _tree(each)


@pytest.mark.parametrize("kind", list(_tree(ExpresError)))
def test_an_error_keeps_its_kind_and_message(kind: type[ExpresError]) -> None:
    """As JSON, in which Prefect keeps the results of flows, and pickled."""
    fault = kind("What happened, and what to do")
    serializer = JSONSerializer()
    for copied in (serializer.loads(serializer.dumps(fault)), pickle.loads(pickle.dumps(fault))):
        assert type(copied) is kind
        assert str(copied) == "What happened, and what to do"


def test_the_tree_shows_every_error() -> None:
    """Each error stands in the tree at the head of the module."""
    shown = set(re.findall(r"\w+", errors.__doc__ or ""))
    assert {kind.__name__ for kind in _tree(ExpresError)} <= shown
