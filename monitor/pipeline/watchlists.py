"""watchlists: a person's own names found in the archive, stored as hits; the first hit of each is news.

It is no screening tool: a list that finds nothing clears nobody (docs/how-to/watchlists.md).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from monitor.annotate.transliterate import proposals
from monitor.annotate.watchlist import CompiledWatchlists
from monitor.catalogue.watchlist import read_watchlist, write_proposals
from monitor.config import Config
from monitor.errors import UsageError
from monitor.pipeline.workspace import Workspace, recorded
from monitor.types.annotations import EntryText
from monitor.types.watchlist import FirstHit, Watchlist

#: Texts read and searched at once.
SCAN_BATCH = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanResult:
    """One search: entries read, hits that are new, names found for the first time, what is doubtful in the lists."""

    lists: int = 0
    names: int = 0
    read: int = 0
    hits: int = 0
    first: tuple[FirstHit, ...] = ()
    doubts: tuple[str, ...] = field(default=())

    @property
    def lines(self) -> list[str]:
        """The search for a person; first hits first."""
        lines = [
            f"{self.lists} watchlists, {self.names} names: {self.read} entries read, {self.hits} new hits"
        ]
        lines += [hit_line(hit) for hit in self.first]
        return [*lines, *(f"doubtful: {doubt}" for doubt in self.doubts)]


def hit_line(hit: FirstHit) -> str:
    """A first hit as one line for a person."""
    where = f"{hit.outlet} ({hit.language or 'und'}): {hit.title or hit.entry_uid}"
    return (
        f"first hit {hit.first_at:%Y-%m-%d %H:%M} {hit.watchlist}/{hit.external_id} {hit.term!r} in {where}"
    )


def load_watchlists(config: Config) -> tuple[tuple[Watchlist, ...], tuple[str, ...]]:
    """The configured lists, and what is doubtful in them. CatalogueError names file and line."""
    lists, doubts = [], []
    for one in config.watchlists:
        approved = config.path(one.approved) if one.approved else None
        read, problems = read_watchlist(one.name, config.path(one.file), approved)
        lists.append(read)
        doubts += [str(problem) for problem in problems]
    return tuple(lists), tuple(doubts)


class Watch:
    """The configured lists, compiled and known to the store; looks through texts as they are analysed.

    `Watch(workspace).look(texts)` after a batch is annotated stores its hits; without lists it does nothing.
    """

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self.lists, self.doubts = load_watchlists(workspace.config)
        self._compiled = CompiledWatchlists(self.lists)
        workspace.store.sync_watchlists(self.lists, now=workspace.clock())

    def look(self, texts: Sequence[EntryText]) -> int:
        """Store the hits in these texts; how many are new. Looking twice adds nothing."""
        if self._compiled.empty:
            return 0
        hits = [hit for text in texts for hit in self._compiled.find(text)]
        return self._workspace.store.save_hits(hits, now=self._workspace.clock()) if hits else 0


def scan(workspace: Workspace, *, since: dt.datetime | None = None) -> ScanResult:
    """Look through the archive observed since `since` for all watched names (a list that changed, for one)."""
    started = workspace.clock()
    with recorded(workspace, "watchlists") as counts:
        watch = Watch(workspace)
        read = hits = after = 0
        while watch.lists and (
            texts := workspace.store.watchable_texts(limit=SCAN_BATCH, since=since, after=after)
        ):
            hits += watch.look(texts)
            read, after = read + len(texts), texts[-1].entry_id
        counts |= {"read": read, "hits": hits}
    return ScanResult(
        lists=len(watch.lists),
        names=sum(len(one.entries) for one in watch.lists),
        read=read,
        hits=hits,
        first=tuple(workspace.store.first_hits(since=started)) if hits else (),
        doubts=watch.doubts,
    )


def first_hits(workspace: Workspace, *, since: dt.datetime | None = None, limit: int = 100) -> list[FirstHit]:
    """Names found for the first time since `since`, the newest first."""
    return workspace.store.first_hits(since=since, limit=limit)


def propose(config: Config, name: str, output: Path | None = None) -> tuple[Path, int]:
    """Write spellings in other scripts of a list's names for a person to approve; (file, how many are new)."""
    one = next((item for item in config.watchlists if item.name == name), None)
    if one is None:
        known = ", ".join(item.name for item in config.watchlists) or "none is configured"
        raise UsageError(f"no watchlist is called {name!r}", hint=f"known: {known}")
    path = output or (config.path(one.approved) if one.approved else None)
    if path is None:
        raise UsageError("where to?", hint="-o FILE, or set `approved:` of the list in config.yaml")
    listed, _ = read_watchlist(one.name, config.path(one.file))
    found = [proposal for entry in listed.entries for proposal in proposals(entry.external_id, entry.name)]
    known_names = {alias.casefold() for entry in listed.entries for alias in (entry.name, *entry.aliases)}
    return path, write_proposals(path, [one for one in found if one.proposed.casefold() not in known_names])
