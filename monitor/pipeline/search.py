"""search: a query as people write it to entries with the words marked; and the index built anew."""

from __future__ import annotations

from collections.abc import Callable

from monitor.pipeline.workspace import Workspace
from monitor.store import Store
from monitor.text.query import parse
from monitor.text.snippets import excerpt, marks
from monitor.types.search import Filters, Found, Hit, Query

#: Entries indexed in one transaction.
BATCH = 500

Progress = Callable[[int], None]
"""Called with how many entries have been indexed."""


def search(workspace: Workspace, text: str, filters: Filters, *, limit: int) -> list[Hit]:
    """What a query finds, the latest first. UsageError says what is wrong with the query."""
    query = parse(text)
    found = workspace.store.search(query, filters, limit=limit, now=workspace.clock())
    hits = [_hit(query, one) for one in found]
    return sorted(hits, key=lambda hit: (hit.effective_at, hit.entry_id), reverse=True)


def _hit(query: Query, found: Found) -> Hit:
    places = marks(query, found.title, found.body)
    shown, start = excerpt(found.body, places)
    return Hit(
        entry_id=found.entry_id,
        uid=found.uid,
        revision_id=found.revision_id,
        title=found.title,
        url=found.url,
        outlet=found.outlet,
        language=found.language,
        effective_at=found.effective_at,
        marks=places,
        excerpt=shown,
        excerpt_start=start,
    )


def build_index(store: Store, *, rebuild: bool = False, progress: Progress | None = None) -> int:
    """Index what is not indexed yet, or by another version; with `rebuild` everything. How many entries.

    A batch is a transaction: stop it anywhere, and the next run goes on with what is left (`rebuild` begins anew).
    """
    done = after = 0
    while ids := store.unindexed(after=after, limit=BATCH, everything=rebuild):
        done += store.index_entries(ids)
        after = ids[-1]
        if progress is not None:
            progress(done)
    return done
