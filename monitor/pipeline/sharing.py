"""Which of the texts that wait this worker annotates: shares of the archive are leased, so that no two read one text.

A share is every `SHARES`th block of entry ids. Who dies leaves its share for the next run, some minutes later; who was
stopped meanwhile and wakes up is refused by the fencing number.
"""

from __future__ import annotations

import datetime as dt
import zlib
from collections.abc import Generator, Iterator
from contextlib import closing

from monitor.pipeline.workspace import Workspace
from monitor.types.annotations import EntryText
from monitor.types.storage import NamedLease

#: Shares of the archive: more than there are workers, so that one that ends early finds another.
SHARES = 16
#: How long a share is held unless renewed, which happens before each batch.
SHARE_LEASE = dt.timedelta(minutes=5)

Leased = tuple[NamedLease, list[EntryText]]


def leased_texts(workspace: Workspace, *, since: dt.datetime | None, limit: int) -> Iterator[Leased]:
    """Batches of at most `limit` texts with the lease under which they are to be stored, until none is left for us.

    Each batch must be stored before the next is asked for.
    """
    found = True
    while found:  # what arrives meanwhile is annotated as well
        found = False
        for share in _shares(workspace, since):
            with closing(_batches(workspace, share, since, limit)) as batches:
                for batch in batches:
                    found = True
                    yield batch


def _shares(workspace: Workspace, since: dt.datetime | None) -> list[int]:
    """Those with texts that wait; each worker begins with another."""
    first = zlib.crc32(workspace.owner.encode()) % SHARES
    waiting = workspace.store.pending_shares(of=SHARES, since=since)
    return sorted(waiting, key=lambda share: (share - first) % SHARES)


def _batches(workspace: Workspace, share: int, since: dt.datetime | None, limit: int) -> Generator[Leased]:
    """The batches of a share, as long as it is ours."""
    store, held = workspace.store, None
    try:
        while lease := store.lease_named(
            f"annotate:{share}", owner=workspace.owner, now=workspace.clock(), lease_for=SHARE_LEASE
        ):
            held = lease
            texts = store.pending_texts(limit=limit, since=since, share=(share, SHARES))
            if not texts:
                return
            yield lease, texts
    finally:
        if held is not None:
            store.release_named(held)
