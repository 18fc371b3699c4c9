"""What an article page says (`Article`), what it permits (`Consent`), and how fetching one can end."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from monitor.types.entries import Issue
from monitor.types.fetching import Fetched, FetchFailed


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
