"""Which tests are quick, and in which order files run."""

import functools
import inspect
from collections.abc import Iterator
from types import CodeType, FunctionType
from typing import Any

import pytest
from xdist.scheduler import LoadFileScheduling

_SLOW = {
    "Child",
    "PrefectServer",
    "Sandbox",
    "SandboxServer",
    "TerminalSession",
    "build_package",
    "create_subprocess_exec",
    "flow",
    "flows_on_server",
    "getfixturevalue",
    "object_store",
    "preview_request",
    "preview_simulation",
    "run_engine",
    "serving_tap",
    "subprocess",
    "sync_playwright",
    "unprivileged",
}
"""A test that reaches one of these has a process, a service, a browser or the engine."""

_LONGEST = (
    "tests/docs/test_pages.py",
    "tests/deployment/test_schedules.py",
    "tests/deployment/test_register.py",
    "tests/flows/test_campaign.py",
    "tests/flows/test_kill.py",
    "tests/flows/test_cancel.py",
    "tests/cli/test_demo.py",
    "tests/benchmarks/test_benchmarks.py",
    "tests/faults/test_schedules.py",
    "tests/typing/test_consumer.py",
    "tests/flows/test_campaign_workers.py",
    "tests/flows/test_forecast.py",
    "tests/flows/test_identify.py",
    "tests/deployment/test_kill.py",
    "tests/ui/test_simulate_form.py",
    "tests/ui/test_campaign_form.py",
    "tests/ui/test_identify_form.py",
    "tests/flows/test_campaign_ends.py",
    "tests/flows/test_housekeeping.py",
    "tests/flows/test_restarts.py",
    "tests/deployment/test_postgresql.py",
    "tests/docs/test_build.py",
    "tests/engine/test_engine.py",
)
"""The files that take longest, longest first."""


class ByFile(LoadFileScheduling):  # type: ignore[misc] # xdist ships no types
    """Give each worker whole files in the order of the tests, and one of them all of the UI's."""

    def _split_scope(self, nodeid: str) -> str:
        return "tests/ui" if nodeid.startswith("tests/ui/") else str(super()._split_scope(nodeid))


def is_quick(item: pytest.Item) -> bool:
    """Say whether a test needs no process, service, Prefect server, browser or engine, nor long.

    Looked at is the code of the test, of its fixtures, and of the functions and classes of the
    tests that they use. What takes long for another reason is marked as slow.
    """
    if item.get_closest_marker("slow") or not isinstance(item, pytest.Function):
        return False
    fixtures = item._fixtureinfo.name2fixturedefs.values()  # noqa: SLF001 - there is no other way
    functions = (item.function, *(given[-1].func for given in fixtures))
    return not any(_is_slow(function) for function in functions)


def order(item: pytest.Item) -> tuple[int, bool]:
    """Sort long files first and quick tests last, so that all workers end at the same time."""
    file = item.nodeid.partition("::")[0]
    place = _LONGEST.index(file) if file in _LONGEST else len(_LONGEST)
    return place, item.get_closest_marker("quick") is not None


@functools.cache
def _is_slow(function: Any) -> bool:
    return not _SLOW.isdisjoint(_reached(function, set()))


def _reached(used: Any, seen: set[Any]) -> Iterator[str]:
    """Give the names in the code of a function or class, and of those of the tests that it uses."""
    used = inspect.unwrap(getattr(used, "__func__", used))
    if not isinstance(used, FunctionType | type) or used in seen:
        return
    seen.add(used)
    if isinstance(used, type):
        for member in vars(used).values():
            yield from _reached(member, seen)
        return
    for name in _names(used.__code__):
        yield name
        found = used.__globals__.get(name)
        if (getattr(found, "__module__", None) or "").startswith("tests."):
            yield from _reached(found, seen)


def _names(code: CodeType) -> Iterator[str]:
    yield from code.co_names
    for inner in code.co_consts:
        if isinstance(inner, CodeType):
            yield from _names(inner)
