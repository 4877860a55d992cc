"""What a child does: it runs tests with pytest, and tells the parent what it sees."""

import os
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from .areas import Area
from .children import START_SECONDS, Tell

OPTIONS = (
    *("-q", "--assert=plain", "--no-header", "--no-summary", "--override-ini=addopts="),
    *("-p", "no:cacheprovider", "-p", "no:xdist", "-p", "no:faulthandler"),
)
SPARE_FACTOR = 5.0


class Ordered:
    """A plugin that runs the wanted tests, in their order, and ends the process when one fails."""

    def __init__(self, wanted: dict[str, float], spare: float, tell: Tell) -> None:
        self._wanted = wanted
        self._spare = spare
        self._ranks = {test: rank for rank, test in enumerate(wanted)}
        self._tell = tell

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Keep the wanted tests, in their order."""
        items[:] = sorted(
            (item for item in items if item.nodeid in self._ranks),
            key=lambda item: self._ranks[item.nodeid],
        )

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """End if a file of tests cannot be imported."""
        self._end_if_failed(report.nodeid, failed=report.failed)

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        """Say which test begins, and how long it may take."""
        seconds = self._spare + SPARE_FACTOR * self._wanted[nodeid]
        self._tell({"test": nodeid, "seconds": seconds * slowness()})

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """End if a test has failed."""
        self._end_if_failed(report.nodeid, failed=report.failed)

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, exitstatus: int) -> None:
        """End: all fixtures are gone, and pytest would only tidy up for seconds."""
        passed = exitstatus in {pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED}
        self._tell({"passed": passed, "code": int(exitstatus)})
        os._exit(0)

    def _end_if_failed(self, nodeid: str, *, failed: bool) -> None:
        if failed:
            self._tell({"failed": nodeid})
            os._exit(0)


class Stopwatch:
    """A plugin that measures what each test costs when it runs alone.

    A test pays for every fixture that it shares with others, even if another test set it up; and
    what such a fixture runs counts for each of these tests.

    Attributes:
        current: Called with what runs now: a test, a fixture that several share, or "".
    """

    def __init__(self, tell: Tell, current: Any) -> None:
        self._tell = tell
        self.current = current
        self._running = ""
        self._fixtures: dict[str, float] = {}
        self._sharing: dict[str, set[str]] = {}
        self._shared_in_test = 0.0
        self._failed: set[str] = set()
        self.seconds: dict[str, float] = {}

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(self, fixturedef: pytest.FixtureDef[Any]) -> Iterator[None]:
        """Measure how long a fixture takes that several tests share."""
        if fixturedef.scope == "function":
            return (yield)
        began, shared_before, outer = time.perf_counter(), self._shared_in_test, self._running
        self._switch(f"fixture {fixturedef.argname}")
        try:
            return (yield)
        finally:
            self._switch(outer)
            inner = self._shared_in_test - shared_before
            taken = time.perf_counter() - began - inner
            self._fixtures[fixturedef.argname] = taken
            self._shared_in_test += taken

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(
        self, item: pytest.Item, nextitem: pytest.Item | None
    ) -> Iterator[None]:
        """Measure one test."""
        self._switch(item.nodeid)
        self._tell({"test": item.nodeid})
        self._shared_in_test = 0.0
        began = time.perf_counter()
        try:
            return (yield)
        finally:
            own = time.perf_counter() - began - self._shared_in_test
            names = self._fixtures.keys() & set(getattr(item, "fixturenames", ()))
            self.seconds[item.nodeid] = round(own + sum(map(self._fixtures.__getitem__, names)), 3)
            for name in names:
                self._sharing.setdefault(f"fixture {name}", set()).add(item.nodeid)
            self._switch("")

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Forget tests that fail or are skipped without any change."""
        if not report.passed:
            self._failed.add(report.nodeid)

    def passed(self) -> dict[str, float]:
        """Give the seconds of the tests that passed."""
        return {test: taken for test, taken in self.seconds.items() if test not in self._failed}

    def tests_of(self, running: str) -> set[str]:
        """Give the tests that something counts for that ran: itself, or all that share it."""
        return self._sharing.get(running, {running})

    def failed(self) -> list[str]:
        """Give the tests that did not pass."""
        return sorted(self._failed)

    def _switch(self, running: str) -> None:
        self._running = running
        self.current(running)


def slowness() -> float:
    """Tell how many times longer all takes because other processes keep the machine busy."""
    return max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))


def run_pytest(files: Sequence[Path], options: Sequence[str], temp: Path, plugin: object) -> int:
    """Run pytest in this process.

    Args:
        files: The files of tests.
        options: Further arguments.
        temp: The folder for temporary files.
        plugin: What looks on.
    """
    _calm_hypothesis()
    arguments = [*OPTIONS, f"--basetemp={temp}", *options, *(str(file) for file in files)]
    return int(pytest.main(arguments, plugins=[plugin]))


def run_wanted(area: Area, wanted: dict[str, float], root: Path, temp: Path, tell: Tell) -> None:
    """Run some tests until one fails.

    Args:
        area: The area of the tests.
        wanted: The tests, with the seconds that each takes, in the order in which they run.
        root: The folder that their names start from.
        temp: The folder for temporary files.
        tell: Tells the parent.
    """
    files = list(dict.fromkeys(root / test.split("::")[0] for test in wanted))
    tell({"seconds": START_SECONDS})
    code = run_pytest(files, area.arguments, temp, Ordered(wanted, area.spare, tell))
    if code == pytest.ExitCode.USAGE_ERROR:
        # The unchanged source was run with the same arguments: it cannot be imported any more.
        tell({"failed": "conftest.py"})
    else:
        tell({"error": f"pytest has not run: {code}"})


def _calm_hypothesis() -> None:
    """Let Hypothesis try the same examples each time, store none and not look for simpler ones."""
    try:
        from hypothesis import Phase, settings  # noqa: PLC0415 - not all projects have it
    except ImportError:
        return
    phases = (Phase.explicit, Phase.generate)
    settings.register_profile(
        "mutants", derandomize=True, database=None, deadline=None, phases=phases
    )
    settings.load_profile("mutants")
