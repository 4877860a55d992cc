"""Prefect blocks: where the ExPRES service is and who asks, and a simulation to be triggered.

May import: execution, archive, uws, net, expres, ephemeris, monitoring, caching, prefect_support.
"""

import contextlib
from collections.abc import AsyncIterator
from typing import Any, ClassVar, Self, TypeVar

from prefect.blocks.abstract import CredentialsBlock, JobBlock
from pydantic import Field, HttpUrl, PositiveFloat, SecretStr, field_validator, model_validator

from prefect_expres.archive import Archive, take_from
from prefect_expres.archive.address import MASER
from prefect_expres.caching.ephemeris import compute_here
from prefect_expres.execution import ClientSteps, RunOptions, SimulationResult, StepwiseRun
from prefect_expres.execution.prepare import build_request
from prefect_expres.expres.access import Access
from prefect_expres.monitoring.log import log_warning
from prefect_expres.monitoring.progress import ArtifactListener, LogListener
from prefect_expres.monitoring.triggered import ExpresSimulationRun, begin_recorded
from prefect_expres.net.network import Network
from prefect_expres.net.url import shown_url
from prefect_expres.prefect_support import forms
from prefect_expres.prefect_support.current_run import current_owner, in_run
from prefect_expres.prefect_support.job_lists import UsedJobList
from prefect_expres.prefect_support.strict_block import UNMASKED, StrictBlock
from prefect_expres.prefect_support.sync_call import call_from_anywhere
from prefect_expres.uws import ClientOptions, UWSClient
from prefect_expres.uws.opus_address import list_url, other_urls, service_address

C = TypeVar("C", bound=UWSClient)
_DOCUMENTATION = HttpUrl("https://expres.readthedocs.io/en/latest/usage/uws.html")


