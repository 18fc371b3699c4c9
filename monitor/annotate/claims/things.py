"""What is transferred: classes of items beside a trigger, and how many."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from monitor.annotate.claims.frames import Breaks
from monitor.annotate.claims.marks import Span
from monitor.annotate.quantities import find_quantities
from monitor.types.gazetteer import Quantity

_DESIGNATION = re.compile(r"\s?[A-Z]+-?\d+\w*(?!\w)")
"""What a model is called, between the item and how many of it there are (장갑차 K808 24대)."""
_APART, _FARTHEST = 60, 160
_USED = 25
_BEFORE, _AFTER = 34, 5
_GENERIC = ("other-arms", "unspecified-arms")
_PARTS = "dual-use-components"


def near(trigger: Span, items: Sequence[Span], breaks: Breaks, text: str) -> list[Span]:
    """Items that the trigger is about: the nearest in its clause, and those listed with it."""
    within = [item for item in items if not breaks.parted(*_between(item, trigger))]
    within = [item for item in within if _far(item, trigger) <= _FARTHEST]
    if not within:
        return []
    first = min(within, key=lambda item: (breaks.cost(*_between(item, trigger)), item.start))
    chosen = [first]
    for listed in (sorted(within, key=lambda item: item.start), sorted(within, key=lambda item: -item.start)):
        last = first
        for item in listed:
            forward = item.start >= last.end
            left, right = (last, item) if forward else (item, last)
            passes = left.end <= trigger.start < right.start
            clause = text.find("，", left.end, right.start) >= 0
            if item not in chosen and 0 <= right.start - left.end <= _APART and not passes and not clause:
                chosen.append(item)
                last = item
    return sorted(chosen, key=lambda item: item.start)


def carried(
    items: Sequence[Span], sentence: tuple[int, int], sentence_of: Callable[[int], tuple[int, int]]
) -> list[Span]:
    """Items of the nearest sentence behind, else before: what a sentence without any is about."""
    behind = [item for item in items if item.start >= sentence[1]]
    before = [item for item in items if item.end <= sentence[0]]
    nearest = behind[0] if behind else before[-1] if before else None
    if nearest is None:
        return []
    low, high = sentence_of(nearest.start)
    return [item for item in items if low <= item.start < high and item.name == nearest.name]


def classes(items: Sequence[Span]) -> tuple[str, ...]:
    """Classes of `items` in order, without the vaguer ones beside others; parts of a weapon are parts."""
    found = tuple(dict.fromkeys(item.name for item in items))
    if _PARTS in found:
        return (_PARTS,)
    particular = tuple(name for name in found if name not in _GENERIC)
    if particular:
        return particular
    return found[:1] if len(found) > 1 and "unspecified-arms" in found else found


def quantity(text: str, sentence: tuple[int, int], items: Sequence[Span], language: str) -> Quantity | None:
    """The number that counts one of `items`, with spans in the sentence."""
    low, high = sentence
    if not re.search(r"\d|\w", text[low:high]):
        return None
    for number in find_quantities(text[low:high], language):
        if number.unit not in ("", "piece"):
            continue
        for item in items:
            gap = text[low + number.end : item.start] if item.start >= low + number.end else None
            if (
                gap is not None
                and len(gap) <= _BEFORE
                and len(gap.split()) <= 4
                and not re.search(r"[.;:!?()،,\d]|\bof the\b", gap)
            ):
                return number
            behind = (
                _DESIGNATION.sub("", text[item.end : low + number.start])
                if language in ("ko", "zh") and low + number.start >= item.end
                else None
            )
            if behind is not None and len(behind) <= _AFTER and not re.search(r"[.,。，]", behind):
                return number
    return None


def about_else(trigger: Span, items: Sequence[Span], matters: Sequence[Span]) -> bool:
    """Whether something else is given, and `items` only said of it: a request, a letter, data ("sent a note on …")."""
    return bool(items) and all(
        any(
            trigger.end <= matter.start < item.start or item.end <= matter.start < trigger.start
            for matter in matters
        )
        for item in items
    )


def in_use(items: Sequence[Span], triggers: Sequence[Span], cues: Sequence[Span], text: str) -> bool:
    """Whether `items` are what somebody uses or destroys, and only said to be a gift ("shot down the drones …")."""
    return bool(items) and all(
        any(
            cue.name == "permission"
            and 0 <= item.start - cue.end <= _USED
            and not re.search(r"[,.;:،؛，。]", text[cue.end : item.start])
            and not any(cue.end <= trigger.start < item.start for trigger in triggers)
            for cue in cues
        )
        for item in items
    )


def _far(item: Span, trigger: Span) -> int:
    left, right = _between(item, trigger)
    return right - left


def _between(item: Span, trigger: Span) -> tuple[int, int]:
    left, right = (item.end, trigger.start) if item.start < trigger.start else (trigger.end, item.start)
    return left, max(left, right)
