"""The part of `Store` that keeps evidence."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from monitor.store import evidence
from monitor.store.engine import Database
from monitor.types.evidence import Capture, ManifestLine, Uncaptured


class EvidenceStore:
    """Captures, manifest and pins; `Store` is the whole."""

    _database: Database

    def uncaptured(
        self, *, since: dt.datetime, limit: int, with_claims: bool, after: int = 0
    ) -> list[Uncaptured]:
        """Entries with a claim (or pinned) whose answer is kept but not captured yet, by id from `after`."""
        return self._database.read(
            lambda c: evidence.uncaptured(c, since=since, limit=limit, with_claims=with_claims, after=after)
        )

    def save_capture(self, capture: Capture, *, now: dt.datetime) -> bool:
        """Note a capture and its line of the manifest; False where that text is captured already."""
        return self._database.write(lambda c: evidence.save_capture(c, capture, now))

    def manifest(self, *, after: int = 0, limit: int = 1_000) -> list[ManifestLine]:
        """Lines of the manifest by number from `after`."""
        return self._database.read(lambda c: evidence.manifest(c, after=after, limit=limit))

    def captures_of(self, entry_id: int) -> list[dict[str, Any]]:
        """Captures of an entry."""
        return self._database.read(lambda c: evidence.captures_of(c, entry_id))

    def pin(self, uid: str, *, who: str, reason: str, now: dt.datetime) -> bool:
        """Hold an entry as it is; False where it is held already."""
        return self._database.write(lambda c: evidence.pin(c, uid, who, reason, now))

    def unpin(self, uid: str, *, now: dt.datetime) -> bool:
        """Release an entry; False where it is not held."""
        return self._database.write(lambda c: evidence.unpin(c, uid, now))

    def claim_history(self, uid: str) -> list[dict[str, Any]]:
        """Every row that a claim had."""
        return self._database.read(lambda c: evidence.claim_history(c, uid))

    def annotation_history(self, entry_id: int) -> list[dict[str, Any]]:
        """When an entry was read, by which versions."""
        return self._database.read(lambda c: evidence.annotation_history(c, entry_id))

    def unsubmitted(self, *, limit: int) -> list[tuple[int, str]]:
        """Captures whose page was not given to a public archive yet."""
        return self._database.read(lambda c: evidence.unsubmitted(c, limit=limit))

    def note_submitted(self, outcomes: Sequence[tuple[int, str, str | None]]) -> None:
        """What a public archive answered."""
        self._database.write(lambda c: evidence.note_submitted(c, outcomes))
