"""What stands out in the attention that topics get: days, and changes of level."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Literal

Direction = Literal["burst", "drop"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A series stood out on a day. `expected` and `stories` are over the panel of that day.

    `series` is a topic, or a topic in a language as `topic/language`.
    """

    series: str
    day: dt.date
    direction: Direction
    stories: int
    expected: float
    probability: float
    feeds: int

    @property
    def ratio(self) -> float:
        """Stories over expected stories."""
        return self.stories / self.expected


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """From `day` on the share of a series was another: shares of the panel's stories on the levels before and after."""

    series: str
    day: dt.date
    before: float
    after: float


@dataclass(frozen=True, slots=True, kw_only=True)
class BehindStory:
    """A story behind a burst: its title, who had it, and how many outlets carried it."""

    title: str
    outlet: str
    outlets: int
    language: str = ""
    cluster_id: int | None = None
    story_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Standout:
    """A finding with the stories that were carried most on that day."""

    finding: Finding
    stories: tuple[BehindStory, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Trends:
    """What stands out in a window. `untested`: days on which some topic had too little to compare, of `days`.

    `breaks`: days on which taxonomy or code changed.
    """

    standouts: tuple[Standout, ...] = ()
    changes: tuple[Change, ...] = ()
    untested: int = 0
    days: int = 0
    breaks: tuple[dt.date, ...] = ()
