"""What a page of a channel changes: a post is known by its number and by nothing else.

Numbers never change and are never given twice, so none of the rules for feeds that renumber their items
(`monitor.normalise.plan`) applies: two posts with one text are two posts.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from monitor.normalise.plan import is_backlog
from monitor.types.entries import Entry
from monitor.types.plans import Disposition, EntryChange, KnownEntry

RULE = "post_id"


def post_changes(
    entries: Iterable[Entry], known: Sequence[KnownEntry], *, now: dt.datetime
) -> tuple[EntryChange, ...]:
    """Return the change of each post: new, revised (its text, links, media or poll changed), or known.

    A new post that was published more than 48 hours ago is backlog, by whichever way it came: a post's own
    date is the server's.
    """
    rows = {row.external_id: row for row in known}
    once = {entry.external_id: entry for entry in entries}
    return tuple(_change(entry, rows.get(entry.external_id), now) for entry in once.values())


def _change(entry: Entry, row: KnownEntry | None, now: dt.datetime) -> EntryChange:
    if row is None:
        return EntryChange(
            disposition=Disposition.NEW, entry=entry, rule=RULE, backlog=is_backlog(entry, now)
        )
    same = row.sha256 == entry.sha256
    disposition = Disposition.KNOWN if same else Disposition.REVISED
    return EntryChange(disposition=disposition, entry=entry, rule=RULE, entry_id=row.entry_id)
