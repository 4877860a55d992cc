"""Which tests are quick, and in which order files run."""

from collections.abc import Iterator
from types import CodeType, FunctionType
from typing import Any

import pytest
from xdist.scheduler import LoadFileScheduling

_SLOW = {
    "Child",
    "PrefectServer",
    "Sandbox",
    "TerminalSession",
    "build_package",
    "create_subprocess_exec",
    "flow",
    "flows_on_server",
    "getfixturevalue",
    "object_store",
    "run_engine",
    "subprocess",
    "sync_playwright",
    "unprivileged",
}
"""A test that reaches one of these has a process, a Prefect server, a browser or the engine."""

_LONGEST = (
    "tests/docs/test_pages.py",
    "tests/flows/test_campaign.py",
    "tests/flows/test_cancel.py",
    "tests/benchmarks/test_benchmarks.py",
    "tests/flows/test_campaign_workers.py",
    "tests/faults/test_schedules.py",
    "tests/flows/test_kill.py",
    "tests/deployment/test_register.py",
    "tests/cli/test_demo.py",
    "tests/typing/test_consumer.py",
    "tests/flows/test_forecast.py",
    "tests/ui/test_simulate_form.py",
    "tests/ui/test_campaign_form.py",
    "tests/flows/test_campaign_ends.py",
    "tests/flows/test_housekeeping.py",
    "tests/flows/test_restarts.py",
    "tests/deployment/test_postgresql.py",
    "tests/docs/test_build.py",
)
"""The files that take longest, longest first."""


class ByFile(LoadFileScheduling):  # type: ignore[misc] # xdist ships no types
    """Give each worker whole files in the order of the tests, and one of them all of the UI's."""

    def _split_scope(self, nodeid: str) -> str:
        return "tests/ui" if nodeid.startswith("tests/ui/") else str(super()._split_scope(nodeid))


def is_quick(item: pytest.Item) -> bool:
    """Say whether a test needs no process, Prefect server, browser or engine, nor long.

    Looked at is the code of the test, of its fixtures, and of the functions of the tests that they
    call. What takes long for another reason is marked as slow.
    """
    if item.get_closest_marker("slow") or not isinstance(item, pytest.Function):
        return False
    fixtures = item._fixtureinfo.name2fixturedefs.values()  # noqa: SLF001 - there is no other way
    functions = [item.function, *(given[-1].func for given in fixtures)]
    return _SLOW.isdisjoint(name for function in functions for name in _reached(function, set()))


def order(item: pytest.Item) -> tuple[int, bool]:
    """Sort long files first and quick tests last, so that all workers end at the same time."""
    file = item.nodeid.partition("::")[0]
    place = _LONGEST.index(file) if file in _LONGEST else len(_LONGEST)
    return place, is_quick(item)


def _reached(function: Any, seen: set[Any]) -> Iterator[str]:
    """Give the names in a function's code, and in that of the functions of the tests it calls."""
    function = getattr(function, "__func__", function)
    if not isinstance(function, FunctionType) or function in seen:
        return
    seen.add(function)
    for name in _names(function.__code__):
        yield name
        called = function.__globals__.get(name)
        if (getattr(called, "__module__", None) or "").startswith("tests."):
            yield from _reached(called, seen)


def _names(code: CodeType) -> Iterator[str]:
    yield from code.co_names
    for inner in code.co_consts:
        if isinstance(inner, CodeType):
            yield from _names(inner)
