"""The simulation behind the plan for a million simulations."""

import random

from tests.benchmarks.million import DAY, LONGEST_RUN, SHORTEST_RUN, TICK, simulated


def test_every_simulation_ends_and_slots_are_kept_busy() -> None:
    """None is lost, those that fail are tried again, and time is what work and slots make it."""
    course = simulated(20_000, 20, random.Random(1))
    assert course.completed + course.failed == 20_000
    assert 20_000 < course.jobs < 20_500
    assert 0 < course.failed < 10
    mean = (SHORTEST_RUN + LONGEST_RUN + TICK) / 2
    ideal = course.jobs * mean / 20
    assert ideal < course.seconds < 1.02 * ideal + DAY / 24
