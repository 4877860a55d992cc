"""Run the tests against the mutants of one area."""

import json
import os
import shutil
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from . import overlay
from .areas import Area, Project
from .children import Job, Outcome, Tell, run_all
from .choosing import Chooser
from .covering import CoverageMap, coverage_map
from .equivalents import Equivalents
from .inside import run_wanted
from .mutants import Mutant
from .sampling import distinct

SAID_EVERY = 25


class Fate(StrEnum):
    """What became of a mutant."""

    KILLED = "killed"
    TIMED_OUT = "timed out"
    SURVIVED = "survived"
    NOT_COVERED = "not covered"
    EQUIVALENT = "equivalent"


@dataclass(frozen=True)
class Verdict:
    """What became of one mutant.

    Attributes:
        id: The name of the mutant.
        place: The file and the line.
        diff: The lines that change.
        fate: What became of it.
        test: The test that failed, or was running when the time was over.
        tests: How many tests were to run.
        seconds: The time it took.
    """

    id: str
    place: str
    diff: list[str]
    fate: Fate
    test: str | None
    tests: int
    seconds: float


@dataclass
class AreaReport:
    """What became of the mutants of an area.

    Attributes:
        area: The name of the area.
        existing: How many mutants there are.
        verdicts: Those that were run.
        unusable: The tests that fail or are skipped without any change.
        seconds: The time that the mutants took.
    """

    area: str
    existing: int = 0
    verdicts: list[Verdict] = field(default_factory=list)
    unusable: list[str] = field(default_factory=list)
    seconds: float = 0.0

    def count(self, *fates: Fate) -> int:
        """Count the mutants with one of these fates."""
        return sum(verdict.fate in fates for verdict in self.verdicts)

    @property
    def percent(self) -> float | None:
        """The share that was killed of those that can be, or None if there is none."""
        able = len(self.verdicts) - self.count(Fate.EQUIVALENT)
        return 100 * self.count(Fate.KILLED, Fate.TIMED_OUT) / able if able else None

    def as_json(self) -> dict[str, Any]:
        """Give it all for a script."""
        return asdict(self) | {"percent": self.percent}


@dataclass
class Runner:
    """Runs mutants.

    Attributes:
        project: The project.
        folder: Where is kept what the next run needs, too.
        equivalents: The mutants that no test can kill.
        side_by_side: How many mutants run at once.
    """

    project: Project
    folder: Path
    equivalents: Equivalents
    side_by_side: int

    @property
    def temp(self) -> Path:
        """The folder for temporary files."""
        return self.folder / "temp" / str(os.getpid())

    def measure(self, area: Area) -> CoverageMap:
        """Find out which test of an area runs which line."""
        return coverage_map(self.project, area, self.folder, self.temp, self.side_by_side)

    def run(self, area: Area, mutants: list[Mutant], most: int, deadline: float) -> AreaReport:
        """Run a sample of the mutants of an area.

        Args:
            area: The area.
            mutants: Its mutants, in the order of the sample.
            most: How many to run.
            deadline: When to begin no further one, on the monotonic clock.
        """
        covered = self.measure(area)
        killers_file = self.folder / f"killers-{area.name}.json"
        killers = json.loads(killers_file.read_text()) if killers_file.exists() else {}
        chooser = Chooser(area, covered, killers)
        report = AreaReport(area.name, len(mutants), unusable=covered.unusable)
        began = time.monotonic()
        for verdict in self._verdicts(chooser, mutants, most, deadline):
            report.verdicts.append(verdict)
            _tell_progress(report, most)
        report.seconds = time.monotonic() - began
        report.verdicts.sort(key=lambda verdict: verdict.id)
        killers_file.write_text(json.dumps(chooser.killers, indent=1))
        return report

    def _verdicts(
        self, chooser: Chooser, mutants: list[Mutant], most: int, deadline: float
    ) -> Iterator[Verdict]:
        uncovered: list[Mutant] = []

        def jobs() -> Iterator[Job]:
            for mutant, text in distinct(mutants, most):
                if time.monotonic() > deadline:
                    return
                if tests := chooser.tests_for(mutant):
                    yield self._job(chooser.area, mutant, text, tests)
                else:
                    uncovered.append(mutant)

        for outcome in run_all(jobs(), self.side_by_side):
            mutant, tests = outcome.key
            shutil.rmtree(self._temp(mutant), ignore_errors=True)
            yield self._verdict(mutant, len(tests), outcome, chooser)
        for mutant in uncovered:
            yield self._verdict(mutant, 0, None, chooser)

    def _job(self, area: Area, mutant: Mutant, text: str, tests: dict[str, float]) -> Job:
        temp = self._temp(mutant)

        def work(tell: Tell) -> None:
            overlay.serve(mutant.source.path, text)
            run_wanted(area, tests, self.project.root, temp, tell)

        return Job((mutant, tests), work, temp.with_suffix(".log"))

    def _temp(self, mutant: Mutant) -> Path:
        return self.temp / "".join(letter if letter.isalnum() else "-" for letter in mutant.id)

    def _verdict(
        self, mutant: Mutant, tests: int, outcome: Outcome | None, chooser: Chooser
    ) -> Verdict:
        fate, test = (Fate.NOT_COVERED, None) if outcome is None else _fate(outcome)
        chooser.learn(mutant, test if fate is Fate.KILLED else None)
        if (equivalent := self.equivalents.find(mutant)) is not None:
            if fate in {Fate.KILLED, Fate.TIMED_OUT}:
                equivalent.killed.append(mutant.id)
            else:
                fate = Fate.EQUIVALENT
        return Verdict(
            id=mutant.id,
            place=f"{mutant.source.path.relative_to(self.project.root)}:{mutant.place.line}",
            diff=mutant.diff(),
            fate=fate,
            test=test,
            tests=tests,
            seconds=round(outcome.seconds, 2) if outcome else 0.0,
        )


def _fate(outcome: Outcome) -> tuple[Fate, str | None]:
    """Tell from what a child has told what became of its mutant, and in which test.

    Raises:
        RuntimeError: The driver itself has failed.
    """
    last = outcome.last
    if "error" in last:
        raise RuntimeError(f"{outcome.key[0].id} could not be run:\n{last['error']}")
    if "failed" in last:
        return Fate.KILLED, last["failed"]
    if last.get("passed"):
        return Fate.SURVIVED, None
    running = last.get("test")
    return (Fate.TIMED_OUT if outcome.timed_out else Fate.KILLED), running


def _tell_progress(report: AreaReport, most: int) -> None:
    """Say how far it is: on a terminal at each mutant, else now and then."""
    done, wanted = len(report.verdicts), min(most, report.existing)
    is_last = done == wanted
    if sys.stderr.isatty():
        sys.stderr.write(f"\r{report.area}: {done} of {wanted}" + ("\n" if is_last else ""))
    elif is_last or not done % SAID_EVERY:
        sys.stderr.write(f"{report.area}: {done} of {wanted}\n")
