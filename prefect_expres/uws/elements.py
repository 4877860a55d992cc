"""XML elements and their attributes, found by local name, in any order and any namespace.

A document type declaration is refused before the document is parsed, so that no entity is ever
expanded. So is a document that would take much memory and time: its bytes, elements and attributes
are counted first, and the parser itself refuses what is nested deeper than 256 elements.
"""

from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any, TypeVar

from lxml import etree

from prefect_expres.errors import Malformed, ProtocolError
from prefect_expres.uws.models import Extra, Timestamp
from prefect_expres.uws.pages import Element, declares_type, refuse_other

T = TypeVar("T")

_XSI = "{http://www.w3.org/2001/XMLSchema-instance}"
_NIL = f"{_XSI}nil"
_TRUE = frozenset({"true", "1"})
_DOCUMENT_TYPE = "The service sent XML with a document type declaration, which is refused"
_OPTIONS: Any = {"resolve_entities": False, "remove_comments": True, "remove_pis": True}
_SHOWN_BYTES = 80
_BLOCK = 2**15

LARGEST_DOCUMENT = 16 * 2**20
"""Bytes of a document."""
MOST_NODES = 200_000
"""Elements and attributes of a document together: some 30,000 jobs in a list."""


def parse(document: bytes, expected: str) -> Element:
    """Parse a document whose root has the expected name.

    Raises:
        ProtocolError: It is no XML, is too large, declares a document type, or is another document.
        Unreachable: It is an HTML page.
        RequestRejected: It is a VOTable that tells an error.
    """
    _refuse_unread(document)
    try:
        root = etree.fromstring(document, etree.XMLParser(**_OPTIONS))
    except (etree.XMLSyntaxError, ValueError) as fault:
        raise _no_xml(document, fault) from None
    _check_root(root, expected)
    return root


def entries(document: bytes, expected: str) -> Iterator[Element]:
    """Parse a long document piece by piece, and give the children of its root one by one.

    Each is dropped after the next piece, so that the document takes little memory; this is also
    faster than to parse it at once.

    Raises:
        ProtocolError: As `parse`.
    """
    _refuse_unread(document)
    parser = etree.XMLPullParser(("start",), tag=f"{{*}}{expected}", **_OPTIONS)
    root: Any = None
    try:
        for start in range(0, len(document), _BLOCK):
            parser.feed(document[start : start + _BLOCK])
            for _, element in parser.read_events():
                root = element if root is None else root
            if root is not None:
                # The last child may go on in the next piece.
                yield from root[:-1]
                del root[:-1]
        root = parser.close()
    except (etree.XMLSyntaxError, ValueError) as fault:
        raise _no_xml(document, fault) from None
    _check_root(root, expected)
    yield from root


class Attributes:
    """The attributes of an element by local name; each can be taken once."""

    __slots__ = ("_left",)

    def __init__(self, element: Element) -> None:
        items: Any = element.items()
        self._left: dict[str, str] = {_attribute_name(key): value for key, value in items}

    def take(self, name: str) -> str | None:
        """Take the text of an attribute; None if there is none."""
        return self._left.pop(name, None)

    def flag(self, name: str) -> bool | None:
        """Take an attribute that is true or false; None if there is none."""
        text = self.take(name)
        return None if text is None else text.strip().lower() in _TRUE

    def rest(self) -> tuple[Extra, ...]:
        """Give the attributes that were not taken."""
        return _extras(self._left)


class Texts:
    """The texts of the child elements of an element by local name; each can be taken once.

    It is what `Fields` is, for elements of which a document has thousands.
    """

    __slots__ = ("_left", "_repeated")

    def __init__(self, element: Element) -> None:
        self._left: dict[str, str] = {}
        self._repeated: list[Extra] = []
        for child in element:
            name = _without_namespace(child.tag)
            # Most children have neither children nor attributes, and cost no further calls.
            text = text_of(child) if len(child) else (child.text or "").strip()
            if name in self._left:
                self._repeated.append(Extra(name, text))
            else:
                self._left[name] = "" if child.keys() and _is_nil(child) else text

    def take(self, name: str) -> str | None:
        """Take the text of a child; None if there is none, or if it is empty or nil."""
        return self._left.pop(name, None) or None

    def rest(self) -> tuple[Extra, ...]:
        """Give the children that were not taken."""
        return (*_extras(self._left), *self._repeated)


