"""XML that is no feed (OPML, sitemaps) as a tree: no DTD, no entities, no network, broken markup mended.

    bytes -> characters (charset) -> prolog out -> entities of HTML to characters -> bare & escaped -> lxml

libxml2 expands entities within attributes whatever it is told about text, so their declarations are taken
out before it sees them. It stops at 256 levels of elements and recovers from most faults.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from html.entities import html5
from typing import Any

from lxml import etree

from monitor.errors import ParseError
from monitor.parse.charset import decode_body
from monitor.text.clean import clean_line
from monitor.types.entries import Issue

MAX_TEXT = 15_000_000
"""Characters of a document that are read (reliability.md, section 3: 15 MB)."""
MAX_TAG = 20_000
"""Characters of one tag; a longer one is cut, for attributes cost quadratic time."""

_DOCTYPE = re.compile(r"<!DOCTYPE(?:[^\[>]|\[[^\]]*+\])*+(?:>|\Z)", re.IGNORECASE)
_ROOT = re.compile(r"<[A-Za-z_]")
_REFERENCE = re.compile(
    r"<!\[CDATA\[(?:[^\]]++|\](?!\]>))*+(?:\]\]>|\Z)"
    r"|&(?:(amp|lt|gt|quot|apos|#\d{1,7}|#[xX][0-9a-fA-F]{1,6});|([A-Za-z][A-Za-z0-9]{1,31});)?"
)
_LONG_TAG = re.compile(rf"(<[A-Za-z][^<>]{{{MAX_TAG}}})[^<>]*+")
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_HTML = re.compile(r"<!doctype\s+html|<html\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Document:
    """The root element (lxml), the character set, and what was odd; `damaged` is XML that had to be mended."""

    root: Any
    encoding: str
    damaged: bool
    issues: tuple[Issue, ...] = ()


def read_xml(
    body: bytes, *, content_type: str | None = None, mend: Callable[[str], str] | None = None
) -> Document:
    """Return the tree of an XML document; `mend` may repair the text of one that is damaged.

    Raises `ParseError`: `empty_body`, `html_instead`, `too_large`, `unreadable`.
    """
    decoded = decode_body(body, content_type)
    text = _FORBIDDEN.sub("", decoded.text).strip(" \t\r\n\ufeff")
    if not text:
        raise ParseError("empty_body", "the body is empty")
    if len(text) > MAX_TEXT:
        raise ParseError("too_large", f"the document has more than {MAX_TEXT} characters")
    if _HTML.match(text):
        raise ParseError("html_instead", "the body is an HTML page, not XML")
    plain = _plain(text)
    root, faults = _parsed(plain)
    if faults and mend is not None:
        again, left = _parsed(mend(plain))
        if again is not None and len(left) < len(faults):
            root = again
    if root is None:
        raise ParseError(
            "unreadable", f"the document holds no element that can be read: {''.join(faults[:1])}"
        )
    issues = (*decoded.issues, *(Issue(code="xml_damaged", detail=fault) for fault in faults[:1]))
    return Document(root, decoded.encoding, bool(faults), issues)


def _parsed(text: str) -> tuple[Any, list[str]]:
    """The root element (None where there is none), and what the parser found wrong."""
    # the parser is handed UTF-8 whatever the document says
    parser = etree.XMLParser(
        encoding="utf-8", recover=True, resolve_entities=False, no_network=True, load_dtd=False,
        remove_comments=True, remove_pis=True, huge_tree=False,
    )  # fmt: skip
    try:
        root = etree.fromstring(text.encode("utf-8"), parser) if text else None
    except (etree.LxmlError, ValueError) as error:
        return None, [clean_line(str(error))[:200]]
    return root, [
        clean_line(entry.message)[:200] for entry in parser.error_log if entry.level_name != "WARNING"
    ]


def local_name(element: Any) -> str:
    """Return an element's name without its namespace, in lower case; empty for what is no element."""
    return element.tag.rpartition("}")[2].lower() if isinstance(element.tag, str) else ""


def children(element: Any, name: str) -> Iterator[Any]:
    """Yield the child elements of a name, whatever their namespace and case."""
    return (child for child in element if local_name(child) == name)


def child_text(element: Any, name: str) -> str:
    """Return the text of the first child of that name on one line, or nothing."""
    found = next(children(element, name), None)
    return clean_line("".join(found.itertext())) if found is not None else ""


def _plain(text: str) -> str:
    """The document from its root element on: without a prolog there is no declaration of an entity."""
    root = _ROOT.search(_DOCTYPE.sub("", text))
    return _LONG_TAG.sub(r"\1", _REFERENCE.sub(_reference, root.string[root.start() :])) if root else ""


def _reference(match: re.Match[str]) -> str:
    """XML's own references stay, HTML's become their characters, other ampersands are meant as such."""
    own, named = match.groups()
    if own or match[0].startswith("<"):
        return match[0]
    character = html5.get(f"{named};", "") if named else ""
    return character if character and character not in "<>&\"'" else "&amp;" + match[0][1:]
