"""The ledger: claims of a cluster that agree in supplier, recipient and item class are one line with its history.

    claims ─► (supplier, recipient, item), arms of no stated class joined to the class ─► events by time ─► line

Stories are counted, so that a copy counts once. The status is that of a party's newest word (announced, confirmed,
denied, refused), `alleged` while no party has spoken. Claims that surer ones contradict were
set aside before (`doubt`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from monitor.group.doubt import DOUBTFUL, line_keys
from monitor.group.origin import believed
from monitor.group.sources import fold_sources
from monitor.types.clusters import Appearance
from monitor.types.ledger import (
    ChangeKind,
    CitedMedium,
    ClaimStatus,
    LedgerClaim,
    LedgerEvent,
    LedgerLine,
    LineChange,
    LineKey,
    LineState,
    RootQuantity,
)

UNSTATED = "unspecified-arms"
#: The statuses that are a party's own word.
WORDS: frozenset[ClaimStatus] = frozenset({"announced", "confirmed", "denied", "refused"})
#: Those that say that the transfer is, was or will be.
ASSERTED: frozenset[ClaimStatus] = frozenset({"alleged", "announced", "confirmed"})
_NEGATIVE: frozenset[ClaimStatus] = frozenset({"denied", "refused"})
_NEAR = 400


def claim_root(
    claim: LedgerClaim,
    cites: Sequence[CitedMedium],
    chains: Mapping[tuple[int, int], str],
    entry_root: str,
) -> str:
    """The outlet to which a claim goes back: that of the medium which speaks, else of the nearest citation.

    `chains` has the root of each citation; a text that cites nobody near the claim goes back to `entry_root`.
    """
    if not cites:
        return entry_root
    speaking = [one for one in cites if one.name.casefold() == claim.speaker.casefold()]
    near = [one for one in cites if one.field == claim.field and _gap(one, claim) <= _NEAR]
    for chosen in (speaking, sorted(near, key=lambda one: (_gap(one, claim), one.start_char))):
        if chosen:
            return chains[(chosen[0].annotation_id, chosen[0].position)]
    return entry_root


def _gap(cited: CitedMedium, claim: LedgerClaim) -> int:
    if claim.start_char <= cited.start_char < claim.end_char:
        return 0
    return min(abs(cited.start_char - claim.start_char), abs(cited.start_char - claim.end_char))


def ledger_lines(
    cluster_id: int,
    claims: Sequence[LedgerClaim],
    appearances: Sequence[Appearance],
    roots: Mapping[str, str] | None = None,
) -> tuple[LedgerLine, ...]:
    """The lines of one cluster, by key. `roots`: entry uid to root, as for `fold_sources`."""
    by_entry = {one.entry_id: one for one in appearances}
    parts: dict[LineKey, list[LedgerClaim]] = {}
    for claim in claims:
        for key in line_keys(claim):
            parts.setdefault(key, []).append(claim)
    lines = []
    for key, members in sorted(_joined(parts).items(), key=lambda part: _order(part[0])):
        events = _history(members, by_entry)
        told = {event.entry_uid for event in events if event.status in ASSERTED} or {
            event.entry_uid for event in events
        }
        sources = fold_sources(cluster_id, [one for one in appearances if one.uid in told], roots)
        lines.append(_line(cluster_id, key, events, sources.independent))
    return tuple(lines)


def _order(key: LineKey) -> tuple[str, str, str]:
    return (key.supplier, key.recipient, key.item)


def _joined(parts: Mapping[LineKey, Sequence[LedgerClaim]]) -> dict[LineKey, list[LedgerClaim]]:
    """Claims of unstated arms go to the one line of a class that their parties have; their denials to each of them."""
    found = {key: list(members) for key, members in parts.items()}
    for key in [key for key in parts if key.item == UNSTATED]:
        stated = [
            other
            for other in parts
            if (other.supplier, other.recipient) == (key.supplier, key.recipient) and other.item != UNSTATED
        ]
        left = []
        for claim in found[key]:
            homes = stated if claim.status in _NEGATIVE or len(stated) == 1 else []
            for home in homes:
                if claim not in found[home]:
                    found[home].append(claim)
            if not homes:
                left.append(claim)
        if left:
            found[key] = left
        else:
            del found[key]
    return found


def _history(members: Iterable[LedgerClaim], by_entry: Mapping[int, Appearance]) -> tuple[LedgerEvent, ...]:
    timed = []
    for claim in members:
        entry = by_entry[claim.entry_id]
        when = believed(entry)
        event = LedgerEvent(
            at=when.at,
            seen_at=entry.observed_at,
            status=claim.status,
            outlet=entry.outlet,
            root=claim.root or entry.outlet,
            entry_uid=entry.uid,
            story_id=entry.story_id,
            claim_uid=claim.uid,
            speaker=claim.speaker,
            quantity_min=claim.quantity_min,
            quantity_max=claim.quantity_max,
            unit=claim.unit,
            reviewed=claim.reviewed,
            confidence=claim.confidence,
        )
        timed.append(
            ((when.at, bool(when.doubt), entry.uid, claim.field != "title", claim.start_char), event)
        )
    return tuple(event for _, event in sorted(timed, key=lambda pair: (pair[0], pair[1].claim_uid)))


def _line(cluster_id: int, key: LineKey, events: Sequence[LedgerEvent], sources: int) -> LedgerLine:
    alleging = [event for event in events if event.status == "alleged"]
    words = _words(events)
    low, high = _range(events)
    return LedgerLine(
        cluster_id=cluster_id,
        key=key,
        status=words[-1].status if words else "alleged",
        first_alleged_at=alleging[0].at if alleging else None,
        first_alleged_by=alleging[0].outlet if alleging else None,
        root_outlet=events[0].root,
        allegations=_stories(events, "alleged"),
        independent_sources=sources,
        denials=_stories(events, "denied"),
        confirmations=_stories(events, "confirmed"),
        quantity_min=low,
        quantity_max=high,
        first_at=events[0].at,
        last_at=events[-1].at,
        changed_at=_turns(events)[-1].at,
        word_at=words[-1].at if words else None,
        reviewed=len({event.claim_uid for event in events if event.reviewed}),
        roots=tuple(sorted({event.root for event in events if event.status in ASSERTED})),
        quantities=quantities(events),
        history=tuple(events),
        confidence=max(1.0 if event.reviewed else event.confidence for event in events),
    )


def _words(events: Sequence[LedgerEvent]) -> list[LedgerEvent]:
    """A party's words; those of doubtful claims only where no surer claim is of the line."""
    sure = [event for event in events if event.reviewed or event.confidence >= DOUBTFUL]
    return [event for event in sure or events if event.status in WORDS]


