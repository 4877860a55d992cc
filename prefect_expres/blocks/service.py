"""Where the ExPRES service is, and who asks."""

from typing import ClassVar, Self, TypeVar

from prefect.blocks.abstract import CredentialsBlock
from pydantic import Field, HttpUrl, SecretStr, field_validator, model_validator

from prefect_expres.errors import UsageError
from prefect_expres.expres.access import Access
from prefect_expres.net.network import Network, check_proxy
from prefect_expres.net.pace import LOWEST_RATE
from prefect_expres.net.url import shown_url
from prefect_expres.prefect_support.job_lists import UsedJobList
from prefect_expres.prefect_support.strict_block import StrictBlock
from prefect_expres.uws import UWSClient
from prefect_expres.uws.opus_address import list_url, other_urls, service_address

C = TypeVar("C", bound=UWSClient)
DOCUMENTATION = HttpUrl("https://expres.readthedocs.io/en/latest/usage/uws.html")
_JOB_LISTS = Access.of("anybody").job_lists


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
    _documentation_url: ClassVar[HttpUrl | None] = DOCUMENTATION
    _description: ClassVar[str | None] = (
        "Where ExPRES simulations run: a UWS service, as guest or with a user name and token."
    )

    base_url: str = Field(
        description="Address of the service, as https://host, or of one of its job lists."
    )
    user: str | None = Field(default=None, description="User name; leave empty for guest access.")
    token: SecretStr | None = Field(
        default=None, description="Token that goes with the user name; it is stored encrypted."
    )
    request_timeout: float = Field(
        default=30.0,
        gt=0,
        description="Seconds without an answer before a request is given up and tried again.",
    )
    lowest_rate: float = Field(
        default=LOWEST_RATE,
        gt=0,
        description="Bytes a second that an answer must have on average, after request_timeout.",
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

    proxy: SecretStr | None = Field(
        default=None,
        description="HTTP proxy, as http://host:port; stored encrypted. Default: EXPRES_PROXY.",
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
        return service_address(url, _JOB_LISTS)

    @field_validator("proxy")
    @classmethod
    def _proxy_address(cls, proxy: SecretStr | None) -> SecretStr | None:
        if proxy is None or not proxy.get_secret_value():
            return None
        try:
            check_proxy(proxy.get_secret_value())
        except UsageError as fault:
            raise ValueError(str(fault)) from None
        return proxy

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
            or_at=other_urls(jobs_url),
            timeout=self.request_timeout,
            lowest_rate=self.lowest_rate,
            trusted_hosts=self.trusted_hosts,
            network=self._network.over(Network.of()),
        )

    @property
    def _network(self) -> Network:
        return Network(self.proxy.get_secret_value() if self.proxy else None, self.ca_bundle)

    def use_of(self, job_list: str, *, keep_running: bool = False) -> UsedJobList:
        """Describe a job list as hooks need it to stop jobs; the token is no part of it."""
        return UsedJobList(
            base_url=self.base_url,
            job_list=job_list,
            guest=self.user is None,
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
