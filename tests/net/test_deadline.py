"""One deadline holds over everything that is called inside it."""

import asyncio
import itertools
import math

import pytest

from prefect_expres.errors import Unreachable
from prefect_expres.net.deadline import Deadline, seconds_left, waits_for, within
from prefect_expres.net.retry import persist
from tests.support.virtual_time import LoopClock, in_virtual_time

AWAY = Unreachable("https://uws.example.org did not answer: connection refused")


class Lines:
    """What was told, and when."""

    def __init__(self) -> None:
        self.told: list[tuple[float, str]] = []

    async def __call__(self, message: str) -> None:
        """Note a line."""
        self.told.append((LoopClock().now(), message))


async def away() -> None:
    """Fail after a while, as a service that is away."""
    await asyncio.sleep(0.1)
    raise AWAY


def test_nothing_has_a_deadline_by_itself() -> None:
    """So the budget of a retry is all that holds."""
    assert seconds_left() == math.inf


@in_virtual_time
async def test_retries_end_at_the_deadline() -> None:
    """However many attempts are left; the error is the last one's."""
    with within(Deadline(LoopClock(), 5.0)), pytest.raises(Unreachable):
        await persist(away, LoopClock(), attempts=100)
    assert LoopClock().now() == pytest.approx(5.0)
    assert seconds_left() == math.inf


@in_virtual_time
async def test_deadline_holds_in_tasks() -> None:
    """What is called in a task of its own keeps to it, too."""
    with within(Deadline(LoopClock(), 5.0)):
        task = asyncio.ensure_future(persist(away, LoopClock(), attempts=100))
    with pytest.raises(Unreachable):
        await task
    assert LoopClock().now() == pytest.approx(5.0)


@in_virtual_time
async def test_what_is_waited_for_is_told_at_once_and_every_few_seconds() -> None:
    """Each line has the reason, and how long the wait may last."""
    lines = Lines()
    with within(Deadline(LoopClock(), 60.0, lines)), pytest.raises(Unreachable):
        await persist(away, LoopClock(), attempts=100)
    moments = [moment for moment, _ in lines.told]
    assert moments[0] == pytest.approx(0.1)
    gaps = [after - before for before, after in itertools.pairwise(moments)]
    assert all(5.0 <= gap <= 20.0 for gap in gaps)
    assert lines.told[0][1] == f"Waiting since 0 s, at most 60 s: {AWAY}"


@in_virtual_time
async def test_silence_is_told_as_well() -> None:
    """Where nothing fails and nothing comes, a line says what is waited for, every few seconds."""
    lines = Lines()
    deadline = Deadline(LoopClock(), 60.0, lines)
    async with deadline.told_about("an answer"):
        await asyncio.sleep(7)
        with within(deadline):
            await waits_for(AWAY)
        await asyncio.sleep(5)
    assert asyncio.all_tasks() == {asyncio.current_task()}
    await asyncio.sleep(20)
    assert [moment for moment, _ in lines.told] == pytest.approx([5, 10])
    assert lines.told[0][1] == "Waiting since 5 s, at most 60 s: an answer"


@in_virtual_time
async def test_earlier_deadline_holds() -> None:
    """Around another one or within it; who is told is whoever wanted to know."""
    lines = Lines()
    outer, inner = Deadline(LoopClock(), 20.0, lines), Deadline(LoopClock(), 10.0)
    with within(outer), within(inner):
        assert seconds_left() == 10.0
        await asyncio.sleep(1)
        await waits_for(AWAY)
    with within(outer), within(Deadline(LoopClock(), 100.0)):
        assert seconds_left() == pytest.approx(19.0)
        with within(Deadline(LoopClock(), 100.0)):
            pass
        assert seconds_left() == pytest.approx(19.0)
    assert lines.told == [(pytest.approx(1.0), f"Waiting since 1 s, at most 20 s: {AWAY}")]
