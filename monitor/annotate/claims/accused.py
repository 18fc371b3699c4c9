"""Who accuses whom: the accuser (or who imposes sanctions) is no party of the transfer, the accused gives or takes.

cue of accusation ──► passive? ──► accuser by the order of the language: left out ──► accused: marked as subject
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from monitor.annotate.claims.marks import Party, Span

_SUBJECT = frozenset({"subject"})
_ACTS = frozenset({"bare", "subject", "second"})
_NEAR = 3
_PASSIVE = re.compile(
    r"(?:\b(?:was|were|been|is|are|being|été|est|sont|fue|fueron|sido|es|son|wurde|wurden|wird|ist|был|была|были)"
    r"\s(?:\w+\s)?|被)$",
    re.IGNORECASE,
)


def told_apart(
    parties: Sequence[Party], accusations: Sequence[Span], triggers: Sequence[Span], text: str, language: str
) -> list[Party]:
    """`parties` without the accuser, the accused as subject, whatever preposition it stands with.

    A second cue ("sanctioned two firms accused of …") is about the same accused.
    """
    kept = list(parties)
    for cue in accusations[:1]:
        if _PASSIVE.search(text, max(0, cue.start - 16), cue.start):
            kept = [party for party in kept if not ("by" in party.marks and party.start >= cue.end)]
            continue
        accuser, accused = _pair(kept, cue, triggers, language)
        if accused is not None:
            kept = [replace(p, marks=_SUBJECT, capital=False) if p is accused else p for p in kept]
        kept = [party for party in kept if accuser is None or not _is(party, accuser, cue)]
    return kept


def _pair(
    parties: Sequence[Party], cue: Span, triggers: Sequence[Span], language: str
) -> tuple[Party | None, Party | None]:
    """Accuser and accused; None where the sentence does not name them."""
    before = [party for party in parties if party.end <= cue.start]
    after = [party for party in parties if party.start >= cue.end]
    if language == "fa":
        accused = next((party for party in before if "object" in party.marks), None)
        acting = [party for party in before if party is not accused and party.marks & _ACTS]
        return (acting[0] if acting else None), accused
    if language == "ko":
        acting = [party for party in before if "subject" in party.marks]
        late = [party for party in before if party.start >= triggers[0].end and party not in acting[:1]]
        return (acting[0] if acting else None), (late[-1] if late else None)
    if language == "ar" and after and not (before and cue.start - before[-1].end <= _NEAR):
        return after[0], (after[1] if len(after) > 1 and _first(after[1], triggers, cue) else None)
    if language == "zh":
        after = [party for party in after if "to" not in party.marks or party.start < cue.end + _NEAR]
    acting = [party for party in before if party.marks & _ACTS]
    accused = after[0] if after and (_first(after[0], triggers, cue) or cue.start > triggers[0].end) else None
    return (acting[-1] if acting else None), accused


def _is(party: Party, accuser: Party, cue: Span) -> bool:
    """Whether the party is the accuser, named once or again on the same side of the cue ("Washington: the US …")."""
    same_side = (party.start < cue.start) is (accuser.start < cue.start)
    return party is accuser or (party.code == accuser.code and same_side and party.marks != _SUBJECT)


def _first(party: Party, triggers: Sequence[Span], cue: Span) -> bool:
    """Whether the party stands between the cue and the first trigger after it."""
    later = [trigger.start for trigger in triggers if trigger.start >= cue.end]
    return bool(later) and party.end <= later[0]
