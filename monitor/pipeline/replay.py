"""replay: the kept answers of feeds once more through parse to group, compared with what is stored.

    raw bodies ─► read (processes) ─► plan ─► a scratch database ─► analyse ─► differences by entry, field by field

The tool for a fix of a parser: what it would have changed, before it meets the next poll. Nothing is written to the
monitor's own database, and nothing is fetched.
"""

from __future__ import annotations

import datetime as dt
import tempfile
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from monitor.config import feed_sources
from monitor.normalise.plan import plan_changes
from monitor.normalise.telegram import read_page
from monitor.normalise.telegram_changes import post_changes
from monitor.parse.telegram import page
from monitor.pipeline.analyse import analyse
from monitor.pipeline.plans import query_of
from monitor.pipeline.reading import ReadFailed, ReadTask
from monitor.pipeline.workers import ParserPool
from monitor.pipeline.workspace import Workspace
from monitor.store import Store
from monitor.types.backup import Progress, no_progress
from monitor.types.entries import ReadFeed
from monitor.types.plans import EntryChange, FeedPlan, FetchRecord, Outcome
from monitor.types.raw import KeptBody
from monitor.types.source import FeedKind

#: Answers read at once.
BATCH = 100
#: Examples kept of each kind of difference.
EXAMPLES = 5
FIELDS = ("title", "body", "url", "published_at", "language", "topics")
LEASE = dt.timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Difference:
    """One entry that came out differently: what of it, as stored and as replayed (cut to 200 characters)."""

    kind: str
    uid: str
    feed: str
    stored: str = ""
    replayed: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayResult:
    """Answers replayed, those that could not be read, entries compared, and differences by kind.

    Kinds: `missing` (stored, not found again), `new` (found now, not stored), a field's name, `story` (grouped with
    others), `unreadable` and `readable` (an answer that cannot be read any more, or can be now).
    """

    since: dt.datetime | None
    answers: int = 0
    skipped: int = 0
    unreadable: int = 0
    entries: int = 0
    same: int = 0
    differences: Mapping[str, int] = field(default_factory=dict)
    examples: tuple[Difference, ...] = ()

    @property
    def lines(self) -> list[str]:
        """For a person."""
        head = (
            f"{self.answers} answers replayed, {self.unreadable} could not be read, {self.skipped} of feeds that are "
            f"not configured; {self.entries} entries compared, {self.same} came out the same"
        )
        found = [f"{kind}: {count}" for kind, count in sorted(self.differences.items())]
        shown = [
            f"  {one.kind} {one.feed} {one.uid}"
            + (f": {one.stored!r} is now {one.replayed!r}" if one.stored or one.replayed else "")
            for one in self.examples
        ]
        return [head, *(found or ["no difference"]), *shown]


async def replay(
    workspace: Workspace,
    *,
    since: dt.datetime | None = None,
    slugs: Collection[str] | None = None,
    progress: Progress = no_progress,
) -> ReplayResult:
    """Replay the answers kept since `since` (all that are kept, if None), of these feeds; what differs."""
    with _scratch(workspace) as scratch:
        run = _Replay(workspace, scratch, since, slugs)
        await run.ingest(progress)
        analyse(scratch)
        return run.compared()


@contextmanager
def _scratch(workspace: Workspace) -> Iterator[Workspace]:
    """An empty database with the configured feeds, gone at the end."""
    with tempfile.TemporaryDirectory(prefix="replay-") as folder:
        url = f"sqlite:///{Path(folder) / 'replay.db'}"
        Store.upgrade(url, now=workspace.clock())
        with Store.open(url) as store:
            store.sync_sources(feed_sources(workspace.config), now=workspace.clock())
            yield Workspace(workspace.config, store, workspace.clock, workspace.owner)