class Fields:
    """The child elements of an element by local name; each can be taken once.

    Of several with one name the first is taken, and the others are left.
    """

    def __init__(self, element: Element) -> None:
        self._left: dict[str, Element] = {}
        self._repeated: list[Element] = []
        for child in element:
            if self._left.setdefault(local_name(child), child) is not child:
                self._repeated.append(child)

    def text(self, name: str) -> str | None:
        """Take the text of a child; None if there is none, or if it is empty or nil."""
        return self.read(name, text_of) or None

    def time(self, name: str) -> Timestamp | None:
        """Take a child that holds a time; None if there is none, or if it is empty or nil."""
        text = self.text(name)
        return Timestamp(text) if text else None

    def read(self, name: str, reader: Callable[[Element], T]) -> T | None:
        """Take what a reader makes of a child; None if there is no child, or if it is nil."""
        child = self._left.pop(name, None)
        return None if child is None or _is_nil(child) else reader(child)

    def rest(self) -> tuple[Extra, ...]:
        """Give the children that were not taken."""
        left = [*self._left.values(), *self._repeated]
        return tuple([Extra(local_name(child), text_of(child)) for child in left])


def children(element: Element, name: str) -> Iterator[Element]:
    """Give the child elements of one local name."""
    for child in element:
        if _without_namespace(child.tag) == name:
            yield child


def leaves(element: Element) -> tuple[Extra, ...]:
    """Give the innermost elements with their text; the element's own text has an empty name."""
    text = own_text(element)
    own = (Extra("", text),) if text else ()
    if not len(element):
        return own
    nodes = [node for node in element.iterdescendants() if not len(node)]
    return (*own, *[Extra(local_name(node), text_of(node)) for node in nodes])


def local_name(element: Element) -> str:
    """Give the name of an element without its namespace."""
    return _without_namespace(element.tag)


def own_text(element: Element) -> str:
    """Give the text before the first child, without the white space at its ends."""
    return (element.text or "").strip()


def text_of(element: Element) -> str:
    """Give the text of an element and of all below it, without the white space at its ends."""
    if not len(element):
        return own_text(element)
    return "".join(str(part) for part in element.itertext()).strip()


@lru_cache(maxsize=1024)
def _without_namespace(name: str) -> str:
    # Cached: a list of thousands of jobs has a handful of names.
    return name.rpartition("}")[2]


def _extras(texts: dict[str, str]) -> tuple[Extra, ...]:
    return tuple([Extra(name, text) for name, text in texts.items() if name]) if texts else ()


@lru_cache(maxsize=1024)
def _attribute_name(name: str) -> str:
    """Give the local name; an empty one for what belongs to XML Schema."""
    return "" if name.startswith(_XSI) else _without_namespace(name)


def _is_nil(element: Element) -> bool:
    return element.get(_NIL, "").strip().lower() in _TRUE


def _check_root(root: Element, expected: str) -> None:
    if root.getroottree().docinfo.internalDTD is not None:
        raise ProtocolError(_DOCUMENT_TYPE)
    if local_name(root) != expected:
        msg = f"The service's answer is a <{local_name(root)}>, not a UWS <{expected}> document"
        raise ProtocolError(msg)


def _no_xml(document: bytes, fault: Exception) -> Malformed:
    start = document[:_SHOWN_BYTES].decode("utf-8", "replace")
    return Malformed(f"The service's answer is no XML ({fault}); it begins {start!r}")


def _refuse_unread(document: bytes) -> None:
    """Refuse what must not be parsed: pages, document types, too many bytes or elements.

    An element needs a ``<`` that no ``/`` follows, and an attribute a ``=``.
    """
    refuse_other(document)
    if declares_type(document):
        raise ProtocolError(_DOCUMENT_TYPE)
    nodes = 0
    for start in range(0, len(document), _BLOCK):
        block = (start, start + _BLOCK)
        nodes += document.count(b"<", *block) - document.count(b"</", *block)
        nodes += document.count(b"=", *block)
        if nodes > MOST_NODES or start >= LARGEST_DOCUMENT:
            msg = (
                f"The service sent XML of more than {LARGEST_DOCUMENT} bytes or {MOST_NODES} "
                "elements and attributes, which is refused; if its job list is that long, delete "
                "old jobs"
            )
            raise ProtocolError(msg)
