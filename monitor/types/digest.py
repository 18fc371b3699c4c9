"""Hand-overs of `digest`: what a list asks for, the stories and period it is told, the mail that results."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

ChangeKind = Literal["grown", "edited", "added", "taken", "text", "gone", "denied", "confirmed"]
FeedTrouble = Literal["silent", "failing"]


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestSpec:
    """One recipient list as configured. Empty `topics`, `languages`, `countries`, `ownership` mean all.

    `schedule` is a cron expression of five fields in `timezone`; a list gets one digest a local day.
    """

    name: str
    topics: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    ownership: tuple[str, ...] = ()
    schedule: str = "0 7 * * *"
    timezone: str = "UTC"
    reader_language: str = "en"
    to: tuple[str, ...] = ()
    max_stories: int = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestPeriod:
    """Half-open [since, until) by observed time, aware UTC; `day` is the list's local date it is named by.

    `occurrences` is how many scheduled digests it stands for: more than 1 after days without a scheduler.
    """

    day: dt.date
    since: dt.datetime
    until: dt.datetime
    occurrences: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class CarriedBy:
    """Another outlet that tells the story, with the language and address of its entry."""

    outlet: str
    language: str
    url: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What happened to a story since this list was last told of it.

    `grown`: `outlets` joined; `edited`: `text` is the headline before; `added`, `taken`: `text` is a sentence that came
    into the text or went from it; `text`: it changed and may not be quoted; `gone`: `text` is the outlet that
    removed it; `denied`, `confirmed`: `text` is who did.
    """

    kind: ChangeKind
    text: str = ""
    outlets: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Retold:
    """A headline in the reader's language for a story that has none: another outlet's, or a machine's (no `outlet`)."""

    title: str
    outlet: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestStory:
    """One story as a digest may tell it. `entry_ids` begins with the entry whose text is shown.

    `stands_for` is the entry that the list's filters chose, where another of its cluster is shown for its language.
    `kind` is the shown entry's; `machine_learning` whether models may see its text.

    `story_ids` are the stories told with this one (its own and, once folded, those of its cluster).
    `independent_sources` is "at most", None where nobody counted. `topics` maps accepted slugs to scores.
    """

    story_id: int
    title: str
    outlet: str
    language: str
    effective_at: dt.datetime
    first_seen_at: dt.datetime
    cluster_id: int | None = None
    topics: Mapping[str, float] = field(default_factory=dict)
    url: str | None = None
    country: str | None = None
    ownership: str = "unknown"
    lead: str = ""
    carried_by: tuple[CarriedBy, ...] = ()
    independent_sources: int | None = None
    entry_ids: tuple[int, ...] = ()
    story_ids: tuple[int, ...] = ()
    updated: tuple[Change, ...] = ()
    kind: str = "rss"
    machine_learning: bool = True
    retold: Retold | None = None
    stands_for: int | None = None
    quotable: int = 280


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldStory:
    """What this list was last told of a story: headline and outlets, to find out what changed.

    `title_now` is the headline that the same entry has now; `body` and `body_now` its text then and now, empty where
    that is the same. `changes` are what is known to have happened since: removals, denials, confirmations.
    """

    story_id: int
    title: str = ""
    cluster_id: int | None = None
    outlets: tuple[str, ...] = ()
    entry_ids: tuple[int, ...] = ()
    title_now: str = ""
    body: str = ""
    body_now: str = ""
    changes: tuple[Change, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedNote:
    """A feed that was silent or failing in the period; `outlet` is what a reader knows it by."""

    feed: str
    outlet: str
    trouble: FeedTrouble


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """The stories told under one topic, best first, and how many more it had."""

    topic: str
    stories: tuple[DigestStory, ...]
    left_out: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Dropped:
    """A story that could not be rendered: its ids and the reason, for the log and an issue."""

    story_id: int
    entry_ids: tuple[int, ...]
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimLine:
    """A sentence in the reader's language about a line of the ledger, and the claim that brought it (or none)."""

    text: str
    claim_uid: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestContent:
    """All that a digest says, before it is words: sections, and what is not in them.

    `counts` has one disposition for each story that was offered: offered = told + left_out + repeated +
    folded + unwanted + untagged + early + dropped. `backlog` counts entries by topic (an entry may have
    several), `backlog_entries` counts each once. `left_out_ids` are stories that had to yield to length.
    """

    spec: DigestSpec
    period: DigestPeriod
    sections: tuple[Section, ...] = ()
    empty_topics: tuple[str, ...] = ()
    feeds: tuple[FeedNote, ...] = ()
    backlog: Mapping[str, int] = field(default_factory=dict)
    backlog_entries: int = 0
    left_out_ids: tuple[int, ...] = ()
    dropped: tuple[Dropped, ...] = ()
    counts: Mapping[str, int] = field(default_factory=dict)
    claims_title: str = ""
    claims: tuple[ClaimLine, ...] = ()
    """What is new in the ledger; told before all else."""

    @property
    def stories(self) -> tuple[DigestStory, ...]:
        """The stories told, in their order."""
        return tuple(story for section in self.sections for story in section.stories)


@dataclass(frozen=True, slots=True, kw_only=True)
class InlineImage:
    """A picture that the HTML part refers to as `cid:` + `cid`."""

    cid: str
    png: bytes = field(repr=False)
    alt: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RenderedDigest:
    """A digest as words: what `mail` makes a message of. `html` refers to `images` by CID."""

    name: str
    day: dt.date
    title: str
    subject: str
    html: str = field(repr=False)
    text: str = field(repr=False)
    language: str
    images: tuple[InlineImage, ...] = ()
