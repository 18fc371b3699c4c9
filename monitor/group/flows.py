"""Flows of arms: lines of all clusters that agree in supplier, recipient and item. Quantities by root, never summed."""

from __future__ import annotations

from collections.abc import Sequence

from monitor.group.roots import name_key
from monitor.types.ledger import Flow, FlowPart, LineKey, RootQuantity


def flow_of(key: LineKey, parts: Sequence[FlowPart]) -> Flow:
    """One flow from its lines, at least one. The status is that of the newest word of a party in any cluster."""
    spoken = [part for part in parts if part.word_at is not None]
    newest = max(
        spoken or parts, key=lambda part: (part.word_at or part.last_at, part.last_at, part.cluster_id)
    )
    return Flow(
        key=key,
        first_at=min(part.first_at for part in parts),
        last_at=max(part.last_at for part in parts),
        clusters=len({part.cluster_id for part in parts}),
        roots=len({name_key(root) for part in parts for root in part.roots}),
        denials=sum(part.denials for part in parts),
        confirmations=sum(part.confirmations for part in parts),
        status=newest.status,
        quantities=_merged(parts),
    )


def _merged(parts: Sequence[FlowPart]) -> tuple[RootQuantity, ...]:
    found: dict[tuple[str, str], RootQuantity] = {}
    for one in (quantity for part in parts for quantity in part.quantities):
        before = found.get((one.root, one.unit), one)
        found[(one.root, one.unit)] = RootQuantity(
            root=one.root,
            unit=one.unit,
            quantity_min=min(before.quantity_min, one.quantity_min),
            quantity_max=max(before.quantity_max, one.quantity_max),
        )
    return tuple(found[key] for key in sorted(found))