def _stories(events: Iterable[LedgerEvent], status: ClaimStatus) -> int:
    return len({event.story_id for event in events if event.status == status})


def _bounds(event: LedgerEvent) -> tuple[int, ...]:
    return tuple(value for value in (event.quantity_min, event.quantity_max) if value is not None)


def _range(events: Sequence[LedgerEvent]) -> tuple[int | None, int | None]:
    """The smallest and largest number stated, of the unit that most events count in: shells and tonnes do not mix."""
    units = Counter(event.unit for event in events if _bounds(event))
    if not units:
        return None, None
    unit = min(units, key=lambda one: (-units[one], one))
    stated = [value for event in events if event.unit == unit for value in _bounds(event)]
    return min(stated), max(stated)


def quantities(events: Iterable[LedgerEvent]) -> tuple[RootQuantity, ...]:
    """Numbers by root and unit, never summed: two reports of one shipment are one shipment."""
    stated: dict[tuple[str, str], list[int]] = {}
    for event in events:
        if bounds := _bounds(event):
            stated.setdefault((event.root, event.unit), []).extend(bounds)
    return tuple(
        RootQuantity(root=root, unit=unit, quantity_min=min(values), quantity_max=max(values))
        for (root, unit), values in sorted(stated.items())
    )


def _turns(events: Sequence[LedgerEvent]) -> list[LedgerEvent]:
    """The events that made or changed the line: its first, each other word of a party, each wider range."""
    words = _words(events)
    turns, status, ranges = [events[0]], events[0].status, {events[0].unit: _bounds(events[0])}
    for event in events[1:]:
        known = ranges.get(event.unit, ())
        stated = (*known, *_bounds(event))
        wider = bool(stated) and (not known or (min(stated), max(stated)) != (min(known), max(known)))
        if wider or (event in words and event.status != status):
            turns.append(event)
        status = event.status if event in words else status
        ranges[event.unit] = (min(stated), max(stated)) if stated else ()
    return turns


def state_of(line: LedgerLine) -> LineState:
    """What is remembered of a line to tell what is new in it later."""
    return LineState(
        status=line.status,
        quantity_min=line.quantity_min,
        quantity_max=line.quantity_max,
        denied=line.denials > 0,
    )


def states_joined(states: Sequence[LineState]) -> LineState:
    """What was said of lines that are one today, the latest last: its status, the range of all, a denial of any."""
    stated = [value for one in states for value in (one.quantity_min, one.quantity_max) if value is not None]
    return LineState(
        status=states[-1].status,
        quantity_min=min(stated, default=None),
        quantity_max=max(stated, default=None),
        denied=any(one.denied for one in states),
    )


def change_of(before: LineState | None, line: LedgerLine) -> LineChange | None:
    """What is new in a line since `before`, None where nothing is. One change at a time, the weightiest.

    A line that only doubtful claims make is no news yet: it is new when a surer one comes.
    """
    if before is None and line.confidence < DOUBTFUL:
        return None
    kind = _kind(before, line)
    if kind is None:
        return None
    last = _bringing(kind, line)
    return LineChange(
        cluster_id=line.cluster_id,
        key=line.key,
        kind=kind,
        old_status=before.status if before else None,
        new_status=line.status,
        claim_uid=last.claim_uid,
        reported_at=last.seen_at,
        quantity_min=line.quantity_min,
        quantity_max=line.quantity_max,
    )


def _kind(before: LineState | None, line: LedgerLine) -> ChangeKind | None:
    if before is None:
        return "new"
    if line.denials and not before.denied:
        return "denial"
    if line.status != before.status:
        return "status"
    if (line.quantity_min, line.quantity_max) != (before.quantity_min, before.quantity_max):
        return "quantity"
    return None


def _bringing(kind: ChangeKind, line: LedgerLine) -> LedgerEvent:
    """The claim that brought a change: of several of one kind the first."""
    if kind == "new":
        return line.history[0]
    if kind == "denial":
        return next(event for event in line.history if event.status == "denied")
    if kind == "status":
        return next(
            (event for event in reversed(line.history) if event.status == line.status), line.history[-1]
        )
    return next(
        (event for event in reversed(line.history) if event.quantity_min is not None), line.history[-1]
    )
