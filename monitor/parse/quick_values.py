"""What feedparser does to names, texts, types, authors and addresses, for `quick`."""

from __future__ import annotations

import re
from contextlib import suppress
from typing import Any
from urllib.parse import urljoin

from feedparser.mixin import _FeedParserMixin as Reference
from feedparser.util import FeedParserDict

Item = dict[str, Any]

SEPARATOR = "\x1f"
XML_BASE, XML_LANG = (
    f"http://www.w3.org/XML/1998/namespace{SEPARATOR}{name}{SEPARATOR}xml" for name in ("base", "lang")
)
PREFIXES: dict[str, str] = {uri.lower(): prefix for uri, prefix in Reference.namespaces.items()}
#: Names that feedparser has a rule for; others end under their own name in its dictionary and are never read.
HANDLED = frozenset(name.split("_", 2)[2] for name in dir(Reference) if name.startswith(("_start_", "_end_")))
RULED_PREFIXES = frozenset(
    p for p in PREFIXES.values() if p and any(n.startswith(f"{p.lower()}_") for n in HANDLED)
)
READ = frozenset(
    {
        "id", "guidislink", "link", "links", "title", "title_detail", "summary", "summary_detail", "content",
        "published", "created", "updated", "author", "author_detail", "authors", "tags", "language", "source", "feedburner_origlink",  # noqa: E501 -- one pattern
    }
)  # fmt: skip
#: Handled, but with no effect on what is read of an item.
HARMLESS = frozenset(
    ["enclosure", "media_content", "media_group", "media_thumbnail", "media_credit", "media_rating", "rights"]
)
HARMLESS_INSIDE = frozenset({"media_content", "media_thumbnail", "media_credit", "media_rating"})
SINGLE = {
    "title": "title", "guid": "id", "id": "id", "pubdate": "published", "published": "published",
    "issued": "published", "updated": "updated", "modified": "updated", "dc_date": "updated",
    "feedburner_origlink": "feedburner_origlink",
}  # fmt: skip
TYPES = {"text": "text/plain", "plain": "text/plain", "html": "text/html"}
HTML = frozenset({"text/html", "application/xhtml+xml"})
AUTHORS = frozenset({"author", "dc_creator", "dc_author"})
TEXTS = frozenset({"description", "summary", "content_encoded", "content"})
UNDERSTOOD = frozenset({*SINGLE, *AUTHORS, *TEXTS, "link", "category", "dc_subject", "source"})
URI_FIX = re.compile(r"^([A-Za-z][A-Za-z0-9+-.]*://)(/*)(.*?)")
C1 = re.compile("[\x80-\x9f]")
QUERY_ENTITY = re.compile("&([A-Za-z0-9_]+);")


class Leave(Exception):  # noqa: N818 -- no error: the document is for feedparser
    """Something that is feedparser's to decide."""


class Author:
    """feedparser's own search for a name and an address in an author's text."""

    def __init__(self, text: str) -> None:
        self._context = FeedParserDict(author=text, authors=[FeedParserDict()])
        Reference._sync_author_detail(self)  # so that both come out the same

    def _get_context(self) -> Any:
        return self._context

    @property
    def detail(self) -> Item | None:
        """Name and address, as far as there are any."""
        found: Item | None = dict.get(self._context, "author_detail")
        return found


def close_category(data: Item, attributes: dict[str, str], value: str) -> None:
    """Note a category: the text of RSS, or term and label of Atom."""
    term, label = attributes.get("term"), attributes.get("label")
    if attributes.keys() - {"term", "label", "scheme", "domain"} or (value and (term or label)):
        raise Leave
    data.setdefault("tags", []).append({"term": value or term, "label": label})


def looks_like_html(text: str) -> bool:
    """feedparser's guess whether a text that should be plain is markup."""
    return bool(Reference.looks_like_html(text))


def popped(text: str) -> str:
    """Text as feedparser's `pop` leaves it: stripped, and UTF-8 that was taken for Latin-1 put right."""
    text = text.strip()
    if text.isascii():
        return text
    with suppress(UnicodeEncodeError, UnicodeDecodeError):
        text = text.encode("iso-8859-1").decode("utf-8")
    if C1.search(text):
        raise Leave
    return text


def absolute(uri: str) -> str:
    """feedparser's `_urljoin` with an empty base."""
    try:
        return urljoin("", URI_FIX.sub(r"\1\3", uri))
    except ValueError:
        return ""
