"""File names of results: made from what the service calls them, and checked to be safe."""

import re
from collections.abc import Iterable
from urllib.parse import parse_qs, urlsplit

from prefect_expres.errors import UnsafeName
from prefect_expres.uws.models import ResultRef

_SAFE_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_. +@=,()\-]{0,199}", re.ASCII)
_RESERVED = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?", re.IGNORECASE)


def file_names(results: Iterable[ResultRef], taken: Iterable[str] = ()) -> dict[str, ResultRef]:
    """Give each result the file name that it is stored under.

    OPUS identifies a result that it found by a pattern by its file name, and others by their role;
    in ``name`` it puts the id of the entity before the file name.

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
    """Return a file name that is safe on every file system.

    Raises:
        UnsafeName: The name is not safe.
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
    if result.href is None or result.name is None or "." in result.id:
        return result.id
    try:
        entities = parse_qs(urlsplit(result.href).query).get("ID")
    except ValueError:  # it is no URL
        return result.id
    return result.name.removeprefix(f"{entities[0]}_") if entities else result.id
