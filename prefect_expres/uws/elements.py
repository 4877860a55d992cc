"""XML elements and their attributes, found by local name, in any order and any namespace.

A document type declaration is refused before the document is parsed, so that no entity is ever
expanded.
"""

from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import TypeVar

from lxml import etree

from prefect_expres.errors import Malformed, ProtocolError
from prefect_expres.uws.models import Extra, Timestamp
from prefect_expres.uws.pages import declares_type, refuse_other

T = TypeVar("T")
Element = etree._Element  # noqa: SLF001 - lxml has no public name for its elements' type

_XSI = "{http://www.w3.org/2001/XMLSchema-instance}"
_NIL = f"{_XSI}nil"
_TRUE = frozenset({"true", "1"})
_SHOWN_BYTES = 80


def parse(document: bytes, expected: str) -> Element:
    """Parse a document whose root has the expected name.

    Raises:
        ProtocolError: It is no XML, declares a document type, or is another document.
        Unreachable: It is an HTML page.
        RequestRejected: It is a VOTable that tells an error.
    """
    refuse_other(document)
    if declares_type(document):
        msg = "The service sent XML with a document type declaration, which is refused"
        raise ProtocolError(msg)
    parser = etree.XMLParser(resolve_entities=False, remove_comments=True, remove_pis=True)
    try:
        root = etree.fromstring(document, parser)
    except (etree.XMLSyntaxError, ValueError) as fault:
        start = document[:_SHOWN_BYTES].decode("utf-8", "replace")
        msg = f"The service's answer is no XML ({fault}); it begins {start!r}"
        raise Malformed(msg) from None
    if root.getroottree().docinfo.internalDTD is not None:
        msg = "The service sent XML with a document type declaration, which is refused"
        raise ProtocolError(msg)
    if local_name(root) != expected:
        msg = f"The service's answer is a <{local_name(root)}>, not a UWS <{expected}> document"
        raise ProtocolError(msg)
    return root


class Attributes:
    """The attributes of an element by local name; each can be taken once."""

    def __init__(self, element: Element) -> None:
        self._left = {
            _without_namespace(str(key)): str(value)
            for key, value in element.items()
            if not str(key).startswith(_XSI)
        }

    def take(self, name: str) -> str | None:
        """Take the text of an attribute; None if there is none."""
        return self._left.pop(name, None)

    def flag(self, name: str) -> bool | None:
        """Take an attribute that is true or false; None if there is none."""
        text = self.take(name)
        return None if text is None else text.strip().lower() in _TRUE

    def rest(self) -> tuple[Extra, ...]:
        """Give the attributes that were not taken."""
        return tuple(Extra(name=name, text=text) for name, text in self._left.items())


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
        return Timestamp(text=text) if text else None

    def read(self, name: str, reader: Callable[[Element], T]) -> T | None:
        """Take what a reader makes of a child; None if there is no child, or if it is nil."""
        child = self._left.pop(name, None)
        return None if child is None or _is_nil(child) else reader(child)

    def rest(self) -> tuple[Extra, ...]:
        """Give the children that were not taken."""
        left = [*self._left.values(), *self._repeated]
        return tuple(Extra(name=local_name(child), text=text_of(child)) for child in left)


def children(element: Element, name: str) -> Iterable[Element]:
    """Give the child elements of one local name."""
    return (child for child in element if local_name(child) == name)


def leaves(element: Element) -> tuple[Extra, ...]:
    """Give the innermost elements with their text; the element's own text has an empty name."""
    nodes = [node for node in element.iterdescendants() if not len(node)]
    extras = [Extra(name=local_name(node), text=text_of(node)) for node in nodes]
    text = own_text(element)
    return (*([Extra(name="", text=text)] if text else []), *extras)


def local_name(element: Element) -> str:
    """Give the name of an element without its namespace."""
    tag = element.tag
    return _without_namespace(tag) if isinstance(tag, str) else ""


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


def _is_nil(element: Element) -> bool:
    nil = element.get(_NIL)
    return nil is not None and nil.strip().lower() in _TRUE
