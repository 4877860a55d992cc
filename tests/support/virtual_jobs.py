"""A job of a service in virtual time, and the trouble that the service makes."""

import math
from dataclasses import dataclass, field

from prefect_expres.uws import Phase
from tests.support.fitting import fitting, fixed_observer, written

CDF = written(fitting(fixed_observer()))
"""The result of the configuration that the tests have."""


@dataclass
class VirtualJob:
    """A job as the service keeps it; seconds are those of the virtual loop.

    ``uploads`` are the names and media types of files, by parameter; ``executing`` and
    ``ends_in`` say how a started job goes on, ``listed_from`` when the list begins to have it.
    """

    id: str
    run_id: str = ""
    created: float = 0.0
    given: dict[str, bytes] = field(default_factory=dict)
    uploads: dict[str, tuple[str, str]] = field(default_factory=dict)
    phase: Phase = Phase.PENDING
    owner: str | None = None
    executing: float = 60.0
    ends_in: Phase = Phase.COMPLETED
    started: float | None = None
    ended: float | None = None
    execution_duration: str = "600"
    destruction: str = "2026-12-24T12:00:00Z"
    results: dict[str, bytes] = field(default_factory=lambda: {"io.cdf": CDF})
    texts: dict[str, str] = field(default_factory=dict)
    listed_from: float = -math.inf


@dataclass
class Trouble:
    """What happens to some requests, see `VirtualService.trouble`."""

    pattern: str
    status: int | None
    reason: str
    times: float
    delivered: bool
    seconds: float
    headers: dict[str, str]
