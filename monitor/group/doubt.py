"""Claims that the ledger sets aside: surer ones of the same cluster say the opposite.

    claims ─► of the cluster: other direction ─► of each entry: other direction, status, party ─► reasons

Rules err in who gives and who takes, and in what is denied. A claim that is set aside stays in `report_claims` with
its reason; what a person confirmed or corrected never is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import product

from monitor.types.ledger import Aside, LedgerClaim, LineKey

DOUBTFUL = 0.4
"""A confidence under which a claim alone is no news: in half A of the gold set 3 of 5 claims under it had their
direction right, 50 of 52 over it."""
_FAR_LESS = 0.5
"""Less sure than the other by this factor."""
_GUESSED = 0.5
"""Under this a party was mostly filled in, not read."""
_KNOWN = 3
"""Entries after which a cluster knows whom its transfer is between."""


def set_aside(claims: Sequence[LedgerClaim]) -> dict[int, Aside]:
    """The claims of one cluster that do not count, by id, with the reason."""
    support = _support(claims)
    told = _entries(claims)
    found: dict[int, Aside] = {claim.claim_id: "direction" for claim in claims if _outweighed(claim, support)}
    kept: dict[int, list[LedgerClaim]] = {}
    # the surest first: what is set aside sets nothing aside
    for claim in sorted(claims, key=lambda one: (not one.reviewed, -one.confidence, one.claim_id)):
        if claim.claim_id not in found:
            beside = kept.setdefault(claim.entry_id, [])
            reason = _contradicted(claim, beside) or _misplaced(claim, beside, told)
            if reason:
                found[claim.claim_id] = reason
            else:
                beside.append(claim)
    return found


def line_keys(claim: LedgerClaim) -> Iterable[LineKey]:
    """The lines in which a claim counts; a party that is not stated is empty."""
    for supplier, recipient, item in product(claim.supplier or ("",), claim.recipient or ("",), claim.items):
        yield LineKey(supplier=supplier, recipient=recipient, item=item)


def _contradicted(claim: LedgerClaim, beside: Sequence[LedgerClaim]) -> Aside | None:
    """By which of the surer claims of its entry a claim cannot be meant as well."""
    if claim.reviewed:
        return None
    for other in beside:
        keys = set(line_keys(other))
        surer = other.reviewed or other.confidence > claim.confidence
        if surer and any(_turned(key) in keys for key in line_keys(claim)):
            return "direction"
        same = other.status != claim.status and any(key in keys for key in line_keys(claim))
        if same and claim.confidence < _FAR_LESS * other.confidence:
            return "status"
    return None


def _misplaced(
    claim: LedgerClaim, beside: Sequence[LedgerClaim], told: Mapping[LineKey, frozenset[int]]
) -> Aside | None:
    """Whether only this entry has a guessed party where it, more surely, and the cluster have another."""
    if claim.reviewed or claim.confidence >= _GUESSED:
        return None
    known = {
        key
        for other in beside
        if other.reviewed or other.confidence >= _GUESSED
        for key in line_keys(other)
        if len(told[key]) >= _KNOWN
    }
    return (
        "party"
        if all(len(told[own]) == 1 and any(_near(own, key) for key in known) for own in line_keys(claim))
        else None
    )


def _near(one: LineKey, two: LineKey) -> bool:
    """Whether two lines are of one item and differ in one party."""
    return one.item == two.item and (one.supplier == two.supplier) != (one.recipient == two.recipient)


def _entries(claims: Iterable[LedgerClaim]) -> dict[LineKey, frozenset[int]]:
    found: dict[LineKey, set[int]] = {}
    for claim in claims:
        for key in line_keys(claim):
            found.setdefault(key, set()).add(claim.entry_id)
    return {key: frozenset(entries) for key, entries in found.items()}


def _support(claims: Iterable[LedgerClaim]) -> dict[LineKey, float]:
    """How much speaks for each line: the surest claim of each entry, a person's word as sure as can be."""
    best: dict[tuple[LineKey, int], float] = {}
    for claim in claims:
        for key in line_keys(claim):
            place = (key, claim.entry_id)
            best[place] = max(best.get(place, 0.0), 1.0 if claim.reviewed else claim.confidence)
    total: dict[LineKey, float] = {}
    for (key, _), sure in best.items():
        total[key] = total.get(key, 0.0) + sure
    return total


def _outweighed(claim: LedgerClaim, support: Mapping[LineKey, float]) -> bool:
    """Whether more than twice as much speaks for the other direction of its line."""
    return not claim.reviewed and any(
        key.supplier != key.recipient and support[key] < _FAR_LESS * support.get(_turned(key), 0.0)
        for key in line_keys(claim)
    )


def _turned(key: LineKey) -> LineKey:
    return LineKey(supplier=key.recipient, recipient=key.supplier, item=key.item)
