"""What a flow run gives when only its end could not be told to Prefect's server."""

import contextlib
import logging
from collections.abc import Iterator

import httpx
import pytest

from prefect_expres.prefect_support import lost_server
from prefect_expres.prefect_support.lost_server import noted, result_of, server_was_lost

AWAY = httpx.ConnectError("All connection attempts failed")
REFUSED = httpx.HTTPStatusError(
    "500", request=httpx.Request("POST", "http://prefect"), response=httpx.Response(500)
)


@pytest.fixture(autouse=True)
def _known_again() -> Iterator[None]:
    """Have the process take the server for lost no longer: a command would end it at once."""
    yield
    lost_server._lost.clear()  # noqa: SLF001 - it is for good where no test goes on


async def flow_run(fault: Exception, *outcomes: object) -> object:
    """Run a flow whose function ends so, once or again, and whose server then fails."""

    async def function(outcome: object) -> object:
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    async def running() -> object:
        for outcome in outcomes:
            with contextlib.suppress(LookupError):
                await noted(function(outcome))
        raise fault

    return await result_of("simulate", running())


@pytest.mark.parametrize("outcomes", [("result",), (KeyError("first"), "result")])
async def test_a_result_is_given_though_the_server_is_gone(
    outcomes: tuple[object, ...], caplog: pytest.LogCaptureFixture
) -> None:
    """It is that of the last try, and the user is told what the server does not know."""
    with caplog.at_level(logging.WARNING, "prefect.expres"):
        assert await flow_run(AWAY, *outcomes) == "result"
    assert server_was_lost()
    assert "The flow simulate has ended, but Prefect's server does not answer" in caplog.text


async def test_an_error_is_told_though_the_server_is_gone() -> None:
    """It is the flow's own: that of Prefect's client would hide it."""
    with pytest.raises(KeyError, match="last") as caught:
        await flow_run(AWAY, "result", KeyError("last"))
    assert caught.value.__suppress_context__
    assert server_was_lost()


@pytest.mark.parametrize(("fault", "outcomes"), [(AWAY, ()), (REFUSED, ("result",))])
async def test_a_flow_that_has_not_ended_or_is_refused_fails(
    fault: Exception, outcomes: tuple[object, ...]
) -> None:
    """Nothing is known of its results, or the server is there."""
    with pytest.raises(type(fault)):
        await flow_run(fault, *outcomes)
    assert not server_was_lost()
