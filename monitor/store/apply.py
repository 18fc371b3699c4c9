"""Apply plans: what polls of feeds found, in one transaction a batch.

    fence checked -> entries -> revisions -> feed state, fetch, issues, host stops -> commit

Everything is keyed: a plan applied twice gives the first answer again and changes nothing.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import sqlalchemy as sa
from sqlalchemy.engine import Connection, RowMapping

from monitor.store.apply_feed import record_polls
from monitor.store.apply_texts import add_revisions
from monitor.store.entry_rows import entry_row, slim
from monitor.store.keys import entry_uid
from monitor.store.known import CHUNK, chunks
from monitor.store.schema.entries import entries
from monitor.store.schema.sources import feeds, fetches
from monitor.store.upsert import insert
from monitor.types.plans import AppliedFeed, Counts, Disposition, EntryChange, FeedPlan, Outcome

BATCH = 50
"""Plans in one transaction, about a second of work."""

LOCKED = (
    "id", "kind", "address", "host", "enabled", "fence", "current_url", "title", "state", "state_changed_at",
    "entries_stored", "lease_owner", "lease_until",
)  # fmt: skip
"""Columns of a feed that applying its plan needs; the rest of its state is the plan's."""


@dataclass(slots=True)
class Poll:
    """One plan on its way into the database, with the feed's row and what became of its entries."""

    plan: FeedPlan
    feed: RowMapping
    dispositions: Counter[Disposition] = field(default_factory=Counter)
    new_ids: list[int] = field(default_factory=list)

    @property
    def counts(self) -> Counts:
        """The counts as they really came out."""
        rejected = Counter(self.plan.rejected)
        rejected.update(c.rule for c in self.plan.changes if c.disposition is Disposition.REJECTED)
        tally = self.dispositions
        stored = tally[Disposition.NEW] + tally[Disposition.REVISED] + tally[Disposition.KNOWN]
        return Counts(
            seen=stored + rejected.total(),
            new=tally[Disposition.NEW],
            revised=tally[Disposition.REVISED],
            known=tally[Disposition.KNOWN],
            rejected=dict(sorted(rejected.items())),
        )

    def applied(self) -> AppliedFeed:
        """The answer to the caller."""
        fetch = self.plan.fetch
        return AppliedFeed(
            feed_id=self.plan.feed_id,
            slug=self.plan.slug,
            counts=self.counts,
            outcome=fetch.outcome,
            code=fetch.code,
            detail=fetch.detail,
            new_entry_ids=tuple(self.new_ids),
        )


def batches(plans: Sequence[FeedPlan]) -> Iterator[list[FeedPlan]]:
    """Plans in batches of at most `BATCH`, each feed at most once in one, order kept."""
    batch: list[FeedPlan] = []
    for plan in plans:
        if len(batch) == BATCH or any(plan.feed_id == other.feed_id for other in batch):
            yield batch
            batch = []
        batch.append(plan)
    if batch:
        yield batch


def apply_batch(connection: Connection, plans: Sequence[FeedPlan], now: dt.datetime) -> list[AppliedFeed]:
    """Apply plans of different feeds in the caller's transaction; answers in the plans' order."""
    rows = _lock(connection, plans)
    earlier = _earlier(connection, plans)
    answers: dict[int, AppliedFeed] = {}
    polls = []
    for plan in plans:
        row = rows.get(plan.feed_id)
        again = earlier.get((plan.feed_id, plan.fence, plan.fetch.started_at))
        if again is not None:
            answers[plan.feed_id] = _answered(plan, again)
        elif row is None or row["fence"] != plan.fence:
            answers[plan.feed_id] = refused(plan, "stale_lease", "another worker has taken this feed over")
        else:
            polls.append(Poll(plan, row))
    _store_entries(connection, polls, now)
    record_polls(connection, [(poll.plan, poll.feed, poll.counts) for poll in polls], now)
    answers |= {poll.plan.feed_id: poll.applied() for poll in polls}
    return [answers[plan.feed_id] for plan in plans]


def refused(plan: FeedPlan, code: str, why: str) -> AppliedFeed:
    """The answer to a plan of which nothing was written."""
    return AppliedFeed(
        feed_id=plan.feed_id,
        slug=plan.slug,
        counts=Counts(),
        outcome=Outcome.FAILED,
        code=code,
        detail=why,
        error=f"{code}: {why}",
    )


def _lock(connection: Connection, plans: Sequence[FeedPlan]) -> dict[int, RowMapping]:
    ids = sorted(plan.feed_id for plan in plans)
    # in one order, so that two workers never wait for each other
    query = sa.select(*(feeds.c[name] for name in LOCKED))
    query = query.where(feeds.c.id.in_(ids)).order_by(feeds.c.id).with_for_update()
    return {row["id"]: row for row in connection.execute(query).mappings()}


