"""One simulation, to be triggered, waited for and fetched."""

import contextlib
from collections.abc import AsyncIterator
from typing import Any, ClassVar, Literal, Self

from prefect.blocks.abstract import JobBlock, JobRun
from pydantic import Field, HttpUrl, PositiveFloat

from prefect_expres.blocks.service import DOCUMENTATION, ExpresService
from prefect_expres.ephemeris import AnyEphemeris
from prefect_expres.execution import ClientSteps, RunOptions, SimulationResult, StepwiseRun
from prefect_expres.execution.prepare import build_request, read_configuration
from prefect_expres.monitoring.artifacts import show_result
from prefect_expres.monitoring.log import log_warning
from prefect_expres.monitoring.progress import ArtifactListener, LogListener
from prefect_expres.prefect_support.current_run import current_owner, in_run
from prefect_expres.prefect_support.job_lists import record_job, record_job_list
from prefect_expres.prefect_support.strict_block import StrictBlock
from prefect_expres.prefect_support.sync_call import call_from_anywhere


class ExpresSimulation(StrictBlock, JobBlock[SimulationResult]):
    """One ExPRES simulation as Prefect's generic job: trigger it, wait for it, fetch its result.

    It is run as the flow `simulate` does it: the identical simulation is not run twice, and who
    gives up stops the job. Sync code calls ``trigger``, ``wait_for_completion`` and
    ``fetch_result``, async code awaits them.

    Example:
        Load a stored simulation and run it:

        ```python
        from prefect_expres.blocks import ExpresSimulation

        simulation = ExpresSimulation.load("BLOCK_NAME")
        run = simulation.trigger()
        run.wait_for_completion()
        print(run.fetch_result().folder)
        ```
    """

    _block_type_name: ClassVar[str | None] = "ExPRES Simulation"
    _block_type_slug: ClassVar[str | None] = "expres-simulation"
    _documentation_url: ClassVar[HttpUrl | None] = DOCUMENTATION
    _description: ClassVar[str | None] = (
        "One ExPRES simulation on a UWS service, to be triggered, waited for and fetched."
    )

    service: ExpresService = Field(description="The service that runs it.")
    configuration: str | dict[str, Any] = Field(
        description="The configuration: path or fsspec URL of its file, or its content."
    )
    ephemeris: str | AnyEphemeris | None = Field(
        default=None,
        description="Path or URL of the CSV file that the configuration names, or its source.",
    )
    output: str = Field(
        default="expres-results",
        description="Path or fsspec URL under which the simulation gets a folder of its own.",
    )
    branch: str = Field(
        default="master", description="Branch of ExPRES; guests may only use master."
    )
    label: str | None = Field(default=None, description="A short name for people.")
    execution_duration: int = Field(
        default=600, description="Seconds that the job may run: at most 600 for guests, else 10800."
    )
    timeout: PositiveFloat | None = Field(
        default=None,
        description="Seconds to wait for the job; by default an hour over the execution duration.",
    )
    reuse: Literal["verified", "never"] = Field(
        default="verified",
        description="Whether results or a job of the identical simulation stand in for a new run.",
    )
    keep_running: bool = Field(
        default=False,
        description="Leave a started job running when the run is cancelled or gives up.",
    )

    @classmethod
    def model_validate(cls, obj: Any, **options: Any) -> Self:
        """Read a saved block; fields that only other versions know are left out."""
        if isinstance(obj, dict) and isinstance(obj.get("service"), dict):
            obj = obj | {"service": ExpresService.model_validate(obj["service"])}
        return super().model_validate(obj, **options)

    async def atrigger(self) -> "ExpresSimulationRun":
        """Check everything, come to the job that runs the simulation, and have it started.

        Returns:
            The run. It has its result at once if the identical simulation was found verified.

        Raises:
            ConfigurationError: The configuration breaks rules; nothing was sent.
            AccessError: The user may not ask for this; nothing was sent.
            ServiceError: The service refused, or could not be reached.
        """
        service, tell = self.service, ArtifactListener() if in_run() else LogListener()
        service.access.check(self.branch, self.execution_duration)
        if service.access.warning:
            log_warning(service.access.warning)
        request = await build_request(
            await read_configuration(self.configuration),
            service.access,
            self.ephemeris,
            self.branch,
            self.label,
            tell=tell,
        )
        options = RunOptions(
            owner=current_owner(),
            execution_duration=self.execution_duration,
            timeout=self.timeout,
            exclusive=self.reuse == "never",
            keep_running=self.keep_running,
        )

        @contextlib.asynccontextmanager
        async def connect() -> AsyncIterator[ClientSteps]:
            async with service.get_client(request.job_list) as client:
                yield ClientSteps(client, service.largest_result, tell)

        made_from = (self.configuration, self.ephemeris)
        run = StepwiseRun(request, self.output, options, connect, made_from=made_from, tell=tell)
        if not await run.find():
            await self._begin(run, request.job_list)
        return ExpresSimulationRun(run)

    def trigger(self) -> Any:
        """Trigger the simulation; see `atrigger`."""
        return call_from_anywhere(self.atrigger())

    async def _begin(self, run: StepwiseRun, job_list: str) -> None:
        """Begin the run; what a hook needs to stop its job is recorded first."""
        used = self.service.use_of(job_list, keep_running=self.keep_running)
        if used.block_document_id is None:
            used = used.model_copy(update={"block_document_id": self._block_document_id})
        await record_job_list(used)
        await run.begin()
        if run.submission is not None and not used.can_be_reached:
            await record_job(run.submission.job_url)


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
