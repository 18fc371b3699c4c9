"""What analysis says of one revision of an entry: language, topics, mentions, citations, claims.

Offsets are Unicode code points, half-open, into the named field of the revision.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Literal

Field = Literal["title", "body"]


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryText:
    """A revision as analysis reads it. `language_hint` is what the feed or outlet declares, never trusted alone."""

    entry_id: int
    revision_id: int
    uid: str
    kind: str
    title: str
    body: str
    outlet: str = ""
    language_hint: str | None = None
    url: str | None = None
    published_at: dt.datetime | None = None
    links: tuple[str, ...] = ()
    forward_channel: str | None = None
    forward_name: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LanguageGuess:
    """ISO 639-1 code, or `und` where no guess is safe. `score` in [0, 1]."""

    language: str
    score: float
    detector: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """A term of a topic found at a place. `term` is the text as it stands there; `rule` what matched."""

    topic: str
    term: str
    field: Field
    start_char: int
    end_char: int
    rule: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicTag:
    """A topic with its score in [0, 1]; `accepted` where the score reaches the topic's threshold."""

    topic: str
    score: float
    accepted: bool
    rules: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Citation:
    """The text attributes information to a source. `outlet` is the English name, or the name as written."""

    outlet: str
    kind: Literal["media", "official", "think-tank", "unnamed", "other"]
    rule: str
    field: Field
    start_char: int
    end_char: int
    resolved: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A statement that a supplier transfers items to a recipient (keys as in gold/GUIDELINES.md)."""

    supplier: tuple[str, ...]
    recipient: tuple[str, ...]
    items: tuple[str, ...]
    status: Literal["alleged", "announced", "confirmed", "denied", "refused"]
    evidence: str
    field: Field
    start_char: int
    end_char: int
    rule: str
    confidence: float
    via: tuple[str, ...] = ()
    quantity_min: int | None = None
    quantity_max: int | None = None
    unit: str = ""
    period: str = ""
    speaker: str = ""
    origin: str = "rules"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entity:
    """A state, group, place or weapon system of the gazetteer named in the text."""

    kind: str
    code: str
    field: Field
    start_char: int
    end_char: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Annotation:
    """Everything that analysis says of one revision under one taxonomy and code version.

    `claim_possible`: the text has what a claim needs (an actor, an item, a word of transfer). It is not stored.
    """

    entry_id: int
    revision_id: int
    language: LanguageGuess
    taxonomy_version: str
    code_version: str
    topics: tuple[TopicTag, ...] = ()
    mentions: tuple[Mention, ...] = ()
    citations: tuple[Citation, ...] = ()
    claims: tuple[Claim, ...] = ()
    entities: tuple[Entity, ...] = ()
    claim_possible: bool = False

    @property
    def accepted(self) -> tuple[str, ...]:
        """Slugs of the accepted topics, sorted."""
        return tuple(sorted(tag.topic for tag in self.topics if tag.accepted))
