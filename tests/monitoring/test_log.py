"""Log lines, which name their simulation where several log into one place."""

import asyncio
import logging

import pytest

from prefect_expres.monitoring.log import lines_name, log_step, log_warning


async def told(simulation: str) -> None:
    """Log as one of several simulations."""
    with lines_name(simulation):
        await asyncio.sleep(0)
        log_step("phase", "%s after %.1f s", "EXECUTING", 1.5)
        log_step("prepare", "%s, 3 times", simulation)
        log_warning("100 % is not much")


def test_lines_name_their_simulation(caplog: pytest.LogCaptureFixture) -> None:
    """Each its own, also when they run at once; a line that begins with the name is left alone."""

    async def several() -> None:
        await asyncio.gather(told("io-1"), told("io-2"))
        log_step("campaign", "2 of 2")

    with caplog.at_level(logging.INFO):
        asyncio.run(several())
    lines = [record.getMessage() for record in caplog.records if hasattr(record, "expres_step")]
    assert sorted(lines) == [
        "2 of 2",
        *("io-1, 3 times", "io-1: 100 % is not much", "io-1: EXECUTING after 1.5 s"),
        *("io-2, 3 times", "io-2: 100 % is not much", "io-2: EXECUTING after 1.5 s"),
    ]
    steps = {record.expres_step for record in caplog.records if hasattr(record, "expres_step")}
    assert steps == {"phase", "prepare", "warning", "campaign"}
