"""What retention may take away, and what it took."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class RetentionLimits:
    """First-seen times before which each kind goes; None for kinds that stay for ever."""

    full_text: dt.datetime | None = None
    mentions: dt.datetime | None = None
    raw_pages: dt.datetime | None = None
    raw_bodies: dt.datetime | None = None
    logs: dt.datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Retained:
    """What one run took away, rows by kind, and how many entries it left alone because something rests on them."""

    removed: Mapping[str, int] = field(default_factory=dict)
    held: int = 0

    @property
    def lines(self) -> list[str]:
        """For a person."""
        went = ", ".join(f"{count} {kind.replace('_', ' ')}" for kind, count in self.removed.items() if count)
        kept = f"; {self.held} old entries kept, for a claim, decision, pin or hold rests on them"
        return [f"retention: {went or 'nothing'} removed{kept if self.held else ''}"]
