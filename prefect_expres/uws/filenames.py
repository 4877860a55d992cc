"""Names of results: what a service calls them, and what they may be called here."""

import re
from collections.abc import Iterable
from urllib.parse import parse_qs, urlsplit

from prefect_expres.errors import UnsafeName
from prefect_expres.uws.models import ResultRef

_SAFE_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_. +@=,()\-]{0,199}", re.ASCII)
_RESERVED = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?", re.IGNORECASE)


def file_names(results: Iterable[ResultRef], taken: Iterable[str] = ()) -> dict[str, ResultRef]:
    """Give each result the file name it is stored under.

    OPUS uses the file name as the id of a result that it found by a pattern, else the role, and
    puts the entity's id before the file name in ``name``.

    Args:
        results: The results of one job.
        taken: Names that are in use already.

    Raises:
        UnsafeName: A name could leave the folder, or two differ only in case.
    """
    names: dict[str, ResultRef] = {}
    used = {name.casefold() for name in taken}
    for result in results:
        name = safe_name(_plain_name(result))
        if name.casefold() in used:
            msg = f"The result {name!r} would overwrite another file of the same name"
            raise UnsafeName(msg, name)
        used.add(name.casefold())
        names[name] = result
    return names


def safe_name(name: str) -> str:
    """Give back a file name that is safe on every file system.

    Raises:
        UnsafeName: It is not.
    """
    unsafe = (
        not _SAFE_NAME.fullmatch(name)
        or ".." in name
        or name[-1] in ". "
        or name.lower().endswith(".part")
        or _RESERVED.fullmatch(name)
    )
    if unsafe:
        msg = f"The service gives a result the unsafe name {name[:80]!r}; it is not downloaded"
        raise UnsafeName(msg, name[:200])
    return name


def _plain_name(result: ResultRef) -> str:
    entity = parse_qs(urlsplit(result.href or "").query).get("ID", [""])[0]
    if result.name and "." not in result.id and entity:
        return result.name.removeprefix(f"{entity}_")
    return result.id
