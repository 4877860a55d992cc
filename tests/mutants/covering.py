"""Which test runs which line: found out once, and kept until something changes."""

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .areas import Area, Project
from .children import Job, Tell, run_all
from .inside import Stopwatch, run_pytest

NO_TEST = ""
"""What stands in place of a test for lines that are run between tests, or by an import."""


@dataclass(frozen=True)
class CoverageMap:
    """Which test runs which line.

    Attributes:
        seconds: The tests that pass, and the time that each takes alone.
        lines: For each file the lines, and the tests that run each.
        unusable: The tests that fail or are skipped without any change.
    """

    seconds: dict[str, float]
    lines: dict[str, dict[int, set[str]]]
    unusable: list[str]

    def tests_on(self, path: Path, lines: range) -> set[str]:
        """Give the tests that run at least one of these lines."""
        of_file = self.lines.get(str(path), {})
        return {test for line in lines for test in of_file.get(line, ()) if test in self.seconds}

    def runs_at_import(self, path: Path, lines: range) -> bool:
        """Tell whether at least one of these lines is run outside any test: by an import."""
        of_file = self.lines.get(str(path), {})
        return any(NO_TEST in of_file.get(line, ()) for line in lines)

    def tests_in(self, path: Path) -> set[str]:
        """Give the tests that run any line of a file, other than by importing it."""
        tests = {test for tests in self.lines.get(str(path), {}).values() for test in tests}
        return tests & self.seconds.keys()


def coverage_map(
    project: Project, area: Area, folder: Path, temp: Path, side_by_side: int
) -> CoverageMap:
    """Give the map of an area: the kept one if nothing has changed since it was made.

    Args:
        project: The project.
        area: The area.
        folder: Where maps are kept.
        temp: The folder for temporary files.
        side_by_side: How many files of tests run at once.
    """
    file = folder / f"coverage-{area.name}-{area.content_hash(project.shared)}.json"
    if not file.exists():
        parts = list(_measure(area, temp, side_by_side))
        for old in folder.glob(f"coverage-{area.name}-*.json"):
            old.unlink()
        part = file.with_suffix(f".{os.getpid()}")
        part.write_text(json.dumps(parts))
        part.replace(file)
    return _joined(json.loads(file.read_text()))


def _measure(area: Area, temp: Path, side_by_side: int) -> Iterator[dict[str, Any]]:
    def job(number: int, test_file: Path) -> Job:
        place = temp / f"coverage-{area.name}-{number}"

        def work(tell: Tell) -> None:
            tell({"map": _measured(area, test_file, place, tell)})

        return Job(test_file, work, place.with_suffix(".log"))

    jobs = (job(number, test_file) for number, test_file in enumerate(area.test_files))
    for outcome in run_all(jobs, side_by_side):
        if "map" not in outcome.last:
            raise RuntimeError(f"{outcome.key} cannot be measured: {outcome.last}")
        yield outcome.last["map"]


def _measured(area: Area, test_file: Path, temp: Path, tell: Tell) -> dict[str, Any]:
    os.environ["COVERAGE_CORE"] = "ctrace"  # the only one that tells tests apart
    import coverage  # noqa: PLC0415 - only the children need it

    measuring = coverage.Coverage(
        data_file=str(temp.with_suffix(".coverage")),
        config_file=False,
        include=[str(source.path) for source in area.sources],
    )
    measuring.start()
    stopwatch = Stopwatch(tell, measuring.switch_context)
    run_pytest([test_file], area.arguments, temp, stopwatch)
    measuring.stop()
    data = measuring.get_data()
    return {
        "seconds": stopwatch.passed(),
        "unusable": stopwatch.failed(),
        "lines": {
            file: {
                line: sorted({test for one in running for test in stopwatch.tests_of(one)})
                for line, running in data.contexts_by_lineno(file).items()
            }
            for file in data.measured_files()
        },
    }


def _joined(parts: list[dict[str, Any]]) -> CoverageMap:
    joined = CoverageMap({}, {}, [])
    for part in parts:
        joined.seconds.update(part["seconds"])
        joined.unusable.extend(part["unusable"])
        for file, lines in part["lines"].items():
            of_file = joined.lines.setdefault(file, {})
            for line, tests in lines.items():
                of_file.setdefault(int(line), set()).update(tests)
    return joined