class _Replay:
    """One replay: the answers in order, into a scratch database."""

    def __init__(
        self,
        workspace: Workspace,
        scratch: Workspace,
        since: dt.datetime | None,
        slugs: Collection[str] | None,
    ) -> None:
        self._workspace = workspace
        self._scratch = scratch
        self._since = since
        configured = {source.slug for source in feed_sources(workspace.config)}
        self._wanted = configured if slugs is None else configured & set(slugs)
        self._asked = slugs is None
        self._counts: Counter[str] = Counter()
        self._differences: Counter[str] = Counter()
        self._examples: list[Difference] = []
        self._stored_at: dict[str, set[dt.datetime]] = defaultdict(set)

    async def ingest(self, progress: Progress) -> None:
        """Read every kept answer and store what it gives."""
        after = 0
        async with ParserPool(self._workspace.config.polling.parsers) as pool:
            while batch := self._workspace.store.kept_bodies(limit=BATCH, since=self._since, after=after):
                after = batch[-1].body_id
                for kept in batch:
                    if kept.slug not in self._wanted:
                        self._counts["skipped"] += self._asked
                        continue
                    await self._one(kept, pool)
                progress("replay", self._counts["answers"])

    async def _one(self, kept: KeptBody, pool: ParserPool) -> None:
        now = kept.stored_at or kept.raw.observed_at
        read = await _read(kept, now, pool)
        self._counts["answers"] += 1
        if isinstance(read, ReadFailed):
            self._counts["unreadable"] += 1
            if not kept.raw.failed:
                self._note(Difference("unreadable", "", kept.slug, "read", f"{read.code}: {read.detail}"))
            return
        if kept.raw.failed:
            self._note(
                Difference("readable", "", kept.slug, "could not be read", f"{len(read.entries)} entries")
            )
        else:
            self._stored_at[kept.slug].add(now)
        self._apply(kept, read, now)

    def _apply(self, kept: KeptBody, read: ReadFeed, now: dt.datetime) -> None:
        store = self._scratch.store
        leases = store.lease_due(
            owner="replay", now=now, limit=1, lease_for=LEASE, slugs=[kept.slug], ignore_due=True
        )
        for lease in leases:
            known = store.known_entries({lease.feed_id: query_of(read)})[lease.feed_id]
            changes: tuple[EntryChange, ...]
            if lease.kind is FeedKind.TELEGRAM:
                changes, rejected = post_changes(read.entries, known, now=now), dict(read.rejected)
            else:
                changes, rejected = plan_changes(read, known, now=now, first_poll=False, recovering=False)
            plan = FeedPlan(
                feed_id=lease.feed_id,
                slug=lease.slug,
                fence=lease.fence,
                fetch=FetchRecord(
                    started_at=kept.raw.observed_at,
                    outcome=Outcome.STORED,
                    url=kept.raw.url,
                    status=kept.raw.status,
                ),
                state=lease.state,
                next_poll_at=now,
                changes=changes,
                rejected=rejected,
            )
            store.apply([plan], now=now)

    def compared(self) -> ReplayResult:
        """Entries of both databases, side by side."""
        ours, theirs = (
            _entries(self._workspace.store, self._wanted),
            _entries(self._scratch.store, self._wanted),
        )
        both = ours.keys() & theirs.keys()
        for uid in theirs.keys() - both:
            self._note(Difference("new", uid, theirs[uid]["feed"], "", theirs[uid]["title"]))
        for uid, row in ours.items():
            if uid not in both and row["observed_at"] in self._stored_at[row["feed"]]:
                self._note(Difference("missing", uid, row["feed"], row["title"], ""))
        mates = _mates(ours, both), _mates(theirs, both)
        same = sum(self._compare(uid, ours[uid], theirs[uid], mates) for uid in sorted(both))
        return ReplayResult(
            since=self._since,
            answers=self._counts["answers"],
            skipped=self._counts["skipped"],
            unreadable=self._counts["unreadable"],
            entries=len(both),
            same=same,
            differences=dict(self._differences),
            examples=tuple(self._examples),
        )

    def _compare(
        self,
        uid: str,
        stored: Mapping[str, Any],
        replayed: Mapping[str, Any],
        mates: tuple[Mapping[str, frozenset[str]], Mapping[str, frozenset[str]]],
    ) -> bool:
        """Note what differs of one entry; whether nothing does. A text that came from the page is not the feed's."""
        before = self._differences.total()
        left_out = {"title", "body"} if stored["source"] == "article" or stored["purged"] else set()
        for name in FIELDS:
            if name not in left_out and stored[name] != replayed[name]:
                self._note(
                    Difference(name, uid, stored["feed"], str(stored[name])[:200], str(replayed[name])[:200])
                )
        if mates[0][uid] != mates[1][uid]:
            self._note(
                Difference(
                    "story",
                    uid,
                    stored["feed"],
                    f"{len(mates[0][uid])} entries",
                    f"{len(mates[1][uid])} entries",
                )
            )
        return self._differences.total() == before

    def _note(self, difference: Difference) -> None:
        self._differences[difference.kind] += 1
        if self._differences[difference.kind] <= EXAMPLES:
            self._examples.append(difference)


async def _read(kept: KeptBody, now: dt.datetime, pool: ParserPool) -> ReadFeed | ReadFailed:
    raw = kept.raw
    if kept.kind == FeedKind.TELEGRAM.value:
        shown = page(raw.body, expected=kept.address)
        if shown.broken:
            return ReadFailed(code=shown.broken, detail=shown.detail)
        return read_page(shown, now=now, language=kept.language)
    task = ReadTask(
        body=raw.body,
        content_type=dict(raw.headers).get("content-type"),
        url=raw.url,
        kind=FeedKind(kept.kind),
        feed_language=kept.language,
        now=now,
    )
    return await pool.read(task)


def _entries(store: Store, slugs: Collection[str]) -> dict[str, dict[str, Any]]:
    """Entries of these feeds by uid, with text, topics and story."""
    frame = store.frame(
        "SELECT e.entry_id, e.uid, e.feed, e.url, e.language, e.published_at, e.observed_at, e.story_id,"
        " t.title, t.body, t.source, t.purged_at"
        " FROM report_entries e JOIN report_texts t ON t.revision_id = e.revision_id"
    )
    topics: dict[int, list[str]] = defaultdict(list)
    tags = store.frame("SELECT entry_id, topic FROM report_topics WHERE accepted")
    for entry_id, topic in zip(tags["entry_id"], tags["topic"], strict=True):
        topics[int(entry_id)].append(str(topic))
    known = frame.astype(object).where(frame.notna(), None)
    found = {}
    for row in known[known["feed"].isin(list(slugs))].to_dict("records"):
        row["topics"] = sorted(topics[int(row["entry_id"])])
        row["purged"] = row["purged_at"] is not None
        found[str(row["uid"])] = {str(name): value for name, value in row.items()}
    return found


def _mates(rows: Mapping[str, Mapping[str, Any]], both: Collection[str]) -> dict[str, frozenset[str]]:
    """For each entry those that share its story, of the entries that both databases hold."""
    stories: dict[Any, set[str]] = defaultdict(set)
    for uid in both:
        stories[rows[uid]["story_id"] or uid].add(uid)
    frozen = {story: frozenset(members) for story, members in stories.items()}
    return {uid: frozen[rows[uid]["story_id"] or uid] for uid in both}
