"""What an article page says (`Article`), what it permits (`Consent`), and how fetching one can end."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from monitor.types.entries import Issue
from monitor.types.fetching import Fetched, FetchFailed
from monitor.types.raw import RawBody


class BodySource(StrEnum):
    """Where the text of an article was read: the page as shown, its structured data, or nowhere."""

    PAGE = "page"
    STRUCTURED = "structured"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """An article page as read. Texts are cleaned; paragraphs and subheads are apart by an empty line.

    `published_at` is aware UTC, or None where `published_raw` is absent or unreadable. `language` is what the
    page declares (ISO 639), not what was recognised. Names of authors are personal data and are not kept.
    """

    title: str
    body: str
    published_at: dt.datetime | None = None
    published_raw: str | None = None
    language: str | None = None
    canonical_url: str | None = None
    site_name: str = ""
    encoding: str = "utf-8"
    body_source: BodySource = BodySource.PAGE
    issues: tuple[Issue, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """What a page permits beyond reading it; silence permits (effects: docs/reference/consent.md).

    `archive`: a copy of its text may be shown and handed on. `snippet_length`: characters of it that may be
    quoted, None for no limit, 0 for none. `machine_learning`: models may see it. `text_mining`: it may be analysed
    and kept at all; where not, the feed's own text is what there is. `policy_url` is where a licence can be asked
    for, `signals` are the words that decided, as `place: word`.
    """

    archive: bool = True
    snippet_length: int | None = None
    machine_learning: bool = True
    text_mining: bool = True
    policy_url: str | None = None
    signals: tuple[str, ...] = ()


def strictest(first: Consent, second: Consent) -> Consent:
    """Return what both permit: the rights of an outlet and the word of its page, say."""
    lengths = [c.snippet_length for c in (first, second) if c.snippet_length is not None]
    return Consent(
        archive=first.archive and second.archive,
        snippet_length=min(lengths) if lengths else None,
        machine_learning=first.machine_learning and second.machine_learning,
        text_mining=first.text_mining and second.text_mining,
        policy_url=first.policy_url or second.policy_url,
        signals=tuple(dict.fromkeys((*first.signals, *second.signals))),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleFetched:
    """A page that may be read. `url` is what was asked, `moved_to` where permanent redirects from there led."""

    url: str
    page: Fetched
    content_type: str
    cut: bool = False
    moved_to: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Disallowed:
    """robots.txt says no (`robots_disallowed`), cannot be read (`robots_unreachable`), or `url` is none (`bad_url`).

    `at` is the address it is about: `url`, or one that a redirect led to.
    """

    url: str
    at: str
    reason: str


ArticleOutcome = ArticleFetched | Disallowed | FetchFailed


class PageOutcome(StrEnum):
    """How the attempt at an entry's page ended; all but STORED leave the feed's own text as the entry's.

    FALLBACK: the page shows no text, or less than the feed gave. WITHHELD: it reserves text mining.
    """

    STORED = "stored"
    FALLBACK = "fallback"
    WITHHELD = "withheld"
    DISALLOWED = "disallowed"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class PageWanted:
    """An entry whose page is to be fetched: its address, and what the feed said. `attempts` were made before.

    `feed` is the slug of its feed; `proxy` is stored without user name and password, which the configuration has.
    """

    entry_id: int
    feed_id: int
    url: str
    title: str
    body_length: int
    attempts: int = 0
    feed: str = ""
    proxy: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PageRead:
    """A page as a worker read it: what it permits, and its text unless that is withheld."""

    consent: Consent
    article: Article | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PageRecord:
    """What is stored of one attempt. `sha256` is set where there is a text to keep; `next_try_at`: once more then.

    `url` is where the page was read, after redirects. `consent` is None where no page was read.
    `raw` is the page itself, where it may be kept.
    """

    entry_id: int
    outcome: PageOutcome
    code: str = ""
    detail: str = ""
    attempts: int = 1
    next_try_at: dt.datetime | None = None
    url: str | None = None
    consent: Consent | None = None
    title: str = ""
    body: str = ""
    sha256: str | None = None
    published_at: dt.datetime | None = None
    language: str | None = None
    raw: RawBody | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredRobots:
    """One origin's robots.txt as the database keeps it. `next_page_at`: no page of it earlier (Crawl-delay)."""

    origin: str
    state: str
    fetched_at: dt.datetime
    text: str = ""
    next_page_at: dt.datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PageHost:
    """A host of pages, as the database knows it: its robots.txt by origin, and when one of its feeds was asked."""

    host: str
    robots: tuple[StoredRobots, ...] = ()
    asked_at: dt.datetime | None = None