def _earlier(
    connection: Connection, plans: Sequence[FeedPlan]
) -> dict[tuple[int, int, dt.datetime], RowMapping]:
    """Fetches of these plans that are recorded already: the plan was applied, only the answer got lost."""
    query = sa.select(fetches).where(
        fetches.c.feed_id.in_([plan.feed_id for plan in plans]),
        fetches.c.started_at.in_([plan.fetch.started_at for plan in plans]),
    )
    rows = connection.execute(query).mappings()
    return {(row["feed_id"], row["fence"], row["started_at"]): row for row in rows}


def _answered(plan: FeedPlan, row: RowMapping) -> AppliedFeed:
    counts = Counts(
        seen=row["seen"],
        new=row["new"],
        revised=row["revised"],
        known=row["known"],
        rejected=row["rejected_reasons"],
    )
    return AppliedFeed(
        feed_id=plan.feed_id,
        slug=plan.slug,
        counts=counts,
        outcome=Outcome(row["outcome"]),
        code=row["code"],
        detail=row["detail"],
    )


@dataclass(slots=True)
class _Item:
    """A change with the poll it belongs to and its entry's public id."""

    poll: Poll
    change: EntryChange
    uid: str


def _store_entries(connection: Connection, polls: Sequence[Poll], now: dt.datetime) -> None:
    items = _items(polls)
    fresh = [item for item in items if item.change.disposition is Disposition.NEW]
    inserted = _insert_new(connection, fresh, now)
    ids = inserted | _ids_of(connection, [item.uid for item in items if item.uid not in inserted])
    just_stored = set(inserted.values())
    edits: list[tuple[int, _Item]] = []
    first_texts: list[tuple[int, EntryChange]] = []
    for item in items:
        entry_id = ids.get(item.uid)
        if item.uid in inserted and item.change.disposition is Disposition.NEW:
            # the first of equal keys in one body is the new one, the others are known by then
            item.poll.new_ids.append(inserted.pop(item.uid))
            item.poll.dispositions[Disposition.NEW] += 1
            first_texts.append((item.poll.new_ids[-1], item.change))
        elif entry_id is None or entry_id in just_stored or item.change.disposition is Disposition.KNOWN:
            item.poll.dispositions[Disposition.KNOWN] += 1
        else:
            edits.append((entry_id, item))
    changed = add_revisions(
        connection, first_texts, {entry_id: item.change.entry for entry_id, item in edits}, now
    )
    for entry_id, item in edits:
        revised = entry_id in changed
        changed.discard(entry_id)
        item.poll.dispositions[Disposition.REVISED if revised else Disposition.KNOWN] += 1
    _update_views(connection, [(ids[item.uid], item.change) for item in items if item.uid in ids])


def _items(polls: Sequence[Poll]) -> list[_Item]:
    items = []
    for poll in polls:
        kind, address = poll.feed["kind"], poll.feed["address"]
        items += [
            _Item(poll, change, entry_uid(kind, address, _stored_id(change)))
            for change in poll.plan.changes
            if change.disposition is not Disposition.REJECTED
        ]
    return items


def _stored_id(change: EntryChange) -> str:
    return change.entry.external_id


def _insert_new(connection: Connection, items: Sequence[_Item], now: dt.datetime) -> dict[str, int]:
    """Insert entries; uid to id of those that were not there."""
    rows = {
        item.uid: entry_row(item.change, item.uid, item.poll.plan.feed_id, now) for item in reversed(items)
    }
    if not rows:
        return {}
    statement = (
        insert(connection, entries)
        .on_conflict_do_nothing(index_elements=["uid"])
        .returning(entries.c.uid, entries.c.id)
    )
    return {row.uid: row.id for row in connection.execute(statement, slim(list(reversed(rows.values()))))}


def _ids_of(connection: Connection, uids: Sequence[str]) -> dict[str, int]:
    ids: dict[str, int] = {}
    for chunk in chunks(uids, CHUNK):
        query = sa.select(entries.c.uid, entries.c.id).where(entries.c.uid.in_(chunk))
        ids |= {row.uid: row.id for row in connection.execute(query)}
    return ids


def _update_views(connection: Connection, seen: Sequence[tuple[int, EntryChange]]) -> None:
    rows = [
        {"b_id": entry_id, "b_views": change.entry.views}
        for entry_id, change in seen
        if change.entry.views is not None and change.disposition is not Disposition.NEW
    ]
    if rows:
        statement = (
            sa.update(entries)
            .where(
                entries.c.id == sa.bindparam("b_id"),
                entries.c.views_last.is_distinct_from(sa.bindparam("b_views")),
            )
            .values(views_last=sa.bindparam("b_views"))
        )
        connection.execute(statement, rows)
