"""What an entry is known by within its feed (design.md, entry key; reliability.md, B8).

    guid, where one item of the body has it -> canonical link, where one item has it -> content

A guid that stands on several different items names none of them: each is then known by guid and
link together. That form also tells later polls that the guid is shared (`shared_guids`). Whether a
guid is the same at every poll cannot be seen in one body; `plan.py` sees it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from monitor.text.clean import clean_line, cut_text, text_hash
from monitor.types.entries import KeySource

MAX_KEY = 2048
"""Characters of a key; a longer one is cut and keeps a hash of the whole."""
_EMPTY_GUIDS = frozenset({"", "0", "-", "null", "none", "undefined", "nil", "n/a", "false", "true"})
_JOIN = " @ "


@dataclass(frozen=True, slots=True)
class Identified:
    """What a key is chosen from: the guid as served, the canonical address, the texts."""

    guid: str | None
    url: str | None
    title: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Key:
    """`external_id` and what it was made of."""

    external_id: str
    source: KeySource


def guid_of(raw: str | None) -> str | None:
    """Return a guid as it is compared, or None for one that identifies nothing (`0`, `null`, empty)."""
    guid = clean_line(raw or "")
    return None if guid.lower() in _EMPTY_GUIDS else cut_text(guid, MAX_KEY)


def choose_keys(items: Sequence[Identified]) -> list[Key]:
    """Return the key of each item of one body, in their order. Items that get the same key are repeats."""
    shared = _on_several(((item.guid, item) for item in items), by_text=True)
    linked = _on_several(((item.url, item) for item in items if item.guid is None), by_text=False)
    titles = _on_several(((item.title, item) for item in items if item.guid is None), by_text=False)
    return [_key(item, shared, linked, titles) for item in items]


def guid_with_link(guid: str, url: str | None, sha256: str) -> str:
    """Return the key of an item whose guid stands on other items, too."""
    return cut_text(f"{guid}{_JOIN}{url or sha256}", MAX_KEY)


def shared_guids(external_ids: Iterable[str]) -> frozenset[str]:
    """Return the guids, and the links, that known keys say are shared by several items."""
    return frozenset(key.rpartition(_JOIN)[0] for key in external_ids if _JOIN in key)


def _key(item: Identified, shared: frozenset[str], linked: frozenset[str], titles: frozenset[str]) -> Key:
    if item.guid is not None:
        if item.guid not in shared:
            return Key(item.guid, KeySource.GUID)
        source = KeySource.HASH if item.url is None else KeySource.LINK
        return Key(guid_with_link(item.guid, item.url, item.sha256), source)
    if item.url is not None:
        if item.url not in linked:
            return Key(item.url, KeySource.LINK)
        return Key(guid_with_link(item.url, None, title_key(item.title, item.sha256)), KeySource.HASH)
    if item.title and item.title not in titles:
        return Key(title_key(item.title, item.sha256), KeySource.HASH)
    return Key(f"sha256:{item.sha256}", KeySource.HASH)


def title_key(title: str, sha256: str) -> str:
    """Return the key of an item without guid and link: of its title, so that an edited text stays one entry."""
    return f"sha256:{text_hash('title', title) if title else sha256}"


def _on_several(pairs: Iterable[tuple[str | None, Identified]], *, by_text: bool) -> frozenset[str]:
    """Values that stand on items which differ: in text (and, `by_text`, in address as well)."""
    texts: defaultdict[str, set[str]] = defaultdict(set)
    urls: defaultdict[str, set[str | None]] = defaultdict(set)
    for value, item in pairs:
        if value:
            texts[value].add(item.sha256)
            urls[value].add(item.url)
    return frozenset(
        value
        for value, found in texts.items()
        if len(found) > 1 and (not by_text or len(urls[value]) > 1 or urls[value] == {None})
    )
