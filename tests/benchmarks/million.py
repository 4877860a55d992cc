"""Plan a million simulations: how long they take and what they ask for, by simulation.

``million.py [--count N] [--slots N]``. Nothing runs here: jobs are drawn from the distributions
below and put on the slots of a service, with its nightly absence and with jobs that fail. What a
simulation costs Prefect's server and the disk is measured and multiplied in
``deployments/README.md``.
"""

import argparse
import heapq
import random
import sys
from dataclasses import dataclass

DAY = 86400.0
SHORTEST_RUN, LONGEST_RUN = 60.0, 600.0
"""Seconds that a job executes, uniformly: up to what guests are allowed."""
TICK = 15.0
"""Seconds between two looks at the list when little happens; ends are noticed that much later."""
AWAY_FROM, AWAY_FOR = 3 * 3600.0, 600.0
"""The service is away every night at 3, for ten minutes: no job starts, those that run go on."""
FAILS, ATTEMPTS = 0.01, 2
"""One job in a hundred fails, and is tried once more."""


@dataclass
class Course:
    """What became of all simulations."""

    completed: int = 0
    failed: int = 0
    jobs: int = 0
    busy: float = 0.0
    seconds: float = 0.0


def simulated(count: int, slots: int, chance: random.Random) -> Course:
    """Put all simulations on the slots, one after the other."""
    course = Course()
    free = [0.0] * slots
    for _ in range(count):
        for attempt in range(1, ATTEMPTS + 1):
            began = _when_service_is_there(heapq.heappop(free))
            runs = chance.uniform(SHORTEST_RUN, LONGEST_RUN)
            heapq.heappush(free, began + runs + chance.uniform(0.0, TICK))
            course.jobs += 1
            course.busy += runs
            if chance.random() >= FAILS:
                course.completed += 1
                break
            course.failed += attempt == ATTEMPTS
    course.seconds = max(free)
    return course


def _when_service_is_there(moment: float) -> float:
    """Give the moment itself, or the end of the service's absence."""
    since = moment % DAY - AWAY_FROM
    return moment + AWAY_FOR - since if 0.0 <= since < AWAY_FOR else moment


def main() -> None:
    """Print what becomes of the plan for several numbers of slots."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=10**6)
    parser.add_argument("--slots", type=int, nargs="*", default=[20, 100, 500])
    asked = parser.parse_args()
    sys.stdout.write("by simulation, not measured\n")
    sys.stdout.write("slots   days     jobs  failed  in use\n")
    for slots in asked.slots:
        course = simulated(asked.count, slots, random.Random(asked.count))
        share = course.busy / (course.seconds * slots)
        sys.stdout.write(
            f"{slots:5} {course.seconds / DAY:6.1f} {course.jobs:8,} {course.failed:7,} "
            f"{share:7.1%}\n"
        )


if __name__ == "__main__":
    main()
