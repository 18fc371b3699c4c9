"""What is looked for, and what was found."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Literal

Field = Literal["title", "body"]


@dataclass(frozen=True, slots=True)
class Phrase:
    """Tokens that follow each other; with `prefix` the last one begins a word. In both fields unless one is named."""

    tokens: tuple[str, ...]
    prefix: bool = False
    field: Field | None = None


@dataclass(frozen=True, slots=True)
class AllOf:
    """Every one of `wanted` (at least one), and none of `unwanted`."""

    wanted: tuple[Query, ...]
    unwanted: tuple[Query, ...] = ()


@dataclass(frozen=True, slots=True)
class AnyOf:
    """At least one of them."""

    choices: tuple[Query, ...]


Query = Phrase | AllOf | AnyOf


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What narrows a search. Times are of publication, else of first sight: [since, until)."""

    since: dt.datetime | None = None
    until: dt.datetime | None = None
    languages: tuple[str, ...] = ()
    outlets: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """An entry that was found, with the text that was searched."""

    entry_id: int
    uid: str
    revision_id: int
    title: str
    body: str
    url: str | None
    outlet: str
    language: str | None
    effective_at: dt.datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A place in a text where something that was looked for stands: code points, half-open."""

    field: Field
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """An entry that was found: where the words stand, and an excerpt of the body around the first.

    `excerpt` begins at code point `excerpt_start` of the body; empty where retention took the text away.
    """

    entry_id: int
    uid: str
    revision_id: int
    title: str
    url: str | None
    outlet: str
    language: str | None
    effective_at: dt.datetime
    marks: tuple[Mark, ...]
    excerpt: str
    excerpt_start: int
