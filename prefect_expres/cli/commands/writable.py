"""Folders that commands write to: a command that cannot write says so before it begins."""

import errno
import os
from pathlib import Path

from prefect_expres.errors import UsageError

_ELSEWHERE = "://"


def require_writable(folder: str | Path, option: str) -> None:
    """Refuse a folder of this machine that cannot be written or made; other URLs pass.

    Args:
        folder: Path or URL of the folder; it need not exist.
        option: What names another folder, as ``--output``.

    Raises:
        UsageError: It cannot be written; the message says which option changes it.
    """
    text = str(folder).removeprefix("file://")
    if _ELSEWHERE in text:
        return
    path = Path(text).absolute()
    there = next(each for each in (path, *path.parents) if os.access(each, os.F_OK))
    if not there.is_dir():
        reason = os.strerror(errno.ENOTDIR)
    elif not os.access(there, os.W_OK | os.X_OK):
        reason = os.strerror(errno.EACCES)
    else:
        return
    msg = f"{path} cannot be written: {reason} ({there}). Name another with {option}"
    raise UsageError(msg)


def require_prefect_home() -> None:
    """Refuse a Prefect home that cannot be written where a run needs a database in it.

    Raises:
        UsageError: It cannot be written, and no Prefect server is named.
    """
    from prefect.settings import get_current_settings  # noqa: PLC0415 - imports Prefect

    settings = get_current_settings()
    if not settings.api.url:
        require_writable(settings.home, "PREFECT_HOME, or a server with PREFECT_API_URL")
