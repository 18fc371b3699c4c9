"""An HTML page as a bounded tree: bytes -> characters -> no scripts -> tags shortened -> lxml.

libxml2 stops at 256 levels, so depth is no danger; its time is quadratic in the attributes of one tag
(measured: 100,000 attributes take 28 s), and what reads the tree is slow for very many elements.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from lxml import etree
from lxml.html import HTMLParser, document_fromstring

from monitor.parse.charset import decode_body
from monitor.text.urls import joined
from monitor.types.entries import Issue

MAX_HTML = 2_000_000
"""Characters of a page that are read (reliability.md, section 3: 2 MB)."""
MAX_TAGS = 40_000
"""Tags of a page that are read, closing ones too; ordinary articles have 1,000 to 15,000."""
LONG_TAG = 2_000
"""Characters from which a tag is rewritten with its first `MAX_ATTRIBUTES` attributes."""
MAX_ATTRIBUTES = 50

_HEAD = 4096
_META_CHARSET = re.compile(
    rb"<meta\b[^>]{0,200}?charset\s*=\s*[\"']?\s*([A-Za-z0-9._:-]{1,40})", re.IGNORECASE
)
_TAG = re.compile(r"<[a-zA-Z](?:[^>=]++|=\s*+(?:\"[^\"]*+\"|'[^']*+')?+)*+(?:>|\Z)")
_NAME = re.compile(r"<[a-zA-Z][^\s/>]{0,40}")
_ATTRIBUTE = re.compile(r"\s([a-zA-Z_:][\w:.-]{0,60})\s{0,9}=\s{0,9}(\"[^\"]*+\"|'[^']*+'|[^\s\"'>]{1,2000})")
# one never closed runs to the end, as browsers have it; so no place is looked at twice
_RAW_TEXT = re.compile(
    r"<!--(?:[^-]++|-(?!->))*+(?:-->|\Z)"
    r"|<(script|style)\b([^>]*+)>((?:[^<]++|<(?!/\1\b))*+)(?:</\1[^>]*+>|\Z)",
    re.IGNORECASE,
)
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class Page:
    """A page's tree (an lxml element, None where the page is empty) without scripts and comments.

    `base` is what its links are joined to, `data` the sources of its JSON-LD scripts, `issues` what was odd.
    """

    tree: Any
    base: str | None
    encoding: str
    data: tuple[str, ...] = ()
    issues: tuple[Issue, ...] = ()


def read_page(body: bytes, *, url: str | None = None, content_type: str | None = None) -> Page:
    """Return the tree of an HTML page; `url` is where it was found. Never raises on bad markup."""
    decoded = decode_body(body, _labelled(body, content_type))
    text, data = _without_scripts(_FORBIDDEN.sub("", decoded.text[:MAX_HTML]))
    short = _few_tags(_TAG.sub(_shortened, text))
    issues = decoded.issues
    if len(decoded.text) > MAX_HTML or text.count("<") > MAX_TAGS:
        detail = f"only the first {MAX_HTML} characters and {MAX_TAGS} tags of the page were read"
        issues = (*issues, Issue(code="page_cut", detail=detail))
    tree = _tree(short)
    base = url
    if tree is not None:
        href = next((str(el.get("href")) for el in tree.iter("base") if el.get("href")), "")
        base = joined(url, href.strip()) if href.strip() else url
    return Page(tree, base, decoded.encoding, data, issues)


def _labelled(body: bytes, content_type: str | None) -> str | None:
    """The header, or, where it names no character set, what the page says of itself (WHATWG prescan)."""
    if "charset" in (content_type or "").lower():
        return content_type
    match = _META_CHARSET.search(body[:_HEAD])
    return f"text/html; charset={match[1].decode('ascii')}" if match else content_type


def _without_scripts(text: str) -> tuple[str, tuple[str, ...]]:
    """The markup without scripts, styles and comments, and the sources of its JSON-LD scripts."""
    data: list[str] = []

    def keep_data(match: re.Match[str]) -> str:
        if "ld+json" in (match[2] or "").lower():
            data.append(match[3])
        return ""

    return _RAW_TEXT.sub(keep_data, text), tuple(data)


def _few_tags(text: str) -> str:
    """The markup up to its tag number `MAX_TAGS`."""
    if text.count("<") <= MAX_TAGS:
        return text
    place = -1
    for _ in range(MAX_TAGS):
        place = text.index("<", place + 1)
    return text[:place]


def _shortened(match: re.Match[str]) -> str:
    tag = match[0]
    name = _NAME.match(tag)
    if len(tag) <= LONG_TAG or name is None:
        return tag
    kept = []
    for attribute in _ATTRIBUTE.finditer(tag):
        kept.append(f" {attribute[1]}={attribute[2]}")
        if len(kept) == MAX_ATTRIBUTES:
            break
    return f"{name[0]}{''.join(kept)}>"


def _tree(text: str) -> Any:
    if not text.strip():
        return None
    parser = HTMLParser(
        encoding="utf-8", remove_comments=True, remove_pis=True, no_network=True, collect_ids=False
    )
    try:
        return document_fromstring(text.encode("utf-8", "replace"), parser=parser)
    except (etree.LxmlError, ValueError):  # nothing in it that an element could be made of
        return None
