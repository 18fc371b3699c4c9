"""Channels that were resolved before, in a file that only its owner can read.

Resolving names is what Telegram limits most (160 calls in seconds cost others a ban of 15 hours), and a
session string does not keep what was resolved. An access hash is good for one account only.
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Protocol

RESOLVES_AN_HOUR = 5
"""Names resolved an hour at most; new feeds beyond it wait for the next runs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Peer:
    """A channel as the API is asked for it."""

    name: str
    channel_id: int
    access_hash: int


class Entities(Protocol):
    """What is known of channels, and when names were resolved (seconds since the epoch)."""

    def get(self, name: str) -> Peer | None:
        """The channel of a folded name."""

    def put(self, folded: str, peer: Peer) -> None:
        """Remember a channel under a folded name."""

    def forget(self, folded: str) -> None:
        """Drop a channel that Telegram no longer accepts."""

    def may_resolve(self, now_s: float) -> bool:
        """Whether one more name may be resolved now; counts it if so."""


class EntityFile:
    """`Entities` in a JSON file (mode 0600), written at every change; without a path in memory only."""

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        self._peers: dict[str, Peer] = {}
        self._resolved: list[float] = []
        if path is not None and path.exists():
            self._load(path)

    def _load(self, path: Path) -> None:
        try:
            value = json.loads(path.read_text("utf-8"))
            self._peers = {name: Peer(**peer) for name, peer in value["peers"].items()}
            self._resolved = [float(when) for when in value["resolved"]]
        except (ValueError, TypeError, KeyError, AttributeError):
            # a damaged cache costs resolving again, within its limit
            self._peers, self._resolved = {}, []

    def get(self, name: str) -> Peer | None:
        """The channel of a folded name."""
        return self._peers.get(name)

    def put(self, folded: str, peer: Peer) -> None:
        """Remember a channel under a folded name."""
        self._peers[folded] = peer
        self._save()

    def forget(self, folded: str) -> None:
        """Drop a channel that Telegram no longer accepts."""
        if self._peers.pop(folded, None) is not None:
            self._save()

    def may_resolve(self, now_s: float) -> bool:
        """Whether one more name may be resolved now; counts it if so."""
        self._resolved = [when for when in self._resolved if 0 <= now_s - when < 3600]
        if len(self._resolved) >= RESOLVES_AN_HOUR:
            return False
        self._resolved.append(now_s)
        self._save()
        return True

    def _save(self) -> None:
        if self._path is None:
            return
        value = {
            "peers": {name: asdict(peer) for name, peer in self._peers.items()},
            "resolved": self._resolved,
        }
        self._path.parent.mkdir(parents=True, exist_ok=True)
        new = self._path.with_suffix(".new")
        with os.fdopen(
            os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8"
        ) as file:
            json.dump(value, file)
        new.replace(self._path)
