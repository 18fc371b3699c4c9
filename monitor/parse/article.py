"""An article page to title, text and date, by what it shows and what it says of itself. Pure and bounded.

    bytes -> bounded tree (page) -> facts of the head (facts)
                                 -> paragraphs (trafilatura, Apache-2.0) -> checked against the facts

trafilatura finds the paragraphs (its precise mode with its fall-backs; measured in benches/articles.py);
ours are the headline, the moment of publishing, the lead that templates put outside the text, and the
newsroom's own `articleBody` where the page shows less, or what surrounds it where the page shows more.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import Any
from urllib.parse import urlsplit

import trafilatura
from lxml import etree

from monitor.parse.facts import Facts, ReadDate, has_zone, moment, page_facts, without_site
from monitor.parse.page import Page, read_page
from monitor.text.clean import clean_line
from monitor.text.html import html_to_text
from monitor.text.urls import canonical_url
from monitor.types.article import Article, BodySource
from monitor.types.entries import Issue

MAX_BODY = 200_000
"""Characters of text that are kept of a page."""
MIN_LEAD = 40
MIN_STRUCTURED = 400

_WORD = re.compile(r"\w+")
_NOT_SHOWN = ("script", "style", "noscript", "template", "svg", "iframe")


def extract(
    html: bytes, *, url: str | None, content_type: str | None = None, read_date: ReadDate = moment
) -> Article:
    """Return what can be read of an article page. Never raises: what is not there is empty or None.

    `url` is where the page was found, `content_type` the HTTP header. `read_date` may know more forms of dates
    than ISO 8601, RFC 2822 and epochs.
    """
    page = read_page(html, url=url, content_type=content_type)
    if page.tree is None:
        empty = Issue(code="empty_body", detail="the page is empty")
        return Article(
            title="", body="", encoding=page.encoding, body_source=BodySource.NONE, issues=(*page.issues, empty)
        )
    facts = page_facts(page.tree)
    title = without_site(facts.titles[0], facts.titles[1:], facts.site_name) if facts.titles else ""
    body, source = _body(page, facts, title)
    raw, at = _published(facts.dates, read_date)
    return Article(
        title=title,
        body=body[:MAX_BODY],
        published_at=at,
        published_raw=raw,
        language=next(iter(facts.languages), None),
        canonical_url=_canonical(facts.canonicals, page.base, url),
        site_name=facts.site_name,
        encoding=page.encoding,
        body_source=source,
        issues=page.issues,
    )


def _published(dates: tuple[str, ...], read_date: ReadDate) -> tuple[str | None, dt.datetime | None]:
    """The best candidate; one without a zone gives way to the same clock with one."""
    read = [(raw, at) for raw in dates if (at := read_date(raw)) is not None]
    if not read:
        return (dates[0][:200], None) if dates else (None, None)
    raw, at = read[0]
    if not has_zone(raw):
        for other, zoned in read[1:]:
            if has_zone(other) and abs(zoned - at) <= dt.timedelta(hours=14):
                return other[:200], zoned
    return raw[:200], at


def _canonical(candidates: tuple[str, ...], base: str | None, url: str | None) -> str | None:
    """The page's own name of itself; a home page named on every page is a template's mistake."""
    for candidate in candidates:
        found = canonical_url(candidate, base)
        if found is None:
            continue
        if urlsplit(found).path in {"", "/"} and url and urlsplit(url).path not in {"", "/"}:
            continue
        return found
    return None


def _body(page: Page, facts: Facts, title: str) -> tuple[str, BodySource]:
    etree.strip_elements(page.tree, *_NOT_SHOWN, with_tail=False)
    shown = _key(" ".join(page.tree.itertext()))
    paragraphs = _paragraphs(page.tree, title)
    structured = _structured(facts)
    if structured and _share(structured, paragraphs) < 0.6:
        # the page shows a part only (loaded by a script, or folded away)
        return "\n\n".join(_with_lead(structured, facts, shown)), BodySource.STRUCTURED
    if structured:
        paragraphs = _framed(paragraphs, structured)
    paragraphs = _with_lead(paragraphs, facts, shown)
    return "\n\n".join(paragraphs), BodySource.PAGE if paragraphs else BodySource.NONE


def _paragraphs(tree: Any, title: str) -> list[str]:
    """Paragraphs, subheads and list items in their order; the headline is not one of them."""
    document = trafilatura.bare_extraction(
        tree, include_comments=False, include_tables=True, favor_precision=True
    )
    text = getattr(document, "text", None) or ""
    lines = (clean_line(line.strip("|")) for line in text.split("\n"))
    kept = [line for line in lines if line]
    if kept and _key(kept[0]) == _key(title):
        kept.pop(0)
    return kept


def _structured(facts: Facts) -> list[str]:
    """The paragraphs of a JSON-LD `articleBody` that is long enough to be the whole."""
    if facts.is_live or len(facts.structured_body) < MIN_STRUCTURED:
        return []
    lines = (clean_line(line) for line in html_to_text(facts.structured_body).split("\n"))
    return [line for line in lines if line]


def _framed(paragraphs: list[str], structured: list[str]) -> list[str]:
    """What stands between the first and the last paragraph that the structured text has, too."""
    whole = _key(" ".join(structured))
    known = [at for at, text in enumerate(paragraphs) if len(text) > MIN_LEAD and _key(text) in whole]
    if len(known) < 3 or _share(paragraphs, structured) < 0.5:
        return paragraphs
    return paragraphs[known[0] : known[-1] + 1]


def _with_lead(paragraphs: list[str], facts: Facts, shown: str) -> list[str]:
    """The standfirst first, where the page shows it and the text lacks it."""
    whole = _key(" ".join(paragraphs))
    for text in facts.descriptions:
        lead = clean_line(html_to_text(text))
        key = _key(lead.rstrip(" .…"))
        if len(lead) >= MIN_LEAD and key in shown and key not in whole:
            return [lead, *paragraphs]
    return paragraphs


def _share(part: list[str], whole: list[str]) -> float:
    """The share of the words of `part` that `whole` has."""
    words = set(_WORD.findall(" ".join(part).casefold()))
    return len(words & set(_WORD.findall(" ".join(whole).casefold()))) / max(len(words), 1)


def _key(text: str) -> str:
    return "".join(_WORD.findall(text.casefold()))
