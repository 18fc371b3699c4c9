"""What a page says of itself in its head: JSON-LD (schema.org), OpenGraph, meta names, `<time>`.

The first that speaks counts, structured data before what sharing buttons are told: an `og:title` is written
for social media, a JSON-LD `headline` is the newsroom's own.
"""

from __future__ import annotations

import datetime as dt
import html
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from itertools import islice
from typing import Any

from monitor.parse.page import Page
from monitor.text.clean import clean_line
from monitor.text.html import inline_text

ReadDate = Callable[[str], dt.datetime | None]
"""Reads a date of a page into an aware UTC time, None where it cannot."""

MAX_JSON = 1_500_000
"""Characters of one JSON-LD script; a longer one is not read."""
MAX_NODES = 500
MAX_TITLE = 1000
"""Characters of a title that are kept (reliability.md, section 3)."""
MAX_CANDIDATES = 20

_ARTICLE = re.compile(r"(?:Article|Posting|Report|Reportage|Review)$")
_DOWN = ("@graph", "mainEntity", "mainEntityOfPage")
_DATE_NAMES = (
    "article:published_time", "datepublished", "og:article:published_time", "og:published_time", "date",
    "dc.date.issued", "dcterms.issued", "dcterms.created", "dc.date", "dc.date.created", "dcterms.date", "pubdate",
    "publishdate", "publish-date", "publish_date", "published_at", "parsely-pub-date", "sailthru.date", "datecreated",
    "cxenseparse:recs:publishtime", "article.published", "iso-8601-publish-date", "publication_date", "ptime",
    "publisheddate", "article:published", "citation_publication_date", "citation_online_date",
)  # fmt: skip
_EPOCH = re.compile(r"\d{10}(?:\d{3})?")
_FRACTION = re.compile(r"[.,](\d{1,12})(?=$|[+-]|Z)")
_SUFFIX = re.compile(r"\s+[|\-–—·•:»]+\s+|[|｜：]\s*|\s+[|｜-]")


@dataclass(frozen=True, slots=True)
class Facts:
    """Candidates as written, best first; texts of JSON-LD may hold markup."""

    titles: tuple[str, ...] = ()
    dates: tuple[str, ...] = ()
    descriptions: tuple[str, ...] = ()
    site_name: str = ""
    languages: tuple[str, ...] = ()
    canonicals: tuple[str, ...] = ()
    structured_body: str = ""
    is_live: bool = False


@dataclass(slots=True)
class _Metas:
    """meta elements by their name in lower case, in order."""

    values: dict[str, list[str]] = field(default_factory=dict)

    def all(self, *names: str) -> list[str]:
        return [value for name in names for value in self.values.get(name, ())]

    def first(self, *names: str) -> str:
        return next(iter(self.all(*names)), "")


def page_facts(page: Page) -> Facts:
    """Collect what a page says of itself. Never raises."""
    if page.tree is None:
        return Facts()
    tree, metas, data = page.tree, _metas(page.tree), _main_article(_json_ld(page.data))
    return Facts(
        titles=tuple(islice(_titles(tree, metas, data), MAX_CANDIDATES)),
        dates=tuple(islice(_dates(tree, metas, data), MAX_CANDIDATES)),
        descriptions=tuple(
            text
            for text in (_text(data.get("description")), *metas.all("og:description", "description"))
            if text
        ),
        site_name=_line(metas.first("og:site_name") or _publisher(data) or metas.first("application-name")),
        languages=tuple(_languages(tree, metas, data)),
        canonicals=tuple(_canonicals(tree, metas)),
        structured_body=_text(data.get("articleBody")),
        is_live="LiveBlogPosting" in _types(data),
    )


def moment(raw: str) -> dt.datetime | None:
    """Return the aware UTC time of ISO 8601, RFC 2822 or an epoch in (milli)seconds; no zone means UTC."""
    text = raw.strip()
    try:
        if _EPOCH.fullmatch(text):
            return dt.datetime.fromtimestamp(int(text[:10]), dt.UTC)
        read = _iso(text) or parsedate_to_datetime(text)
        return (read if read.tzinfo else read.replace(tzinfo=dt.UTC)).astimezone(dt.UTC)
    except (ValueError, OverflowError, TypeError, IndexError):
        return None


def has_zone(raw: str) -> bool:
    """Whether a date names its zone, so that it is a moment and not a clock's reading."""
    text = raw.strip()
    return bool(_EPOCH.fullmatch(text) or re.search(r":\d{2}\S*\s*(?:Z|GMT|UTC|[+-]\d{2}:?\d{0,2})$", text))


def _iso(text: str) -> dt.datetime | None:
    text = _FRACTION.sub(lambda match: "." + match[1][:6].ljust(6, "0"), text.replace(" +", "+"))
    try:
        return dt.datetime.fromisoformat(text)
    except ValueError:
        return None


def _metas(tree: Any) -> _Metas:
    metas = _Metas()
    for element in tree.iter("meta"):
        content = element.get("content")
        name = element.get("property") or element.get("name") or element.get("itemprop") or ""
        if content and name and content.strip():
            metas.values.setdefault(name.strip().lower(), []).append(content.strip())
    return metas


