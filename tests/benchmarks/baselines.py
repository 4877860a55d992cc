"""How others wait for a job, written anew from what they are known to do."""

import httpx
from lxml import etree

from prefect_expres.net.clock import Clock
from prefect_expres.uws import Phase

LOOP_SECONDS = 2.0
FIRST_PAUSE = 1.0
GROWTH = 1.2
UWS_CLIENT_WAIT = 60
LONGEST_PAUSE = 120.0


async def documented_loop(client: httpx.AsyncClient, job_url: str, clock: Clock) -> None:
    """Read the phase every two seconds, as the documentation of ExPRES shows."""
    while True:
        await clock.sleep(LOOP_SECONDS)
        if Phase((await client.get(f"{job_url}/phase")).text).finished:
            return


async def one_wait_again(client: httpx.AsyncClient, job_url: str) -> None:
    """Ask with one WAIT, as uws-client does, and again as long as its caller has to."""
    while True:
        asked = {"WAIT": str(UWS_CLIENT_WAIT)}
        answer = await client.get(job_url, params=asked, timeout=None)
        if _phase_in(answer.content).finished:
            return


async def pyvo_wait(client: httpx.AsyncClient, job_url: str, clock: Clock) -> None:
    """Ask with ``WAIT=-1``, then pause, a fifth longer each time, as pyvo 1.9 does.

    pyvo itself waits in real time; it also gives up after 600 s, which this does not.
    """
    pause = FIRST_PAUSE
    while True:
        answer = await client.get(job_url, params={"WAIT": "-1"}, timeout=None)
        if _phase_in(answer.content).finished:
            return
        await clock.sleep(pause)
        pause = min(LONGEST_PAUSE, pause * GROWTH)


def _phase_in(document: bytes) -> Phase:
    return Phase(etree.fromstring(document).findtext("{*}phase") or "UNKNOWN")
