"""A simulation that was triggered, as Prefect's generic run of a job; it shows its result."""

from typing import Any

from prefect.blocks.abstract import JobRun

from prefect_expres.execution import SimulationResult, StepwiseRun
from prefect_expres.monitoring.artifacts import show_result
from prefect_expres.prefect_support.current_run import in_run
from prefect_expres.prefect_support.sync_call import call_from_anywhere


class ExpresSimulationRun(JobRun[SimulationResult]):
    """A simulation that was triggered, from `ExpresSimulation`."""

    def __init__(self, run: StepwiseRun) -> None:
        self._run = run

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
        known = self._run.result is not None
        result = await self._run.bring_home()
        if not known and in_run() and self._run.view is not None:
            await show_result(result, self._run.view)
        return result

    def fetch_result(self) -> Any:
        """Bring the results home; see `afetch_result`."""
        return call_from_anywhere(self.afetch_result())
