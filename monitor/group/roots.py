"""Chains of citations, followed through a cluster to their root.

    A cites B ──► B's own entry of the cluster, from before A ──► cites C ──► … ──► root

B's entry is the one that A links to (of whatever cluster) or forwards; else one of A's own story; else B's first. A
chain ends where an entry cites nobody (`root`), at an outlet that is not polled (`not_polled`), at a polled one of
which nothing from before is stored (`missing`), or where it comes back to an outlet that it has passed (`cycle`: they
quote each other).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence

from monitor.types.ledger import Chain, ChainEntry, ChainLink, CitedMedium, Roots

_ARTICLE = re.compile(r"^(?:the|le|la|el|der|die|das)\s+")
_NOT_WORD = re.compile(r"[\W_]+")


def name_key(name: str) -> str:
    """An outlet's name as chains compare it: no case, no accents, no punctuation, no article before it."""
    plain = unicodedata.normalize("NFKD", name.casefold())
    plain = "".join(char for char in plain if not unicodedata.combining(char))
    return _ARTICLE.sub("", _NOT_WORD.sub(" ", plain).strip())


def resolve_roots(
    entries: Sequence[ChainEntry], polled: Mapping[str, str], beyond: Sequence[ChainEntry] = ()
) -> Roots:
    """Follow every citation of the entries of one cluster; `beyond` are entries of others that they link to.

    `polled` has the names under which polled outlets are cited, as `name_key` writes them, each with the name that
    `ChainEntry.outlet` has.
    """
    return _Follower(entries, polled, beyond).all()


class _Follower:
    def __init__(
        self, entries: Sequence[ChainEntry], polled: Mapping[str, str], beyond: Sequence[ChainEntry]
    ) -> None:
        self._entries = sorted(entries, key=lambda one: (one.at, one.doubt, one.uid))
        self._polled = {name_key(one.outlet): one.outlet for one in entries} | dict(polled)
        self._beyond = sorted(beyond, key=lambda one: (one.at, one.doubt, one.uid))
        self._of_outlet: dict[str, list[ChainEntry]] = {}
        self._teller: dict[int, ChainEntry] = {}
        self._post: dict[tuple[str, int], ChainEntry] = {}
        for one in self._entries:
            self._of_outlet.setdefault(one.outlet, []).append(one)
            self._teller.setdefault(one.story_id, one)
            self._post.update((post, one) for post in one.posts)

    def all(self) -> Roots:
        chains: dict[tuple[int, int], Chain] = {}
        ends: dict[str, str] = {}
        for entry in self._entries:
            ordered = sorted(entry.cites, key=lambda cited: cited.order)
            for cited in ordered:
                chains[(cited.annotation_id, cited.position)] = self._follow(entry, cited)
            if ordered:
                main = chains[(ordered[0].annotation_id, ordered[0].position)]
                ends[entry.uid] = main.root
            elif (told := self._copied(entry)) is not None:
                ends[entry.uid] = self._onward(told, [entry, told], [ChainLink(outlet=told.outlet)]).root
        return Roots(chains=chains, entries=ends)

    def _follow(self, entry: ChainEntry, cited: CitedMedium) -> Chain:
        return self._step(entry, cited, [entry], [])

    def _step(
        self, entry: ChainEntry, cited: CitedMedium, path: list[ChainEntry], links: list[ChainLink]
    ) -> Chain:
        outlet = self._polled.get(name_key(cited.name))
        if cited.rule == "forward" and entry.forward is not None:
            outlet = self._polled.get(name_key(entry.forward[0]), outlet)
        if outlet is None:
            return Chain(root=cited.name, state="not_polled", links=(*links, ChainLink(outlet=cited.name)))
        found = self._source(entry, outlet, cited)
        if found is None or found in path:
            links = [*links, ChainLink(outlet=outlet)]
            if any(passed.outlet == outlet for passed in path):
                # who of those that quote each other had it first is the nearest to a root that there is
                first = min(path, key=lambda one: (one.at, one.doubt, one.uid))
                return Chain(root=first.outlet, state="cycle", links=tuple(links))
            return Chain(root=outlet, state="missing", links=tuple(links))
        return self._onward(found, [*path, found], [*links, ChainLink(outlet=outlet, uid=found.uid)])

    def _onward(self, entry: ChainEntry, path: list[ChainEntry], links: list[ChainLink]) -> Chain:
        if entry.cites:
            return self._step(entry, min(entry.cites, key=lambda cited: cited.order), path, links)
        told = self._copied(entry)
        if told is not None and told not in path:
            return self._onward(told, [*path, told], [*links, ChainLink(outlet=told.outlet, uid=told.uid)])
        return Chain(root=entry.outlet, state="root", links=tuple(links))

    def _source(self, entry: ChainEntry, outlet: str, cited: CitedMedium) -> ChainEntry | None:
        """The outlet's entry that `entry` can have had it from."""
        own = [one for one in self._of_outlet.get(outlet, ()) if one is not entry]
        forwarded = self._forwarded(entry) if cited.rule == "forward" else None
        if forwarded is not None and forwarded in own:
            return forwarded
        before = [one for one in own if one.at <= entry.at] or [one for one in own if one.doubt]
        others = [one for one in self._beyond if one.outlet == outlet]
        linked = [one for one in (*own, *others) if one.url and one.url in entry.links]
        same = [one for one in before if one.story_id == entry.story_id]
        return next(iter((*linked, *same, *before)), None)

    def _forwarded(self, entry: ChainEntry) -> ChainEntry | None:
        if entry.forward is None or entry.forward[1] is None:
            return None
        return self._post.get((entry.forward[0].casefold(), entry.forward[1]))

    def _copied(self, entry: ChainEntry) -> ChainEntry | None:
        """The entry of another outlet that told this entry's story first."""
        first = self._teller.get(entry.story_id, entry)
        return first if first.outlet != entry.outlet else None


def names_of(outlets: Iterable[tuple[str, Iterable[str]]]) -> dict[str, str]:
    """`polled` of `resolve_roots` from outlets with their further names; of two that share a name the first has it."""
    found: dict[str, str] = {}
    listed = [(name, tuple(others)) for name, others in outlets]
    for name, _ in listed:
        found.setdefault(name_key(name), name)
    for name, others in listed:
        for other in others:
            if key := name_key(other):
                found.setdefault(key, name)
    return found
