"""Allegations told beside a denial: the sentence that says what is denied often leaves its parties to the reader.

one pair denied, nobody alleges it yet ──► sentence with another's word on the same item ──► allegation of the pair
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from monitor.annotate.claims.marks import Span
from monitor.annotate.claims.merge import Draft
from monitor.annotate.claims.things import quantity
from monitor.annotate.scan import Found, Scan
from monitor.annotate.speakers import Source

_CONFIDENCE = 0.4
_OPENING = 4
"""So far into its sentence the paper may stand that wrote it, whatever its verb."""
_AGAINST = frozenset({"deny", "negation", "silence", "refuse", "hypothesis", "permission"})
"""Words with which a sentence tells no allegation."""
_VAGUE = frozenset({"other-arms", "unspecified-arms"})


def alleged_beside(
    scan: Scan,
    drafts: Sequence[Draft],
    items: Sequence[Span],
    sources: Sequence[Source],
    frames: frozenset[str],
) -> Draft | None:
    """The allegation that a denial answers, where another sentence spells it out without all its parties."""
    pairs = {draft.pair for draft in drafts}
    denied = next((draft for draft in drafts if draft.status == "denied" and not draft.in_title), None)
    if denied is None or len(pairs) != 1 or any(draft.status != "denied" for draft in drafts):
        return None
    taken = {draft.sentence for draft in drafts}
    for span in _sentences(scan):
        if span in taken or span[0] < scan.shift:
            continue
        here = [item for item in items if span[0] <= item.start < span[1]]
        teller = _teller(scan, span, sources, denied.pair)
        if teller is None or not _tells(scan, span, here, denied, teller, frames):
            continue
        same = [item for item in here if item.name in denied.items or item.name in _VAGUE] or here
        end = span[0] + len(scan.text[slice(*span)].rstrip())
        return replace(
            denied,
            status="alleged",
            attributed=True,
            said_by_party=False,
            speaker=teller.name,
            start=span[0],
            end=end,
            sentence=span,
            rule=f"{scan.language}/beside",
            confidence=_CONFIDENCE,
            quantity=quantity(scan.text, span, same, scan.language),
        )
    return None


def _sentences(scan: Scan) -> Iterator[tuple[int, int]]:
    yield from dict.fromkeys(scan.sentence(start) for start in scan.sentence_starts)


def _teller(
    scan: Scan, span: tuple[int, int], sources: Sequence[Source], pair: tuple[str, str]
) -> Source | None:
    """Who says it: a medium, expert, unnamed source, or the office of a state that is no party; or who accuses."""
    accuses = any(word.name == "accuse" for word in _words(scan, span))
    for source in sources:
        opens = 0 <= source.start - span[0] <= _OPENING
        if not span[0] <= source.start < span[1] or not (source.rule or accuses or opens):
            continue
        if source.kind != "official" and (source.rule or opens):
            return source
        if source.kind == "official" and source.codes and not set(source.codes) & set(pair) and source.office:
            return source
    return None


def _tells(
    scan: Scan,
    span: tuple[int, int],
    here: Sequence[Span],
    denied: Draft,
    teller: Source,
    frames: frozenset[str],
) -> bool:
    """Whether the sentence speaks of the denied item as given: same class, a verb, nobody else's transfer."""
    words = _words(scan, span)
    names = {word.name for word in words}
    if names & _AGAINST or not names & frames:
        return False
    actors = {m.code for m in scan.matches if m.kind == "actor" and span[0] <= m.start < span[1]}
    strangers = actors - set(denied.pair) - set(denied.via) - set(teller.codes)
    shared = {item.name for item in here} & set(denied.items)
    named = actors & set(denied.pair)
    return bool(shared or (named and "accuse" in names)) and len(strangers) <= 1


def _words(scan: Scan, span: tuple[int, int]) -> list[Found]:
    return [word for word in scan.words.get("claim", ()) if span[0] <= word.start < span[1]]
