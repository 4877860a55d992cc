"""Which tests run against a mutant, and in which order."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from .areas import Area
from .covering import CoverageMap
from .mutants import Mutant

OTHERS_SECONDS = 15.0


@dataclass
class Chooser:
    """Chooses tests, and learns from those that fail.

    Attributes:
        area: The area of the mutants.
        covered: Which test runs which line.
        killers: The test that failed for a mutant when it was last run.
    """

    area: Area
    covered: CoverageMap
    killers: dict[str, str]
    _kills: Counter[tuple[str, str]] = field(default_factory=Counter)

    def tests_for(self, mutant: Mutant) -> dict[str, float]:
        """Give the tests for a mutant, with the seconds of each, in the order to run them.

        Long tests are left out, except where only long ones run the line.

        Args:
            mutant: The mutant.
        """
        path, place = mutant.source.path, mutant.place
        if not place.is_run_at_import:
            on_it = self.covered.tests_on(path, place.lines)
            if on_it or not self.covered.runs_at_import(path, place.lines):
                return self._ordered(mutant, self._fast(on_it))
        near = self._near(mutant)
        tests = self._ordered(mutant, self._fast(near))
        others = self._ordered(mutant, self._fast(self.covered.tests_in(path) - near))
        return tests | self._cheapest(others if tests else self._others())

    def learn(self, mutant: Mutant, test: str | None) -> None:
        """Remember which test failed, or that none did."""
        if test is None:
            self.killers.pop(mutant.id, None)
        else:
            self.killers[mutant.id] = test
            self._kills[mutant.source.label, test] += 1

    def _near(self, mutant: Mutant) -> set[str]:
        """Give the tests of what a line defines that is run when its module is imported."""
        place = mutant.place
        names = place.names or place.qualname.split(".")
        near = self.covered.tests_on(mutant.source.path, place.bodies)
        pattern = re.compile(rf"\b({'|'.join(map(re.escape, names))})\b")
        for source in self.area.sources:
            for line in _lines_with(pattern, source.text):
                near |= self.covered.tests_on(source.path, range(line, line + 1))
        naming = {str(file) for file in self.area.test_files if pattern.search(file.read_text())}
        return near | {test for test in self.covered.seconds if _file_of(test, naming)}

    def _others(self) -> dict[str, float]:
        fast = self._fast(self.covered.seconds)
        return dict(sorted(fast.items(), key=lambda item: item[1]))

    def _fast(self, tests: Iterable[str]) -> dict[str, float]:
        seconds = {test: self.covered.seconds[test] for test in tests}
        fast = {test: taken for test, taken in seconds.items() if taken <= self.area.longest}
        return fast or seconds

    @staticmethod
    def _cheapest(tests: dict[str, float]) -> dict[str, float]:
        """Give as many tests as there is time for."""
        left, chosen = OTHERS_SECONDS, {}
        for test, taken in tests.items():
            left -= taken
            if left < 0:
                break
            chosen[test] = taken
        return chosen

    def _ordered(self, mutant: Mutant, tests: dict[str, float]) -> dict[str, float]:
        """Put first what failed last time, then what is quick and has failed for this module."""

        def rank(test: str) -> tuple[bool, float, str]:
            kills = self._kills[mutant.source.label, test]
            return (test != self.killers.get(mutant.id), (0.02 + tests[test]) / (1 + kills), test)

        return {test: tests[test] for test in sorted(tests, key=rank)}


def _lines_with(pattern: re.Pattern[str], text: str) -> list[int]:
    return [number for number, line in enumerate(text.splitlines(), 1) if pattern.search(line)]


def _file_of(test: str, files: set[str]) -> bool:
    name = test.split("::", maxsplit=1)[0]
    return any(Path(file).as_posix().endswith(name) for file in files)
