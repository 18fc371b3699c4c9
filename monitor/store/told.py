"""What a list was told before, as it stood then, and what became of it: merged, grouped, edited, removed.

Nothing is stored for this: texts and entries have times, so what a digest showed is read from them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from monitor.store.known import CHUNK, chunks
from monitor.store.schema.entries import entries, revisions
from monitor.store.schema.grouping import stories, story_redirects
from monitor.store.schema.publishing import digest_items, digests
from monitor.store.schema.sources import feeds, outlets
from monitor.types.digest import Change, ToldStory

#: An item's story as it is called now: merged away, or grouped since it was told.
_STORY = sa.func.coalesce(story_redirects.c.story_id, digest_items.c.story_id, entries.c.story_id)


@dataclass(slots=True)
class _Telling:
    """The last time that a list was told of a cluster (or of an entry that is in none)."""

    story_id: int
    cluster_id: int | None
    entry_id: int | None
    at: dt.datetime


@dataclass(frozen=True, slots=True)
class _Texts:
    """An entry when it was told, and now."""

    title: str = ""
    title_now: str = ""
    revision: int = 0
    revision_now: int = 0
    edited: bool = False


def told(
    connection: Connection,
    name: str,
    *,
    clusters: Collection[int],
    ungrouped: Collection[int],
    since: dt.datetime,
    until: dt.datetime,
) -> list[ToldStory]:
    """What the list knows of these clusters and of entries without a story; removals are those in [since, until)."""
    tellings: dict[tuple[str, int], _Telling] = {}
    for chunk in chunks(sorted(set(clusters)), CHUNK):
        _tellings(connection, name, stories.c.cluster_id.in_(chunk), tellings)
    for chunk in chunks(sorted(set(ungrouped)), CHUNK):
        _tellings(connection, name, sa.and_(_STORY.is_(None), digest_items.c.entry_id.in_(chunk)), tellings)
    known = list(tellings.values())
    then = _texts(connection, known)
    bodies = _bodies(connection, then.values())
    carried = _carried(connection, {one.cluster_id for one in known if one.cluster_id is not None})
    found: list[ToldStory] = []
    for one in known:
        rows = carried.get(one.cluster_id or 0, [])
        before = [row for row in rows if row[1] <= one.at]
        gone = dict.fromkeys(row[0] for row in before if row[2] is not None and since <= row[2] < until)
        text = then.get(one.entry_id or 0, _Texts())
        found.append(
            ToldStory(
                story_id=one.story_id,
                cluster_id=one.cluster_id,
                title=text.title,
                title_now=text.title_now,
                body=bodies.get(text.revision, "") if text.edited else "",
                body_now=bodies.get(text.revision_now, "") if text.edited else "",
                outlets=tuple(dict.fromkeys(row[0] for row in before)),
                entry_ids=(one.entry_id,) if one.entry_id else (),
                changes=tuple(Change(kind="gone", text=outlet) for outlet in gone),
            )
        )
    return found


def returning(
    connection: Connection,
    name: str,
    *,
    told_after: dt.datetime,
    since: dt.datetime,
    until: dt.datetime,
    clusters: Collection[int],
) -> set[int]:
    """Entries told after `told_after` that were edited or removed in [since, until), or are of these clusters.

    Also those whose cluster another outlet told as well, which removed it then, and those told on the same line.
    """
    later = sa.and_(
        revisions.c.entry_id == entries.c.id,
        revisions.c.number > 1,
        revisions.c.observed_at >= since,
        revisions.c.observed_at < until,
    )
    beside, their = entries.alias(), stories.alias()
    removed = sa.and_(
        their.c.cluster_id == stories.c.cluster_id,
        beside.c.story_id == their.c.id,
        beside.c.observed_at <= digests.c.created_at,
        beside.c.gone_at >= since,
        beside.c.gone_at < until,
    )
    query = (
        sa.select(entries.c.id)
        .distinct()
        .join(digest_items, digest_items.c.entry_id == entries.c.id)
        .join(digests, digests.c.id == digest_items.c.digest_id)
        .outerjoin(stories, stories.c.id == entries.c.story_id)
        .where(
            digests.c.name == name,
            digests.c.period_end >= told_after,
            sa.or_(
                sa.and_(entries.c.gone_at >= since, entries.c.gone_at < until),
                sa.exists().where(later),
                sa.exists().where(removed),
                stories.c.cluster_id.in_(list(clusters)),
            ),
        )
    )
    changed = set(connection.execute(query).scalars())
    return changed | _told_with(connection, changed)


def _told_with(connection: Connection, entry_ids: Collection[int]) -> set[int]:
    """Entries on the lines of the same story: one was shown for its language, another is what the list asks for."""
    shown, other = digest_items.alias(), digest_items.alias()
    same = sa.and_(other.c.digest_id == shown.c.digest_id, other.c.story_id == shown.c.story_id)
    found: set[int] = set()
    for chunk in chunks(sorted(entry_ids), CHUNK):
        query = sa.select(other.c.entry_id).join(shown, same)
        query = query.where(shown.c.entry_id.in_(chunk), other.c.entry_id.is_not(None))
        found.update(connection.execute(query).scalars())
    return found


def _tellings(
    connection: Connection,
    name: str,
    wanted: sa.ColumnElement[bool],
    found: dict[tuple[str, int], _Telling],
) -> None:
    query = (
        sa.select(
            _STORY.label("story"),
            stories.c.cluster_id,
            digest_items.c.entry_id,
            digest_items.c.digest_id,
            digests.c.created_at,
        )
        .select_from(digest_items)
        .join(digests, digests.c.id == digest_items.c.digest_id)
        .outerjoin(story_redirects, story_redirects.c.old_id == digest_items.c.story_id)
        .outerjoin(
            entries, sa.and_(digest_items.c.story_id.is_(None), entries.c.id == digest_items.c.entry_id)
        )
        .outerjoin(stories, stories.c.id == _STORY)
        .where(digests.c.name == name, wanted)
        .order_by(digests.c.period_end, digest_items.c.digest_id, digest_items.c.position.desc())
    )
    for row in connection.execute(query):
        alone = row.cluster_id is None
        key = ("entry", row.entry_id) if alone else ("cluster", row.cluster_id)
        last = found.get(key)
        # of one digest the first line that names an entry; a line without one (left out, folded) names no headline
        entry = row.entry_id if row.entry_id is not None or last is None else last.entry_id
        story = row.story if row.story is not None else -row.entry_id
        found[key] = _Telling(story_id=story, cluster_id=row.cluster_id, entry_id=entry, at=row.created_at)


def _texts(connection: Connection, known: list[_Telling]) -> dict[int, _Texts]:
    """Each told entry then and now, both of the source that is read now; nothing where there was none."""
    at = {one.entry_id: one.at for one in known if one.entry_id is not None}
    found: dict[int, _Texts] = {}
    for chunk in chunks(sorted(at), CHUNK):
        current = revisions.alias()
        query = (
            sa.select(
                revisions.c.entry_id,
                revisions.c.observed_at,
                revisions.c.title,
                current.c.title.label("title_now"),
                revisions.c.id.label("revision"),
                current.c.id.label("revision_now"),
                (revisions.c.sha256 != current.c.sha256).label("edited"),
            )
            .join(
                current,
                sa.and_(
                    current.c.entry_id == revisions.c.entry_id,
                    current.c.is_current,
                    current.c.source == revisions.c.source,
                ),
            )
            .where(revisions.c.entry_id.in_(chunk))
            .order_by(revisions.c.entry_id, revisions.c.number)
        )
        for entry, observed, *texts in connection.execute(query):
            if observed <= at[entry]:
                found[entry] = _Texts(*texts)
    return found


def _bodies(connection: Connection, texts: Iterable[_Texts]) -> dict[int, str]:
    """The texts of revisions that were edited since, then and now."""
    wanted = sorted({one for text in texts if text.edited for one in (text.revision, text.revision_now)})
    found: dict[int, str] = {}
    for chunk in chunks(wanted, CHUNK):
        query = sa.select(revisions.c.id, revisions.c.body).where(revisions.c.id.in_(chunk))
        found |= {row.id: row.body for row in connection.execute(query)}
    return found


def _carried(
    connection: Connection, clusters: Collection[int]
) -> dict[int, list[tuple[str, dt.datetime, dt.datetime | None]]]:
    """Outlet, first sight and removal of the entries of each cluster."""
    found: dict[int, list[tuple[str, dt.datetime, dt.datetime | None]]] = {}
    for chunk in chunks(sorted(clusters), CHUNK):
        query = (
            sa.select(stories.c.cluster_id, outlets.c.name, entries.c.observed_at, entries.c.gone_at)
            .select_from(entries)
            .join(stories, stories.c.id == entries.c.story_id)
            .join(feeds, feeds.c.id == entries.c.feed_id)
            .join(outlets, outlets.c.id == feeds.c.outlet_id)
            .where(stories.c.cluster_id.in_(chunk))
            .order_by(entries.c.effective_at, entries.c.id)
        )
        for cluster, outlet, observed, gone in connection.execute(query):
            found.setdefault(cluster, []).append((outlet, observed, gone))
    return found
