"""The client of a user with a token, for tests of single exchanges."""

import base64
from typing import Any

from prefect_expres.uws import ClientOptions
from prefect_expres.uws.http import Http
from tests.support.scripted_service import JOBS_URL, ScriptedService

TOKEN = "s3cret/t+ken"
BASIC = base64.b64encode(f"bob:{TOKEN}".encode()).decode()
TRUSTED = frozenset(
    {"files.example.org", "six.example.org", "inside.example.org", "both.example.org", "gone.org"}
)
FOREIGN = "https://files.example.org/r.cdf"


def http_to(service: ScriptedService, url: str = JOBS_URL, **options: Any) -> Http:
    """Give the client of a user with a token."""
    options = {"trusted_hosts": TRUSTED} | options
    return Http(url, ("bob", TOKEN), ClientOptions(**options), service)


def authorizations(service: ScriptedService) -> list[str | None]:
    """Give the credentials of each request."""
    return [request.headers.get("authorization") for request in service.requests]
