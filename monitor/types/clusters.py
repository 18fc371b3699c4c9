"""Hand-overs of clustering: stories with their evidence, decisions of rules and of people, sources folded."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

import numpy as np
import numpy.typing as npt

Vector = npt.NDArray[np.float32]


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """What a story's headline and lead say in no particular language; kept with the story, so that it explains.

    `codes`: `kind:code` of the gazetteer. `figures`: numbers in one spelling. `names`: consonants of capitalised
    words, the same in Latin and Cyrillic. `words`: stems of the headline, compared within a language only. `links`:
    canonical addresses, its own included. `cites`: outlets. `sentences`: digests of the longer sentences of the
    body, which other outlets have only if they had the text. `transfers`: the parties (in no order: a claim's direction
    is what extraction errs in) and item class of each claim, and once more with its number. Each sorted and without
    repeats.
    """

    codes: tuple[str, ...] = ()
    figures: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    links: tuple[str, ...] = ()
    cites: tuple[str, ...] = ()
    sentences: tuple[str, ...] = ()
    transfers: tuple[str, ...] = ()

    @cached_property
    def sets(self) -> Mapping[str, frozenset[str]]:
        """Each kind as a set."""
        return {name: frozenset(values) if (values := getattr(self, name)) else _NONE for name in KINDS}


_NONE: frozenset[str] = frozenset()
KINDS = ("codes", "figures", "names", "words", "links", "cites", "sentences", "transfers")


@dataclass(frozen=True, kw_only=True, eq=False)
class ClusterStory:
    """A story to be placed, or one that stands in a cluster (`cluster_id`).

    `uid` is that of its first entry and breaks ties; `uids` are those of all entries (decisions of people name
    them). `feed_id` is the feed of the first entry, 0 where unknown. `vector` is centred and of length 1; None where
    there is none (Telegram, or no embedder).
    """

    story_id: int
    uid: str
    language: str
    first_seen_at: dt.datetime
    last_seen_at: dt.datetime
    evidence: Evidence
    cluster_id: int | None = None
    vector: Vector | None = None
    uids: tuple[str, ...] = ()
    feed_id: int = 0

    @property
    def order(self) -> tuple[dt.datetime, str, int]:
        """Earliest first; the id only tells equal uids apart."""
        return (self.first_seen_at, self.uid, self.story_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusterOptions:
    """How alike stories must be to tell of one happening (docs/explanation/clusters.md says how they were set).

    `threshold`: least mean score between two clusters. `alone`: the same where vectors are lacking. `floor`: score
    under which no two members may be, if they are not to keep their clusters apart. `window`: how far apart in time.
    """

    threshold: float = 0.44
    alone: float = 0.4
    floor: float = 0.0
    window: dt.timedelta = dt.timedelta(days=4)
    neighbours: int = 16
    judged: int = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """A person's word: all entries of `groups` belong together, or each group apart from the others. By entry uid."""

    verdict: Literal["together", "apart"]
    groups: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusterDecision:
    """Where a new story goes, and by which evidence.

    `joined` is the story that it is nearest to in its cluster, None where it opens one. `cluster` groups stories of
    one batch: equal numbers are one cluster; `merges` are all stored cluster ids in it (the smallest survives).
    `rule`: `new`, `same`, `evidence` (no vectors), `person`. `parts` are the terms of the score by kind of evidence.
    """

    story_id: int
    cluster: int
    joined: int | None
    rule: str
    score: float
    version: str
    merges: tuple[int, ...] = ()
    parts: Mapping[str, float] = field(default_factory=dict)
    shared: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Transfer:
    """What a claim is about: two states or groups, an item class, the least or only number stated."""

    parties: tuple[str, ...]
    item: str
    quantity: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryText:
    """A story as clustering reads it: the text of its first entry, by choice one that is not from Telegram."""

    story_id: int
    entry_id: int
    uid: str
    kind: str
    language: str
    title: str
    body: str
    first_seen_at: dt.datetime
    last_seen_at: dt.datetime
    cluster_id: int
    feed_id: int = 0
    learnable: bool = True
    url: str | None = None
    links: tuple[str, ...] = ()
    uids: tuple[str, ...] = ()
    codes: tuple[tuple[str, str, str, int], ...] = ()
    """Entities as (kind, code, field, start)."""
    transfers: tuple[Transfer, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusterCounts:
    """What one run did: stories looked at, those that joined others, clusters merged away, clusters folded anew."""

    stories: int = 0
    joined: int = 0
    merged: int = 0
    folded: int = 0

    def __add__(self, other: ClusterCounts) -> ClusterCounts:
        return ClusterCounts(
            stories=self.stories + other.stories,
            joined=self.joined + other.joined,
            merged=self.merged + other.merged,
            folded=self.folded + other.folded,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceRow:
    """Why a story is in its cluster, for a person; `why` lists what it shares with `other_story_id`."""

    rule: str
    score: float
    other_story_id: int | None
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Appearance:
    """One entry of a story or cluster: who had it, and what its dates say."""

    entry_id: int
    uid: str
    story_id: int
    outlet: str
    language: str
    title: str
    lead: str
    published_at: dt.datetime | None
    observed_at: dt.datetime
    published_raw: str = ""
    date_source: str = "published"
    url: str | None = None
    country: str | None = None
    ownership: str = "unknown"
    owner: str | None = None
    forward: str | None = None
    links: tuple[str, ...] = ()
    codes: tuple[tuple[str, str, str, int], ...] = ()
    cluster_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Timed:
    """When an appearance was there at the latest. `doubt` says why its own date was not believed, else empty."""

    appearance: Appearance
    at: dt.datetime
    doubt: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceRow:
    """An outlet of a cluster and the source that it counts as: itself, or the outlet it was folded into.

    `reason`: `independent`, `root`, `wire`, `origin`, `owner`, `state`; `unresolved` where it names no source
    that could be followed.
    """

    outlet: str
    folded_into: str
    reason: str
    entry_uids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FoldedSources:
    """Sources of one cluster: at most `independent`, of them `unresolved` hang on a source that nobody names."""

    cluster_id: int
    independent: int
    unresolved: int
    rows: tuple[SourceRow, ...] = ()
