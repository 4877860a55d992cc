"""How runs of OPUS may end: without a report, or not at all."""

from pathlib import Path

import pytest

from prefect_expres.sandbox import SandboxServer
from prefect_expres.sandbox.behaviour import Behaviour
from prefect_expres.uws import Phase, UWSClient, wait_for
from tests.support.quick import QUICK_RUN
from tests.support.service_user import ServiceUser, alive, process_id, until_gone


async def test_run_without_a_report_stays_in_executing(tmp_path: Path) -> None:
    """Its process has ended, and only an abort ends the job; the next job is sound."""
    with (
        SandboxServer(tmp_path, command=QUICK_RUN, behaviour=Behaviour(silent_ends=1)) as server,
        ServiceUser(server.url) as user,
    ):
        silent = user.run("sleep=0.5")
        until_gone(process_id(user.until(silent, "EXECUTING")))
        sound = user.run()
        user.until(sound, "COMPLETED")
        assert user.phase(silent) == "EXECUTING"
        assert user.get(f"{silent}/results").text.count("result ") == 0
        async with UWSClient(server.jobs_url()) as client:
            assert await client.abort(silent) is Phase.ABORTED
            assert (await wait_for(client, silent, timeout=30)).phase is Phase.ABORTED


@pytest.mark.parametrize("end", ["abort", "delete"])
def test_what_a_job_has_started_may_outlive_it(tmp_path: Path, end: str) -> None:
    """It goes on after the job has ended, until the service ends."""
    with (
        SandboxServer(tmp_path, command=QUICK_RUN, behaviour=Behaviour(orphans=True)) as server,
        ServiceUser(server.url) as user,
    ):
        job_id = user.run("sleep=60")
        process = process_id(user.until(job_id, "EXECUTING"))
        if end == "abort":
            user.post(f"{job_id}/phase", PHASE="ABORT")
            assert user.phase(job_id) == "ABORTED"
        else:
            user.http.delete(f"{user.list_path}/{job_id}")
            assert job_id not in user.ids()
        assert alive(process)
    until_gone(process)
