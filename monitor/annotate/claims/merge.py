"""Statements about one transfer, said again in other sentences, become one claim."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from monitor.annotate.status import Status
from monitor.types.gazetteer import Quantity

_GENERIC = frozenset({"other-arms", "unspecified-arms"})
_MISSILES = frozenset({"ballistic-missiles", "cruise-missiles", "anti-tank", "air-defence"})
_NEGATIVE = ("denied", "refused")


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A claim before the rest of its text is considered; spans index the whole text."""

    pair: tuple[str, str]
    via: tuple[str, ...]
    items: tuple[str, ...]
    status: Status
    said_by_party: bool
    attributed: bool
    speaker: str
    start: int
    end: int
    sentence: tuple[int, int]
    in_title: bool
    rule: str
    confidence: float
    quantity: Quantity | None
    period: str
    referring: bool = False
    """Whether the item only points back: such weapons, 그런 무기."""


def merged(drafts: Sequence[Draft]) -> list[Draft]:
    """One claim a transfer and side: those said to happen, and those denied or refused, in the order of the text."""
    kept: list[Draft] = []
    for negative in (False, True):
        chosen = [draft for draft in drafts if (draft.status in _NEGATIVE) is negative]
        for pair in dict.fromkeys(draft.pair for draft in chosen):
            kept.extend(_of_pair([draft for draft in chosen if draft.pair == pair]))
    kept = [draft for draft in kept if not _echo(draft, kept) and not _reversed(draft, kept)]
    kept = [_particular(draft, kept) for draft in kept]
    return sorted(kept, key=lambda draft: draft.start)


def _particular(draft: Draft, drafts: Iterable[Draft]) -> Draft:
    """A denial of "missiles" or of "such weapons" with the class that the text says of the same pair beside it."""
    if draft.status not in _NEGATIVE or not (draft.referring or draft.items == ("other-arms",)):
        return draft
    said = [other.items for other in drafts if other.pair == draft.pair and other.status not in _NEGATIVE]
    fits = len(said) == 1 and not set(said[0]) & _GENERIC and (draft.referring or set(said[0]) <= _MISSILES)
    return replace(draft, items=said[0]) if fits else draft


def _of_pair(drafts: Sequence[Draft]) -> list[Draft]:
    """The best statement on each transfer of a pair, with what the others add to it."""
    ordered = sorted(drafts, key=_rank)
    kept: list[Draft] = []
    for draft in ordered:
        same = next((n for n, other in enumerate(kept) if _same(draft, other)), None)
        if same is None:
            kept.append(draft)
        else:
            kept[same] = _joined(kept[same], draft)
    return kept


def _rank(draft: Draft) -> tuple[bool, bool, bool, int]:
    """The body before the title, what is attributed before what is not, a party's word before others', the first."""
    return (draft.in_title, not draft.attributed, not draft.said_by_party, draft.start)


def _same(draft: Draft, other: Draft) -> bool:
    """Whether two statements of one pair and side are one transfer; "delivered" and "will deliver" may not be."""
    mine, theirs = set(draft.items), set(other.items)
    settled = {draft.status, other.status} == {"announced", "confirmed"} and not (
        draft.in_title or other.in_title
    )
    return not settled or bool(mine & theirs) or mine <= _GENERIC or theirs <= _GENERIC


def _joined(best: Draft, other: Draft) -> Draft:
    items = best.items
    if not set(other.items) <= _GENERIC:
        items = other.items if set(items) <= _GENERIC else tuple(dict.fromkeys((*items, *other.items)))
    return replace(
        best,
        items=items,
        via=best.via or other.via,
        quantity=best.quantity or other.quantity,
        period=best.period or other.period,
        speaker=best.speaker or other.speaker,
    )


def _reversed(draft: Draft, drafts: Iterable[Draft]) -> bool:
    """Whether the text says the contrary direction more surely: nobody supplies both ways in one report."""
    return any(
        other.pair == draft.pair[::-1]
        and (other.status in _NEGATIVE) is (draft.status in _NEGATIVE)
        and (set(other.items) & set(draft.items) or set(draft.items) <= _GENERIC)
        and (other.confidence, -other.start) > (draft.confidence, -draft.start)
        for other in drafts
    )


def _echo(draft: Draft, drafts: Iterable[Draft]) -> bool:
    """Whether a positive statement only repeats, in the title, what the body denies."""
    if draft.status in _NEGATIVE or not draft.in_title or draft.attributed:
        return False
    return any(other.status in _NEGATIVE and other.pair == draft.pair for other in drafts)
