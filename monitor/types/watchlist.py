"""Watchlists: a person's own names, aliases and identifiers to look for (docs/how-to/watchlists.md)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from monitor.types.annotations import Field


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchedName:
    """One row of a watchlist. `identifiers` are codes by kind (`imo`, `mmsi`, `id`, …) as lists."""

    external_id: str
    name: str
    schema: str = ""
    aliases: tuple[str, ...] = ()
    identifiers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Watchlist:
    """A file of names under the name that the configuration gives it. `version` hashes the content."""

    name: str
    entries: tuple[WatchedName, ...]
    version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchlistHit:
    """A name or identifier of a watchlist at a place of a revision. `term` is the text as it stands there."""

    watchlist: str
    external_id: str
    entry_id: int
    revision_id: int
    term: str
    field: Field
    start_char: int
    end_char: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstHit:
    """Where a watched name was found for the first time, with how often it was found since."""

    watchlist: str
    external_id: str
    name: str
    entry_uid: str
    outlet: str
    language: str | None
    title: str
    url: str | None
    term: str
    first_at: dt.datetime
    hits: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A spelling in another script, for a person to approve. It is matched only once approved."""

    external_id: str
    name: str
    proposed: str
    method: Literal["ru-latin", "uk-latin", "latin-ru", "latin-uk", "ko-latin"]
