"""File names of results: made from what the service calls them, safe and distinct."""

import itertools
import re
from collections.abc import Collection, Iterable
from urllib.parse import parse_qs, urlsplit

from prefect_expres.errors import UnsafeName
from prefect_expres.uws.models import ResultRef

_SAFE_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_. +@=,()\-]{0,199}", re.ASCII)
_OTHER = re.compile(r"[^A-Za-z0-9_. +@=,()\-]", re.ASCII)
_LONGEST_MADE = 150
_RESERVED = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?", re.IGNORECASE)


def file_names(results: Iterable[ResultRef], taken: Iterable[str] = ()) -> dict[str, ResultRef]:
    """Give each result the file name that it is stored under: safe, and different from all others.

    OPUS identifies a result that it found by a pattern by its file name, and others by their role;
    in ``name`` it puts the id of the entity before the file name. What is not safe in a name is
    replaced, and a name that occurs twice, or differs only in case, gets a number.

    Args:
        results: The results of one job.
        taken: Names that are in use already.
    """
    names: dict[str, ResultRef] = {}
    used = {name.casefold() for name in taken}
    for result in results:
        name = _numbered(_made_safe(_plain_name(result)), used)
        used.add(name.casefold())
        names[name] = result
    return names


def safe_name(name: str) -> str:
    """Return a file name that is safe on every file system.

    Raises:
        UnsafeName: The name is not safe.
    """
    if not _is_safe(name):
        msg = f"The service gives a result the unsafe name {name[:80]!r}; it is not downloaded"
        raise UnsafeName(msg, name[:200])
    return name


def _is_safe(name: str) -> bool:
    return bool(
        _SAFE_NAME.fullmatch(name)
        and ".." not in name
        and name[-1] not in ". "
        and not name.lower().endswith(".part")
        and not _RESERVED.fullmatch(name)
    )


def _plain_name(result: ResultRef) -> str:
    if result.href is None or result.name is None or "." in result.id:
        return result.id
    try:
        entities = parse_qs(urlsplit(result.href).query).get("ID")
    except ValueError:  # it is no URL
        return result.id
    return result.name.removeprefix(f"{entities[0]}_") if entities else result.id


def _made_safe(name: str) -> str:
    """Replace what is not safe in a name."""
    if _is_safe(name):
        return name
    plain = _OTHER.sub("_", name).replace("..", "_").strip(" .")[-_LONGEST_MADE:]
    return next(each for each in (plain, f"_{plain}", f"_{plain}_") if _is_safe(each))


def _numbered(name: str, used: Collection[str]) -> str:
    """Put a number before a name that is in use already."""
    others = (f"{number}-{name[-_LONGEST_MADE:]}" for number in itertools.count(2))
    return next(each for each in itertools.chain([name], others) if each.casefold() not in used)
