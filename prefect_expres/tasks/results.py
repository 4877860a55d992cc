"""Which CDF files are meant by what a task is given."""

from collections.abc import Iterable
from pathlib import Path

from prefect_expres.errors import ResultError
from prefect_expres.net.url import shown_url
from prefect_expres.storage import StoredFile

Result = StoredFile | str | Path
"""A file of `download_results`, its URL, or any path or fsspec URL."""

Results = Result | Iterable[Result]
"""One result or several, for instance all that `download_results` gave."""


def locations_of(results: Results) -> list[str]:
    """Give where the CDF files are; of downloaded files those that are none are left out.

    Raises:
        ResultError: There is none.
    """
    listed = [results] if isinstance(results, StoredFile | str | Path) else list(results)
    found = [
        each.url if isinstance(each, StoredFile) else str(each)
        for each in listed
        if not isinstance(each, StoredFile) or _is_cdf(each)
    ]
    if not found:
        msg = "There is no CDF file among the results that were given"
        raise ResultError(msg)
    return found


def location_of(results: Results) -> str:
    """Give where the one CDF file is.

    Raises:
        ResultError: There is none, or more than one.
    """
    found = locations_of(results)
    if len(found) > 1:
        named = ", ".join(map(shown_url, found))
        msg = f"One CDF file is needed, but {len(found)} were given: {named}"
        raise ResultError(msg)
    return found[0]


def _is_cdf(file: StoredFile) -> bool:
    return file.name.lower().endswith(".cdf")
