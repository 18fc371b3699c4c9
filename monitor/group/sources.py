"""Independent sources of a cluster: outlets less those that only pass on, own, or answer to another.

    entries ─► one an outlet, its earliest ─► keys: root, origin, owner, state ─► groups ─► FoldedSources

Two outlets that share a key are one source, and so on from one to the next. The number is "at most": who shares
a source in secret is not known.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from monitor.group.origin import agency_of, office_of, timeline, unnamed_source
from monitor.types.clusters import Appearance, FoldedSources, SourceRow
from monitor.types.register import families
from monitor.types.source import Outlet, Ownership

REASONS = ("root", "origin", "owner", "state")
"""Why two outlets are one source, the strongest first."""

Roots = Mapping[str, str]
"""Entry uid to the outlet where its chain of citations ends (from the analysis of citations)."""


@dataclass(frozen=True, slots=True)
class _Source:
    outlet: str
    uid: str
    keys: Mapping[str, frozenset[str]]
    unresolved: bool


def fold_sources(
    cluster_id: int, appearances: Sequence[Appearance], roots: Roots | None = None
) -> FoldedSources:
    """Fold the outlets of a cluster. Each is judged by its earliest entry; the earliest of a group stands for it.

    `roots` has what the analysis of citations found; without it links, copies and agency tags are followed. A single
    outlet is one source, and what it hangs on is not asked.
    """
    ordered = [timed.appearance for timed in timeline(appearances)] if len(appearances) > 1 else appearances
    uids: dict[str, list[str]] = {}
    first: dict[str, Appearance] = {}
    for one in ordered:
        first.setdefault(one.outlet, one)
        uids.setdefault(one.outlet, []).append(one.uid)
    if len(first) == 1:
        row = SourceRow(outlet=ordered[0].outlet, folded_into=ordered[0].outlet, reason="independent",
                        entry_uids=tuple(sorted(one.uid for one in ordered)))  # fmt: skip
        return FoldedSources(cluster_id=cluster_id, independent=1, unresolved=0, rows=(row,))
    chains = _roots(ordered, roots or {})
    sources = [_source(one, chains) for one in first.values()]
    groups = _groups(sources)
    rows = [
        SourceRow(
            outlet=source.outlet,
            folded_into=groups[place][0].outlet,
            reason=_reason(source, groups[place]),
            entry_uids=tuple(sorted(uids[source.outlet])),
        )
        for place, source in enumerate(sources)
    ]
    heads = {row.folded_into for row in rows}
    open_ends = {row.outlet for row, source in zip(rows, sources, strict=True) if source.unresolved} & heads
    return FoldedSources(
        cluster_id=cluster_id, independent=len(heads), unresolved=len(open_ends), rows=tuple(rows)
    )


def _roots(ordered: Sequence[Appearance], known: Roots) -> dict[str, str]:
    """For each entry the outlet whose report it is, by citation, link, copy or agency; itself where there is none."""
    by_url = {one.url: one for one in reversed(ordered) if one.url}
    teller: dict[int, Appearance] = {}
    for one in ordered:
        teller.setdefault(one.story_id, one)
    parent: dict[str, str] = {}
    for one in ordered:
        agency = agency_of(one.title, one.lead)
        linked = next((by_url[link] for link in one.links if link in by_url), None)
        if one.uid in known:
            parent[one.uid] = known[one.uid]
        elif agency:
            parent[one.uid] = agency
        elif teller[one.story_id].outlet != one.outlet:
            parent[one.uid] = teller[one.story_id].uid
        elif linked is not None and linked.outlet != one.outlet:
            parent[one.uid] = linked.uid
        elif one.forward:
            parent[one.uid] = one.forward
        else:
            parent[one.uid] = one.outlet
    found = {}
    for one in ordered:
        seen, at = {one.uid}, parent[one.uid]
        while at in parent and at not in seen:
            seen.add(at)
            at = parent[at]
        found[one.uid] = at if at not in parent else one.outlet
    return found


def _source(one: Appearance, chains: Mapping[str, str]) -> _Source:
    root = chains[one.uid]
    origin = office_of(one)
    ownership = Ownership(one.ownership) if one.ownership in list(Ownership) else Ownership.UNKNOWN
    keys: dict[str, set[str]] = {kind: set() for kind in REASONS}
    keys["root"] = {_plain(root), _plain(one.outlet)}
    if origin:
        keys["origin"].add(origin)
    outlet = Outlet(slug="", name=one.outlet, country=one.country, ownership=ownership, owner=one.owner)
    for key in families(outlet):
        keys["state" if key.startswith("state:") else "owner"].add(key)
    alone = root == one.outlet and origin is None
    return _Source(
        outlet=one.outlet,
        uid=one.uid,
        keys={name: frozenset(values) for name, values in keys.items()},
        unresolved=alone and unnamed_source(one.title, one.lead),
    )


def _groups(sources: Sequence[_Source]) -> list[list[_Source]]:
    """For each source the group that it is in, the earliest first."""
    parent = list(range(len(sources)))

    def find(place: int) -> int:
        while parent[place] != place:
            place = parent[place]
        return place

    holder: dict[tuple[str, str], int] = {}
    for place, source in enumerate(sources):
        for kind in REASONS:
            for key in source.keys[kind]:
                a, b = sorted((find(holder.setdefault((kind, key), place)), find(place)))
                parent[b] = a
    groups: dict[int, list[_Source]] = {}
    for place, source in enumerate(sources):
        groups.setdefault(find(place), []).append(source)
    return [groups[find(place)] for place in range(len(sources))]


def _reason(source: _Source, group: Sequence[_Source]) -> str:
    """The first reason that ties it to the source it is folded into, else to any of the group."""
    head = group[0]
    if head is source:
        return "unresolved" if source.unresolved else "independent"
    others = [head], [other for other in group if other is not source]
    for among in others:
        for kind in REASONS:
            if any(source.keys[kind] & other.keys[kind] for other in among):
                return kind
    raise ValueError(f"{source.outlet} shares nothing with its group")


def _plain(name: str) -> str:
    return " ".join(name.casefold().split())
