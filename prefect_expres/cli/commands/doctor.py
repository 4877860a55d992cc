"""The command ``doctor``: what is installed, configured and reachable, and how to mend it."""

import os
import secrets
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from importlib.metadata import version
from importlib.util import find_spec
from typing import Literal

from fsspec.core import url_to_fs
from rich.console import RenderableType
from rich.text import Text

from prefect_expres.cli.commands.connect import client_of
from prefect_expres.cli.commands.endpoint import Place, choose_place
from prefect_expres.cli.commands.options import UNSAID, AsJson, ServiceOptions
from prefect_expres.cli.commands.profiles_file import profiles_path, read_profiles
from prefect_expres.cli.commands.tokens import Token, stored_token
from prefect_expres.cli.console.exit_codes import Exit
from prefect_expres.cli.console.printing import give, table
from prefect_expres.errors import (
    AuthenticationFailed,
    ExpresError,
    ProtocolError,
    RequestRejected,
    UsageError,
)
from prefect_expres.net.url import shown_url
from prefect_expres.uws import UWSClient
from prefect_expres.uws.xml import read_jobs, read_version

Verdict = Literal["ok", "warn", "fail"]
_STYLES = {"ok": "green", "warn": "yellow", "fail": "bold red"}
_PACKAGE = "prefect-expres"
_EXTRAS = {
    "analysis": ("pictures and windows", ("cdflib", "matplotlib", "numpy", "xarray")),
    "sandbox": ("a service of one's own", ("con2020", "scipy", "starlette", "uvicorn")),
    "spice": ("spacecraft from SPICE kernels", ("spiceypy",)),
    "s3": ("results in object stores", ("s3fs",)),
    "keyring": ("tokens from the desktop's keyring", ("keyring",)),
    "dask": ("analyses on several machines", ("prefect_dask",)),
}
_LARGEST_LIST = 64 * 2**20


@dataclass(frozen=True)
class Finding:
    """One line: what was looked at, how it is, what was seen, and how to mend it."""

    what: str
    verdict: Verdict
    seen: str
    cure: str = ""


async def doctor(
    *,
    output: str = "expres-results",
    service: ServiceOptions = UNSAID,
    as_json: AsJson = False,
) -> int:
    """Say what is installed, configured and reachable; exit with 1 if something is broken.

    Nothing is created on the service, and no token is shown. Nobody is asked for one.

    Args:
        output: The folder that results shall go to, a path or an fsspec URL.
        service: Which service is meant.
        as_json: Print JSON.
    """
    findings = [*_installed(), await _prefect(), *await _service(service), _writable(output)]
    rows = (
        (Text(each.verdict, style=_STYLES[each.verdict]), each.what, each.seen, each.cure)
        for each in findings
    )
    shown: RenderableType = table("", "what", "is", "to mend it", rows=rows)
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
        cure = f"for {use}: pip install '{_PACKAGE}[{extra}]'"
        yield Finding(f"extra {extra}", "warn", f"without {', '.join(missing)}", cure)


async def _prefect() -> Finding:
    """Look at Prefect: its version, and whether its server answers."""
    # It takes seconds to import.
    from prefect import get_client  # noqa: PLC0415 - as said
    from prefect.settings import (  # noqa: PLC0415 - as said
        PREFECT_API_URL,
        PREFECT_CLIENT_MAX_RETRIES,
        temporary_settings,
    )

    found, url = version("prefect"), PREFECT_API_URL.value()
    if not url:
        cure = "prefect server start, then prefect config set PREFECT_API_URL=http://HOST:4200/api"
        return Finding("Prefect", "warn", f"{found}, a server for each run", cure)
    with temporary_settings({PREFECT_CLIENT_MAX_RETRIES: 0}):
        async with get_client() as client:
            fault = await client.api_healthcheck()
    if fault is None:
        return Finding("Prefect", "ok", f"{found}, {shown_url(url)} answers")
    # The fault's own words may hold the address with a password in it.
    seen = f"{found}, {shown_url(url)} does not answer: {type(fault).__name__}"
    cure = "prefect server start, or prefect config set PREFECT_API_URL=http://HOST:4200/api"
    return Finding("Prefect", "fail", seen, cure)


async def _service(options: ServiceOptions) -> list[Finding]:
    """Look at the service: who names it, whether it answers as UWS, and to whom."""
    try:
        place = choose_place(options, read_profiles(), os.environ)
        token = stored_token(place, os.environ) if place.user else None
    except UsageError as fault:
        return [Finding("service", "fail", str(fault), f"write {profiles_path()}, or give --url")]
    named = Finding("service", "ok", f"{place.jobs_url}, by {place.named_by}")
    if place.user and token is None:
        cure = f"set EXPRES_TOKEN, or keyring set {place.address} {place.user}, or ~/.netrc"
        who = Finding("user", "fail", f"{place.user}, without a token", cure)
    else:
        source = f"{place.user}, token from {token.source}" if token else "guest"
        who = Finding("user", "ok", source)
    return [named, who, await _answers(place, token)]


async def _answers(place: Place, token: Token | None) -> Finding:
    """Ask for the job list once; without a token, as a guest."""
    asked = place if token else replace(place, user=None)
    try:
        async with client_of(asked, token) as client:
            document = await client.http.read(client.jobs_url, limit=_LARGEST_LIST)
            refs, told = read_jobs(document), read_version(document)
            opus = await _is_opus(client)
    except AuthenticationFailed as fault:
        return Finding("job list", "fail", str(fault), "look at the user and the token")
    except ExpresError as fault:
        cure = "look at the address: a job list, or https://host of an OPUS service"
        return Finding("job list", "fail", str(fault), cure)
    version_told = f"UWS {told}" if told else "UWS, without a version"
    dialect = ", OPUS" if opus else ""
    return Finding("job list", "ok", f"{version_told}{dialect}, {len(refs)} jobs of this user")


async def _is_opus(client: UWSClient) -> bool:
    """Say whether the service describes its jobs, which OPUS does and UWS does not know."""
    try:
        await client.describe()
    except (ProtocolError, RequestRejected):
        return False
    return True


def _writable(output: str) -> Finding:
    """Write a file where results shall go, and remove it and what was made for it."""
    try:
        system, folder = url_to_fs(output)
        existed = system.exists(folder)
        probe = f"{folder}/.{_PACKAGE}-{secrets.token_hex(4)}"
        system.makedirs(folder, exist_ok=True)
        system.pipe_file(probe, b"")
        system.rm_file(probe)
        if not existed:
            system.rmdir(folder)
    except (OSError, ValueError, ImportError) as fault:
        return Finding("output", "fail", f"{output}: {fault}", "choose another folder: --output")
    return Finding("output", "ok", f"{output} can be written")
