"""The command ``doctor``: check what is installed, configured and reachable."""

import asyncio
import os
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from importlib.metadata import version
from importlib.util import find_spec
from typing import TYPE_CHECKING, Literal

from rich.console import RenderableType
from rich.text import Text

from prefect_expres.cli.commands.connect import client_of
from prefect_expres.cli.commands.endpoint import ServiceEndpoint, choose_endpoint
from prefect_expres.cli.commands.options import UNSPECIFIED, AsJson, ServiceOptions
from prefect_expres.cli.commands.prefect_server import why_no_answer
from prefect_expres.cli.commands.profiles_file import profiles_path, read_profiles
from prefect_expres.cli.commands.tokens import Token, stored_token
from prefect_expres.cli.console.exit_codes import Exit
from prefect_expres.cli.console.printing import give, table
from prefect_expres.errors import (
    AuthenticationFailed,
    ExpresError,
    ProtocolError,
    RequestRejected,
    StorageError,
    UntrustedCertificate,
    UsageError,
)
from prefect_expres.net.network import CA_BUNDLE
from prefect_expres.net.url import shown_url
from prefect_expres.storage import is_there, names_in, remove_folder, require_writable
from prefect_expres.uws import UWSClient
from prefect_expres.uws.xml import read_jobs, read_version

if TYPE_CHECKING:
    from prefect.client.orchestration import PrefectClient

Verdict = Literal["ok", "warn", "fail"]
_STYLES = {"ok": "green", "warn": "yellow", "fail": "bold red"}
_PACKAGE = "prefect-expres"
_SCHEDULES = "schedules"
_EXTRAS = {
    "analysis": ("pictures and windows", ("cdflib", "matplotlib", "numpy", "xarray")),
    "sandbox": ("the sandbox service", ("con2020", "scipy", "starlette", "uvicorn")),
    "spice": ("spacecraft from SPICE kernels", ("spiceypy",)),
    "s3": ("results in object stores", ("s3fs",)),
    "keyring": ("tokens from the desktop's keyring", ("keyring",)),
    "dask": ("analyses on several machines", ("prefect_dask",)),
}


@dataclass(frozen=True)
class Finding:
    """The result of one check: what was checked, the verdict, what was found, and how to fix it."""

    what: str
    verdict: Verdict
    seen: str
    fix: str = ""


async def doctor(
    *,
    output: str = "expres-results",
    service: ServiceOptions = UNSPECIFIED,
    as_json: AsJson = False,
) -> int:
    """Check what is installed, configured and reachable, and say what to do.

    Exit with 1 if something is broken.

    Nothing is created on the service. No token is shown, or asked for.

    Args:
        output: The folder for results, a path or an fsspec URL.
        service: The service to use.
        as_json: Print JSON.
    """
    findings = [*_installed(), *await _prefect(), *await _service(service), await _writable(output)]
    rows = (
        (Text(each.verdict, style=_STYLES[each.verdict]), each.what, each.seen, each.fix)
        for each in findings
    )
    shown: RenderableType = table("", "what", "found", "how to fix it", rows=rows)
    give([asdict(each) for each in findings], shown, as_json=as_json)
    return Exit.FAILURE if any(each.verdict == "fail" for each in findings) else Exit.OK


def _installed() -> Iterator[Finding]:
    yield Finding("Python", "ok", f"{sys.version.split()[0]} in {sys.prefix}")
    yield Finding(_PACKAGE, "ok", version(_PACKAGE))
    for extra, (use, modules) in _EXTRAS.items():
        missing = [name for name in modules if find_spec(name) is None]
        if not missing:
            yield Finding(f"extra {extra}", "ok", use)
            continue
        fix = f"for {use}: pip install '{_PACKAGE}[{extra}]'"
        yield Finding(f"extra {extra}", "warn", f"without {', '.join(missing)}", fix)


async def _prefect() -> list[Finding]:
    """Check Prefect: its version, whether its server answers, and whether schedules run."""
    # It takes seconds to import.
    from prefect import get_client  # noqa: PLC0415 - as above
    from prefect.settings import (  # noqa: PLC0415 - as above
        PREFECT_API_URL,
        PREFECT_CLIENT_MAX_RETRIES,
        temporary_settings,
    )

    found, url = version("prefect"), PREFECT_API_URL.value()
    if not url:
        fix = "prefect server start, then prefect config set PREFECT_API_URL=http://HOST:4200/api"
        seen = f"{found}, without a server: each process starts one"
        return [Finding("Prefect", "warn", seen, fix)]
    with temporary_settings({PREFECT_CLIENT_MAX_RETRIES: 0}):
        async with get_client() as client:
            fault = await why_no_answer(client)
            if fault is None:
                well = Finding("Prefect", "ok", f"{found}, {shown_url(url)} answers")
                return [well, await _schedules(client)]
    # The message of the error may contain the address with a password in it.
    seen = f"{found}, {shown_url(url)} does not answer: {type(fault).__name__}"
    fix = "prefect server start, or prefect config set PREFECT_API_URL=http://HOST:4200/api"
    return [Finding("Prefect", "fail", seen, fix)]