class ExpresService(StrictBlock, CredentialsBlock):
    """The run-on-demand service of ExPRES: its address, and the user who asks.

    Without a user name the service is used as a guest: runs are visible to everybody, last at
    most 10 minutes and use the branch master. With a user name and token they are private, last
    at most 3 hours and use any branch.

    Example:
        Load a stored service and name its job list:

        ```python
        from prefect_expres.blocks import ExpresService

        service = ExpresService.load("BLOCK_NAME")
        print(service.jobs_url("ExPRES"))
        ```
    """

    _block_type_name: ClassVar[str | None] = "ExPRES Service"
    _block_type_slug: ClassVar[str | None] = "expres-service"
    _documentation_url: ClassVar[HttpUrl | None] = _DOCUMENTATION
    _description: ClassVar[str | None] = (
        "Where ExPRES simulations run: a UWS service, as guest or with a user name and token."
    )

    base_url: str = Field(
        description="Address of the service, as https://host, or of one of its job lists."
    )
    user: str | None = Field(default=None, description="User name; leave empty for guest access.")
    token: SecretStr | None = Field(
        default=None,
        description="Token that goes with the user name; it is stored encrypted.",
        json_schema_extra=UNMASKED,
    )
    request_timeout: float = Field(
        default=30.0,
        gt=0,
        description="Seconds without an answer before a request is given up and tried again.",
    )
    lowest_rate: float | None = Field(
        default=None,
        gt=0,
        description="Bytes a second that an answer must have on average, after request_timeout. "
        "Default: EXPRES_LOWEST_RATE, else 1000.",
    )
    largest_result: int = Field(
        default=8 * 2**30,
        gt=0,
        description="Bytes that one result may have, announced or real; larger ones are refused.",
    )
    trusted_hosts: list[str] = Field(
        default_factory=list,
        description="Other hosts that results may come from; they never get the token.",
    )
    proxy: forms.ProxyAddress | None = Field(
        default=None,
        description="HTTP proxy, as http://host:port; stored encrypted. Default: EXPRES_PROXY.",
        json_schema_extra=UNMASKED,
    )
    ca_bundle: str | None = Field(
        default=None,
        description="PEM file of a private certificate authority, on the machine that runs the "
        "flow; trusted besides the usual ones. Default: EXPRES_CA_BUNDLE.",
    )

    @field_validator("base_url")
    @classmethod
    def _plain_address(cls, url: str) -> str:
        if not url.startswith(("http://", "https://")) or shown_url(url) != url:
            msg = "give an http: or https: address without user name and token in it"
            raise ValueError(msg)
        return service_address(url, Access.of("anybody").job_lists)

    @model_validator(mode="after")
    def _whole_credentials(self) -> Self:
        if bool(self.user) != (self.token is not None):
            msg = "user and token go together; leave both empty for guest access"
            raise ValueError(msg)
        return self

    @property
    def access(self) -> Access:
        """What this user may ask for."""
        return Access.of(self.user)

    def jobs_url(self, job_list: str) -> str:
        """Give the URL of a job list."""
        return list_url(self.base_url, job_list)

    def get_client(self, job_list: str = "ExPRES", kind: type[C] = UWSClient) -> C:  # type: ignore[assignment]
        """Give a client of a job list; use it as an asynchronous context manager.

        Args:
            job_list: The job list.
            kind: What client it is to be, for instance a `JobListPoller`.
        """
        return self._client_at(self.jobs_url(job_list), kind)

    def _client_at(self, jobs_url: str, kind: type[C]) -> C:
        return kind(
            jobs_url,
            self.user,
            self.token.get_secret_value() if self.token else None,
            options=ClientOptions(
                or_at=other_urls(jobs_url),
                timeout=self.request_timeout,
                trusted_hosts=self.trusted_hosts,
                network=self.network,
            ),
        )

    @property
    def network(self) -> Network:
        """The way out of the network: the block's own, and that of the environment."""
        proxy = self.proxy.get_secret_value() if self.proxy else None
        own = Network(proxy, self.ca_bundle, lowest_rate=self.lowest_rate)
        return own.over(Network.of())

    def use_of(self, job_list: str, *, keep_running: bool = False) -> UsedJobList:
        """Describe a job list as hooks need it to stop jobs; the token is no part of it."""
        return UsedJobList(
            base_url=self.base_url,
            job_list=job_list,
            user=self.user,
            block_document_id=self._block_document_id,
            keep_running=keep_running,
        )

    def client_of(self, job_url: str) -> tuple[UWSClient, str]:
        """Give the client of a job's list, and the job's id.

        Raises:
            ValueError: The job is not on this service.
        """
        jobs_url, _, job_id = job_url.rpartition("/")
        own = self.jobs_url(jobs_url.rpartition("/")[2])
        if jobs_url not in {own, *other_urls(own)} or not job_id or jobs_url.endswith("/"):
            msg = f"{job_url} is no job of {self.base_url}"
            raise ValueError(msg)
        return self._client_at(jobs_url, UWSClient), job_id


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
    _documentation_url: ClassVar[HttpUrl | None] = _DOCUMENTATION
    _description: ClassVar[str | None] = "One simulation, to be triggered, waited for and fetched."

    service: ExpresService = Field(description="The service that runs it.")
    configuration: forms.AnyConfiguration = Field(
        description="A routine simulation, or the path or URL of a configuration, or its content."
    )
    ephemeris: forms.Location | forms.KeptEphemeris | None = Field(
        default=None,
        description="Path or URL of the CSV file that the configuration names, or its source.",
    )
    output: forms.Location = Field(
        default="expres-results",
        title="Output",
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
    reuse: forms.Reuse = Field(
        default="verified",
        description="Whether verified results or a job of the identical simulation stand in for a "
        "new run; or before that job a published one that is equal.",
    )
    archive: Archive | None = Field(
        default=None, description="Where published simulations are; by default the MASER team's."
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
            self.configuration,
            service.access,
            self.ephemeris,
            self.branch,
            self.label,
            compute=compute_here(refresh=self.reuse == "never"),
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

        made_from, output = (self.configuration, self.ephemeris), str(self.output)
        published = take_from(self.archive or MASER, service.network, tell)
        take = published if self.reuse == "published" else None
        run = StepwiseRun(
            request, output, options, connect, made_from=made_from, take=take, tell=tell
        )
        if not await run.find():
            used = self.service.use_of(request.job_list, keep_running=self.keep_running)
            await begin_recorded(run, used.reached_through(self._block_document_id), service)
        return ExpresSimulationRun(run)

    def trigger(self) -> Any:
        """Trigger the simulation; see `atrigger`."""
        return call_from_anywhere(self.atrigger())
