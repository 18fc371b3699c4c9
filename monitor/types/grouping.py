"""Hand-overs of grouping: an item to place, its fingerprint, the candidates, the decision.

All are plain values, so that `monitor group` on a file and the database run the same code.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

Line = tuple[str, int]
"""A line at an edge of texts: `head` or `tail`, and 64 bits of its folded words."""


@dataclass(frozen=True, slots=True)
class LineCount:
    """How many texts have a line, and the first days (ordinals, at most three) on which they came."""

    count: int
    days: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedLines:
    """What is counted of a feed's texts to learn its boilerplate: how many, and their most frequent edge lines."""

    feed_id: int
    entries: int = 0
    lines: Mapping[Line, LineCount] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryItem:
    """An entry to be placed in a story. `entry_id` orders nothing; ties are broken by (effective_at, uid)."""

    entry_id: int
    uid: str
    kind: str
    language: str
    title: str
    body: str
    effective_at: dt.datetime
    outlet: str = ""
    feed_id: int = 0
    url: str | None = None
    source_url: str | None = None
    links: tuple[str, ...] = ()
    forward: str | None = None
    story_id: int | None = None
    # lines that are the habit of its feed, and so say nothing of this entry
    habits: frozenset[Line] = frozenset()
    # codes of the states, groups and places that annotation found in a short text of a script without capitals
    places: frozenset[str] = frozenset()


UNCASED = frozenset(["ar", "ckb", "fa", "he", "hi", "ja", "ka", "ko", "th", "ur", "zh"])
"""Languages whose names no capital tells from other words."""

SHORT_TEXT = 800
"""Characters up to which the places of a text are asked for; 60 words, at which they cease to count, are fewer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryOptions:
    """How alike texts must be to be one report (docs/explanation/stories.md says why).

    Shares are 0 to 1, lengths in words; Han, kana and Hangul characters count half a word.

    `near_*`: least Jaccard of a long, a middling and a short text; `lead`: least share of a short text
    that a longer one must open with; windows: how far apart in time copies may be: by text, by address,
    by headline, and by the whole text of a short notice.
    """

    near_long: float = 0.45
    near_medium: float = 0.5
    near_short: float = 0.6
    long_words: int = 100
    medium_words: int = 40
    lead: float = 0.6
    lead_same_title: float = 0.3
    min_words: int = 8
    min_title_words: int = 4
    min_text_chars: int = 60
    window: dt.timedelta = dt.timedelta(days=7)
    url_window: dt.timedelta = dt.timedelta(days=30)
    title_window: dt.timedelta = dt.timedelta(hours=12)
    notice_window: dt.timedelta = dt.timedelta(days=2)

    @property
    def key_window(self) -> dt.timedelta:
        """How far apart candidates are worth fetching at all."""
        return max(self.window, self.url_window)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fingerprint:
    """What is kept of an item to find its copies: exact keys and MinHash bands.

    `keys` are prefixed strings (`url:…`, `text:…`, `title:…`, `lead:…`, `forward:…`); `bands` are signed
    64-bit hashes of rows of the signature; `signature` is the MinHash itself, packed little-endian uint32.
    `edges` are the lines at head and tail from which the feed's boilerplate is learnt; not stored with the entry.
    """

    entry_id: int
    keys: tuple[str, ...]
    bands: tuple[int, ...]
    signature: bytes
    shingles: int
    edges: tuple[Line, ...] = field(default=(), compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A stored item that shares a key or a band with one to be placed."""

    item: StoryItem
    fingerprint: Fingerprint


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryDecision:
    """Which story an entry goes to: `joined` is the entry it joins, None opens a new story.

    The entry joined is stored already, or its decision stands earlier in the list; an item that has a
    story joins itself (rule `kept`). `merges` are further story ids that this entry proves to be the same
    report. `rule` is `new`, `kept`, or what proved the copy: `url`, `link`, `preview`, `text`, `forward`,
    `near`, `lead`, `title`. `new:numbers` and the like name the veto that kept it from a likely copy.
    """

    entry_id: int
    joined: int | None
    rule: str
    score: float
    version: str
    merges: tuple[int, ...] = ()
