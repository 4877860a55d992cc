"""Read a VOTable of a service that is not trusted.

The library of the field does what a document asks for: it opens addresses and files that a stream
names, and makes room for as many rows and letters as are announced. So a document is looked at
before: what is announced must be small, and all data must be in the document itself.
"""

import contextlib
import io
import math
import warnings
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from prefect_expres.errors import ArchiveError, ProtocolError
from prefect_expres.uws.elements import local_name, parse
from prefect_expres.uws.pages import Element

if TYPE_CHECKING:
    from pyvo.dal import TAPResults

_LONGEST_ROW = 10_000
"""Letters and numbers that a row may have in fields of fixed length."""
_CELL = 300
"""Letters of base64 that a value takes on average at most; an address in Unicode takes as many."""
_FOREIGN_DATA = frozenset({"FITS", "PARQUET"})


def read_table(document: bytes, url: str, most: int) -> tuple[list[dict[str, Any]], bool]:
    """Read the rows of an answer.

    Args:
        document: The VOTable.
        url: Where it comes from.
        most: Rows that it may have.

    Returns:
        The rows, with None for what is empty, and whether they are all that there are.

    Raises:
        ArchiveError: It is no VOTable, tells an error, or asks for too much.
        Unreachable: It is an HTML page.
        RequestRejected: It tells that the query is refused.
    """
    _check(_root_of(document), most)
    import pyvo.dal  # noqa: PLC0415 - slow, and an extra
    from astropy.io import votable  # noqa: PLC0415 - slow, and an extra

    try:
        with _quiet():
            tree = votable.parse(io.BytesIO(document), verify="ignore")
            answer = pyvo.dal.TAPResults(tree, url=url)
            return list(_rows(answer)), answer.status[0].upper() != "OVERFLOW"
    except pyvo.dal.DALQueryError as fault:
        msg = f"The archive refused the query: {' '.join(str(fault).split())}"
        raise ArchiveError(msg) from None
    except Exception as fault:  # noqa: BLE001 - the library raises whatever a document leads to
        reason = f"{type(fault).__name__}: {fault}".splitlines()[0]
        msg = f"The table of {url} cannot be read ({reason}); tell those who run the archive"
        raise ArchiveError(msg) from None


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Let pass what the library only warns of, which are sins against the letter of VOTable."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def _rows(answer: "TAPResults") -> Iterator[dict[str, Any]]:
    names = [str(name) for name in answer.fieldnames]
    columns = [_plain(answer.getcolumn(name)) for name in names]
    plain = [name.strip('"').lower() for name in names]
    for values in zip(*columns, strict=True):
        yield dict(zip(plain, values, strict=True))


def _plain(column: Any) -> list[Any]:
    """Give the values of a column as Python's own; what is masked, empty or NaN is None."""
    return [_value(each) for each in column.tolist()]


def _value(given: Any) -> Any:
    if isinstance(given, str):
        return given.strip() or None
    return None if isinstance(given, float) and math.isnan(given) else given


def _root_of(document: bytes) -> Element:
    try:
        return parse(document, "VOTABLE")
    except ProtocolError as fault:
        msg = f"The archive's answer is no VOTable that is read here: {fault}"
        raise ArchiveError(msg) from None


def _check(root: Element, most: int) -> None:
    """Refuse a document that asks for more than its own bytes, or for much memory."""
    rows, fields, fixed = 0, 0, 0.0
    for element in root.iter():
        name = local_name(element)
        if name in _FOREIGN_DATA or (name == "STREAM" and element.get("href")):
            msg = (
                "The archive's answer leads to data elsewhere, which are not fetched; tell those "
                "who run it"
            )
            raise ArchiveError(msg)
        if name in {"FIELD", "PARAM"}:
            fields += 1
            fixed += _fixed_length(element.get("arraysize") or "1")
        rows += name == "TR"
        announced = element.get("nrows") if name == "TABLE" else None
        # A row in binary form may be a byte, which costs as much time as one of a kilobyte.
        packed = len(element.text or "") if name == "STREAM" else 0
        many = max(rows, _number(announced or "0")) > most or packed > most * fields * _CELL
        if many or fixed > _LONGEST_ROW:
            msg = (
                f"The archive's answer announces more than {most} rows, or rows of more than "
                f"{_LONGEST_ROW} letters, which was not asked for; tell those who run it"
            )
            raise ArchiveError(msg)


def _fixed_length(size: str) -> float:
    """Give how many values a field always has; a star stands for as many as there are."""
    return math.prod(_number(each) for each in size.split("x") if not each.endswith("*"))


def _number(text: str) -> float:
    """Read a number; what is none is too large."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else math.inf  # noqa: PLR2004 - digits that int reads at once
