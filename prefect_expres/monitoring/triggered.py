"""A simulation that was triggered, as Prefect's generic run of a job; it shows its result."""

from typing import Any

from prefect.blocks.abstract import JobRun

from prefect_expres.execution import SimulationResult, StepwiseRun
from prefect_expres.monitoring.artifacts import show_result
from prefect_expres.prefect_support.current_run import in_run
from prefect_expres.prefect_support.job_lists import UsedJobList, record_job, record_job_list
from prefect_expres.prefect_support.sync_call import call_from_anywhere


async def begin_recorded(run: StepwiseRun, used: UsedJobList, service: object) -> None:
    """Begin a run; what a hook needs to stop its job is recorded first."""
    await record_job_list(used, service)
    await run.begin()
    if run.submission is not None and not used.can_be_reached:
        await record_job(run.submission.job_url)


class ExpresSimulationRun(JobRun[SimulationResult]):
    """A simulation that was triggered, from `ExpresSimulation`."""

    def __init__(self, run: StepwiseRun) -> None:
        self._run = run
        self._shown = False

    @property
    def job_url(self) -> str | None:
        """The job on the service; None if the simulation was found complete."""
        return self._run.submission.job_url if self._run.submission else None

    async def await_for_completion(self) -> None:
        """Wait until the job has completed; who is cancelled here stops the job.

        Raises:
            JobError: The job ended without results.
            WaitTimeout: The job was not done in time; it was stopped.
        """
        await self._run.wait()

    def wait_for_completion(self) -> Any:
        """Wait for the job; see `await_for_completion`."""
        return call_from_anywhere(self.await_for_completion())

    async def afetch_result(self) -> SimulationResult:
        """Download and verify the results, view them and write the manifest; once.

        Raises:
            JobError: The job ended without results.
            TransferError: A result did not arrive whole, or may not be fetched.
        """
        result = await self._run.bring_home()
        view, shown, self._shown = self._run.view, self._shown, True
        if view is not None and not shown and in_run():
            await show_result(result, view)
        return result

    def fetch_result(self) -> Any:
        """Bring the results home; see `afetch_result`."""
        return call_from_anywhere(self.afetch_result())