def _json_ld(sources: tuple[str, ...]) -> Iterator[dict[str, Any]]:
    """The objects of the page's JSON-LD that could be its subject, in order, at most `MAX_NODES`."""
    count = 0
    for source in sources:
        waiting = [_loaded(source)] if len(source) <= MAX_JSON else []
        while waiting and count < MAX_NODES:
            node = waiting.pop(0)
            count += 1
            if isinstance(node, list):
                waiting[:0] = node[:MAX_NODES]
            elif isinstance(node, dict):
                yield node
                waiting.extend(node[key] for key in _DOWN if key in node)


def _loaded(source: str) -> Any:
    source = (
        re.sub(r"^\s*(?:<!--|//<!\[CDATA\[|<!\[CDATA\[)|(?:-->|//\]\]>|\]\]>)\s*$", "", source)
        .strip()
        .rstrip(";")
    )
    for text in (source, html.unescape(source)):
        try:
            return json.loads(text, strict=False)
        except (ValueError, RecursionError):
            continue
    return None


def _types(node: dict[str, Any]) -> list[str]:
    kind = node.get("@type")
    return [name for name in (kind if isinstance(kind, list) else [kind]) if isinstance(name, str)]


def _main_article(nodes: Iterator[dict[str, Any]]) -> dict[str, Any]:
    """The first object that is an article, the most complete one first; {} where there is none."""
    found = [node for node in nodes if any(_ARTICLE.search(name) for name in _types(node))]
    return max(
        found, key=lambda node: bool(node.get("headline")) + bool(node.get("datePublished")), default={}
    )


def _titles(tree: Any, metas: _Metas, data: dict[str, Any]) -> Iterator[str]:
    """Headline, sharing title, heading, window title; cut-off headlines give way to the whole ones."""
    shared = [_line(text) for text in metas.all("og:title", "twitter:title", "dc.title")]
    shared += [_line(" ".join(el.itertext())) for el in islice(tree.iter("h1"), MAX_CANDIDATES)]
    shared += [_line(text) for el in tree.iter("title") if (text := el.text)][:1]
    headline = _line(_text(data.get("headline")) or _text(data.get("name")))
    if headline:
        begin = headline.rstrip(" .…")
        longer = [text for text in shared if len(headline) >= 60 and text.startswith(begin)]
        yield min(longer, key=len) if longer and (begin != headline) else headline
    yield from (text for text in shared if text)


def without_site(title: str, others: tuple[str, ...], site: str) -> str:
    """Return `title` without the outlet's name after it, where another title or the name proves it one."""
    proofs = {other.casefold() for other in others}
    for match in reversed(list(_SUFFIX.finditer(title))):
        head, tail = title[: match.start()].rstrip(), title[match.end() :].strip()
        if head and (head.casefold() in proofs or (site and tail.casefold() == site.casefold())):
            title = head
    return title[:MAX_TITLE]


def _dates(tree: Any, metas: _Metas, data: dict[str, Any]) -> Iterator[str]:
    structured = _text(data.get("datePublished")) or _text(data.get("dateCreated"))
    if structured:
        yield structured
    yield from metas.all(*_DATE_NAMES)
    times = [el for el in tree.iter("time") if el.get("datetime")]
    marked = [el for el in tree.iter() if (el.get("itemprop") or "").lower() == "datepublished"]
    for element in (*marked, *sorted(times, key=lambda el: el.get("pubdate") is None)):
        value = element.get("content") or element.get("datetime") or "".join(element.itertext())
        if value.strip():
            yield value.strip()[:100]


def _publisher(data: dict[str, Any]) -> str:
    """The name of the outlet; a person who publishes is not one."""
    publisher = data.get("publisher")
    if isinstance(publisher, list):
        publisher = publisher[0] if publisher else None
    if not isinstance(publisher, dict) or not any("Organization" in name for name in _types(publisher)):
        return ""
    return _text(publisher.get("name"))


def _languages(tree: Any, metas: _Metas, data: dict[str, Any]) -> Iterator[str]:
    roots = [
        el.get("lang") or el.get("{http://www.w3.org/XML/1998/namespace}lang") for el in tree.iter("html")
    ]
    stated = (
        _text(data.get("inLanguage")),
        *roots,
        *metas.all("inlanguage", "language", "content-language", "og:locale"),
    )
    for value in stated:
        match = re.match(r"\s*([A-Za-z]{2,3})(?:[-_]|\s*$)", value or "")
        if match:
            yield match[1].lower()


def _canonicals(tree: Any, metas: _Metas) -> Iterator[str]:
    for link in tree.iter("link"):
        if "canonical" in (link.get("rel") or "").lower().split() and link.get("href"):
            yield link.get("href").strip()
    yield from metas.all("og:url")


def _text(value: Any) -> str:
    """A string, the first of several, or the name of an object."""
    if isinstance(value, list):
        value = value[0] if value else ""
    if isinstance(value, dict):
        value = value.get("@value") or value.get("name") or value.get("alternateName") or ""
    return value.strip() if isinstance(value, str) else ""


def _line(text: str) -> str:
    return clean_line(inline_text(text[: 10 * MAX_TITLE]))[:MAX_TITLE] if text else ""
