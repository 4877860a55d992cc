"""What a redirect says of a write: that it was done, or where it has to be sent instead.

A service leads from a write that it has done to the job or to the job list. Proxies redirect, too:
to another path, to the same path with a slash, to a page for logging in. They have not asked the
service, so that nothing was done.
"""

from urllib.parse import unquote, urlsplit

_REPEATED = frozenset({307, 308})
_SEE_OTHER = 303


def may_repeat(status: int) -> bool:
    """Say whether a redirect asks for the same request at another URL."""
    return status in _REPEATED


def was_done(jobs_url: str, asked: str, sent_to: str, target: str, status: int) -> bool:
    """Say whether the target of a redirect shows that a write was done.

    It does if it is the job list, or the job or a part of it, under any address, since a server
    behind a proxy may write the one that it has inside. A target that only repeats what was asked
    shows nothing, unless the status says that it is the answer.

    Args:
        jobs_url: The job list.
        asked: The URL of the write.
        sent_to: The URL that it was sent to, if other redirects have led there.
        target: Where this redirect leads.
        status: Its HTTP status.
    """
    wanted, found = steps_below(jobs_url, asked), steps_below(jobs_url, target)
    if found is None or wanted is None:
        return False
    if found == wanted:
        return status == _SEE_OTHER and sent_to.rstrip("/") == target.rstrip("/")
    if not wanted:
        return len(found) == 1
    return not found or found[0] == wanted[0]


def steps_below(jobs_url: str, url: str) -> list[str] | None:
    """Give the path of a URL below the job list of this name, under any address.

    A job's URL has one step, its id; the list has none. Other URLs give None.
    """
    name = _steps(jobs_url)[-1:]
    steps = _steps(url)
    if not name or name[0] not in steps:
        return None
    last = len(steps) - 1 - steps[::-1].index(name[0])
    return steps[last + 1 :]


def _steps(url: str) -> list[str]:
    """Give the parts of a URL's path, without the sessions that servers write into them."""
    path = urlsplit(url).path
    return [unquote(step.partition(";")[0]) for step in path.split("/") if step.partition(";")[0]]
