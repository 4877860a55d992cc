"""An update of Prefect's UI neither ends a simulation nor holds it up: in virtual time."""

import asyncio
from itertools import pairwise

import pytest

from prefect_expres.monitoring.best_effort import artifact_key, artifact_limit, best_effort
from tests.support.virtual_time import in_virtual_time


async def update(seconds: float) -> float:
    """Make an update that takes some seconds, and give how long it was let."""
    loop = asyncio.get_running_loop()
    began = loop.time()
    with best_effort():
        await asyncio.sleep(seconds)
    return loop.time() - began


@in_virtual_time
async def test_a_server_that_hangs_has_less_time_until_it_answers() -> None:
    """Ten seconds once, then one for each update; an answer gives it ten again."""
    lasted = [await update(seconds) for seconds in (9.0, 60.0, 60.0, 2.0, 0.5, 9.0, 60.0, 60.0)]
    assert lasted == pytest.approx([9.0, 10.0, 1.0, 1.0, 0.5, 9.0, 10.0, 1.0])


@in_virtual_time
async def test_an_error_is_no_sign_that_the_server_hangs() -> None:
    """Whatever it is, it is let pass; the next update has all its time."""
    for fault in (ValueError("refused"), OSError("reset"), KeyError(1)):
        with best_effort():
            raise fault
    assert await update(9.0) == pytest.approx(9.0)
    await update(60.0)
    with best_effort():
        raise ValueError("refused")
    assert await update(60.0) == pytest.approx(1.0)


@in_virtual_time
async def test_a_cancellation_is_not_let_pass() -> None:
    """The flow run that is cancelled during an update ends."""
    updating = asyncio.create_task(update(9.0))
    await asyncio.sleep(1.0)
    updating.cancel()
    with pytest.raises(asyncio.CancelledError):
        await updating


@in_virtual_time
async def test_four_artifacts_are_written_at_once() -> None:
    """All who ask on one loop share one limit."""
    began: list[float] = []

    async def write() -> None:
        async with artifact_limit():
            began.append(asyncio.get_running_loop().time())
            await asyncio.sleep(1.0)

    await asyncio.gather(*(write() for _ in range(12)))
    fours = [began[at : at + 4] for at in (0, 4, 8)]
    assert all(max(four) - min(four) < 0.1 for four in fours)
    assert all(min(after) - min(before) >= 1.0 for before, after in pairwise(fours))


@pytest.mark.parametrize(
    ("label", "key"),
    [("io-earth_2018", "job-io-earth-2018"), ("Io É/..", "job-io"), ("a--b", "job-a-b")],
)
def test_keys_of_artifacts_are_legal(label: str, key: str) -> None:
    """Small letters of ASCII, digits, and single dashes between them."""
    assert artifact_key("job", label) == key