async def _schedules(client: "PrefectClient") -> Finding:
    """Check that the server makes the runs of active schedules, and that somebody runs them."""
    from prefect_expres.deployment.due_runs import scheduled_deployments  # noqa: PLC0415 - slow

    found = [each async for each in scheduled_deployments(client)]
    names = ", ".join(each.name for each in found)
    unmade = [each.name for each in found if not each.made]
    if unmade:
        server = await client.api_version()
        seen = f"Prefect {server} has made no runs to come of {', '.join(unmade)}"
        fix = "run prefect server start with Prefect 3.9.1 or later, and with its services"
        return Finding(_SCHEDULES, "fail", seen, fix)
    late = [f"{each.name} since {each.late:%Y-%m-%d %H:%M} UTC" for each in found if each.late]
    if late:
        fix = "start a worker where the package is installed: prefect worker start --pool expres"
        return Finding(_SCHEDULES, "fail", f"nobody begins the runs of {', '.join(late)}", fix)
    bad = [f"{each.name} {each.last}" for each in found if each.last not in {None, "Completed"}]
    if bad:
        fix = "look at the log of the run in Prefect's UI"
        return Finding(_SCHEDULES, "warn", f"the last runs ended: {', '.join(bad)}", fix)
    return Finding(_SCHEDULES, "ok", f"active for {names}" if found else "none is active")


async def _service(options: ServiceOptions) -> list[Finding]:
    """Check the service: what names it, its user, and whether it answers as UWS."""
    try:
        endpoint = choose_endpoint(options, read_profiles(), os.environ)
        token = stored_token(endpoint, os.environ) if endpoint.user else None
    except UsageError as fault:
        return [
            Finding(
                "service",
                "fail",
                str(fault),
                f"give --url, or name the service in {profiles_path()}",
            )
        ]
    named = Finding("service", "ok", f"{endpoint.jobs_url}, by {endpoint.named_by}")
    if endpoint.user and token is None:
        fix = f"set EXPRES_TOKEN, or keyring set {endpoint.address} {endpoint.user}, or ~/.netrc"
        who = Finding("user", "fail", f"{endpoint.user}, without a token", fix)
    else:
        source = f"{endpoint.user}, token from {token.source}" if token else "guest"
        who = Finding("user", "ok", source)
    return [named, who, await _answers(endpoint, token)]


async def _answers(endpoint: ServiceEndpoint, token: Token | None) -> Finding:
    """Read the job list once; without a token, as a guest."""
    asked = endpoint if token else replace(endpoint, user=None)
    try:
        async with client_of(asked, token) as client:
            document = await client.list_document()
            refs, number = read_jobs(document), read_version(document)
            opus = await _is_opus(client)
    except UntrustedCertificate as fault:
        fix = f"name the certificate of its authority: {CA_BUNDLE}=FILE.pem, or in the profile"
        return Finding("job list", "fail", str(fault), fix)
    except AuthenticationFailed as fault:
        return Finding("job list", "fail", str(fault), "check the user and the token")
    except ExpresError as fault:
        fix = "check the address: a job list, or https://host of an OPUS service"
        return Finding("job list", "fail", str(fault), fix)
    uws = f"UWS {number}" if number else "UWS, without a version"
    dialect = ", OPUS" if opus else ""
    moved = client.jobs_url != endpoint.jobs_url
    where = f", found at {client.jobs_url}" if moved else ""
    fix = f"to spare a request, name it: --url {client.jobs_url}" if moved else ""
    return Finding("job list", "ok", f"{uws}{dialect}, {len(refs)} jobs of this user{where}", fix)


async def _is_opus(client: UWSClient) -> bool:
    """Return whether the service describes its jobs: OPUS does, and UWS has no such thing."""
    try:
        await client.describe()
    except (ProtocolError, RequestRejected):
        return False
    return True


async def _writable(output: str) -> Finding:
    """Try the output, and remove the folder that was made for it."""
    try:
        existed = await asyncio.to_thread(is_there, output)
        try:
            await require_writable(output, 0)
        finally:
            if not existed and not await asyncio.to_thread(names_in, output):
                await asyncio.to_thread(remove_folder, output)
    except StorageError as fault:
        return Finding("output", "fail", str(fault), "choose another folder: --output")
    return Finding("output", "ok", f"{shown_url(output)} can be written")
