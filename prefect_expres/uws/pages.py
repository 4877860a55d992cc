"""Pages and other documents that come in place of an answer, and the words in them.

They come with status 200, too: from a proxy while the service is under maintenance, from a page
for logging in, or from a service that tells its errors in a VOTable.
"""

import html
import re

from lxml import etree

from prefect_expres.errors import RequestRejected, Unreachable
from prefect_expres.net.body import ERROR_PAGE_BYTES

Element = etree._Element  # noqa: SLF001 - lxml has no public name for its elements' type

LONGEST_REASON = 500
_LONGEST_TITLE = 200
_HTML = "html"
_PROLOG = re.compile(rb"(?:\xef\xbb\xbf|\xff\xfe|\xfe\xff|\s+|<\?.*?\?>|<!--.*?-->)*+", re.DOTALL)
_PAGE = re.compile(rb"<(?:!doctype\s+html|html|head|title|body|h1)\b", re.IGNORECASE)
_VOTABLE = re.compile(rb"<(?:\w+:)?VOTABLE\b")
_ENCODING = re.compile(rb"""(?:encoding|charset)\s*=\s*["']?([A-Za-z0-9._-]+)""")
_WIDE = (b"\xff\xfe", b"\xfe\xff")
_CDATA = re.compile(r"<!\[CDATA\[(.*?)\]\]>", re.DOTALL)
_PREFIX = re.compile(r"<(/?)\w+:")


def beginning(document: bytes) -> bytes:
    """Give the beginning of a document from its first element or document type declaration.

    Only its first 8 KiB are looked at.
    """
    start = document[:ERROR_PAGE_BYTES]
    if b"\0" in start[:4]:
        # The zeros of UTF-16 are dropped so that the search works there, too.
        start = start.replace(b"\0", b"")
    match = _PROLOG.match(start)
    return start[match.end() :] if match else start


def declares_type(document: bytes) -> bool:
    """Say whether a document has a document type declaration; within a text there is none."""
    return beginning(document).startswith(b"<!DOCTYPE")


def is_page(document: bytes) -> bool:
    """Say whether a document is an HTML page."""
    return _PAGE.match(beginning(document)) is not None


def refuse_page_as(media_type: str, beginning_of_result: bytes) -> None:
    """Refuse an HTML page that comes in place of a result of another type.

    Raises:
        Unreachable: It is a page.
    """
    if _HTML not in media_type.lower() and is_page(beginning_of_result):
        refuse_other(beginning_of_result)


def refuse_other(document: bytes) -> None:
    """Refuse an HTML page and a VOTable that tells an error, if one came in place of an answer.

    Raises:
        Unreachable: It is a page; the service may answer later.
        RequestRejected: It is an error in a VOTable.
    """
    if is_page(document):
        title = title_of(document)
        quoted = f" {title!r}" if title else ""
        msg = (
            f"The answer is a <html> page{quoted}, not that of the service: it is under "
            "maintenance, asks for a login, or the address is wrong"
        )
        raise Unreachable(msg, reason=title)
    error = error_in_votable(document)
    if error is not None:
        msg = f"The service refused the request: {error or 'no reason given'}"
        raise RequestRejected(msg, reason=error)


def title_of(page: bytes) -> str:
    """Give the title of an HTML page, or else its first words."""
    tree = tree_of_page(text_of_page(page[:ERROR_PAGE_BYTES]))
    words = "" if tree is None else first_words(tree, ".//title", ".//h1", ".//body")
    return words[:_LONGEST_TITLE]


def error_in_votable(document: bytes) -> str | None:
    """Give the reason in a VOTable whose ``QUERY_STATUS`` is an error; None for all else."""
    if _VOTABLE.match(beginning(document)) is None:
        return None
    tree = tree_of_page(text_of_page(document[:ERROR_PAGE_BYTES]))
    infos = [] if tree is None else tree.iterfind(".//info[@name='QUERY_STATUS']")
    return next((_words(info) for info in infos if info.get("value", "").upper() == "ERROR"), None)


def text_of_page(page: bytes) -> str:
    """Decode a page: as UTF-8 if it is that, or else as it says itself."""
    if page.startswith(_WIDE):
        return page.decode("utf-16", "replace")
    declared = _ENCODING.search(page[:1024])
    for encoding in ("utf-8", declared[1].decode() if declared else "ascii"):
        try:
            return page.decode(encoding)
        except (LookupError, ValueError):
            continue
    return page.decode("utf-8", "replace")


def tree_of_page(text: str) -> Element | None:
    """Parse a page leniently, with the names of elements in lower case; None if it has none."""
    plain = _CDATA.sub(lambda match: html.escape(match[1], quote=False), text)
    plain = _PREFIX.sub(r"<\1", plain)
    # A page may name another encoding than the one it now has.
    return etree.fromstring(plain.encode(), etree.HTMLParser(encoding="utf-8"))


def first_words(tree: Element, *paths: str) -> str:
    """Give the words of the first element that has some, on one line, searched path by path."""
    found = (_words(node) for path in paths for node in tree.iterfind(path))
    return next((words for words in found if words), "")[:LONGEST_REASON]


def labelled(tree: Element, label: str) -> str:
    """Give the words of the list item that begins with a label, without the label."""
    items = (_words(item) for item in tree.iterfind(".//li"))
    words = next((words for words in items if words.startswith(label)), "")
    return words.removeprefix(label).strip()[:LONGEST_REASON]


def _words(element: Element) -> str:
    return " ".join("".join(map(str, element.itertext())).split())
