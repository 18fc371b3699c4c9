"""An article page to title, text and date, by what it shows and what it says of itself. Pure and bounded.

    bytes -> bounded tree (page) -> facts of the head (facts)
                                 -> paragraphs (trafilatura, Apache-2.0) -> checked against the facts

trafilatura finds the paragraphs (its precise mode with its fall-backs; measured in benches/articles.py);
ours are the headline, the moment of publishing, the lead that templates put outside the text, and the
newsroom's own `articleBody` where the page shows less, or what surrounds it where the page shows more.
"""

from __future__ import annotations

import datetime as dt
from urllib.parse import urlsplit

from monitor.errors import ParseError
from monitor.parse.facts import ReadDate, has_zone, moment, page_facts, without_site
from monitor.parse.page import read_page
from monitor.parse.paragraphs import read_paragraphs
from monitor.text.clean import clean_line
from monitor.text.urls import canonical_url
from monitor.types.article import Article, BodySource
from monitor.types.entries import Issue

MAX_BODY = 200_000
"""Characters of text that are kept of a page."""


def extract(
    html: bytes, *, url: str | None, content_type: str | None = None, read_date: ReadDate = moment
) -> Article:
    """Return what can be read of an article page: what is not there is empty or None, and an issue says so.

    `url` is where the page was found, `content_type` the HTTP header. `read_date` may know more forms of dates
    than ISO 8601, RFC 2822 and epochs. Raises `ParseError` (`unreadable`), and nothing else, whatever the bytes.
    """
    try:
        return _extract(html, url, content_type, read_date)
    except Exception as error:  # a library's own fault on hostile bytes stays with this page
        detail = clean_line(f"{type(error).__name__}: {error}")[:200]
        raise ParseError("unreadable", f"the page cannot be read: {detail}") from error


def _extract(html: bytes, url: str | None, content_type: str | None, read_date: ReadDate) -> Article:
    page = read_page(html, url=url, content_type=content_type)
    if page.tree is None:
        empty = Issue(code="empty_body", detail="the page is empty")
        return Article(
            title="",
            body="",
            encoding=page.encoding,
            body_source=BodySource.NONE,
            issues=(*page.issues, empty),
        )
    facts = page_facts(page)
    title = without_site(facts.titles[0], facts.titles[1:], facts.site_name) if facts.titles else ""
    paragraphs, source = read_paragraphs(page.tree, facts)
    raw, at = _published(facts.dates, read_date)
    issues = page.issues
    if source is BodySource.NONE:
        issues = (
            *issues,
            Issue(code="no_text", detail="the page shows no article without running its scripts"),
        )
    return Article(
        title=title,
        body="\n\n".join(paragraphs)[:MAX_BODY],
        published_at=at,
        published_raw=raw,
        language=next(iter(facts.languages), None),
        canonical_url=_canonical(facts.canonicals, page.base, url),
        site_name=facts.site_name,
        encoding=page.encoding,
        body_source=source,
        issues=issues,
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
