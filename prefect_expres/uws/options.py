"""How a client talks to a service: limits, hosts that it trusts, and its way out of the network."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from prefect_expres.net.network import Network
from prefect_expres.net.retry import ATTEMPTS
from prefect_expres.uws.elements import LARGEST_DOCUMENT


@dataclass(frozen=True)
class ClientOptions:
    """How a client talks to a service.

    Args:
        or_at: Other URLs at which the job list may be, if it is not found at the first.
        timeout: Seconds without an answer before a request is given up.
        trusted_hosts: Other hosts that results may come from; they never get the credentials.
        network: Proxy, certificate authorities and lowest rate; None for those of the environment.
        document_limit: Largest document that is read, in bytes.
        attempts: How often a read is tried at most.
    """

    or_at: Iterable[str] = ()
    timeout: float = 30.0
    trusted_hosts: Collection[str] = ()
    network: Network | None = None
    document_limit: int = LARGEST_DOCUMENT
    attempts: int = ATTEMPTS


DEFAULTS = ClientOptions()
