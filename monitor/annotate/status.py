"""The status of a claim: what the words around a frame say, and who says it (gold/GUIDELINES.md).

silence: no claim ──► denial? ──► refusal? ──► negated? ──► hypothesis: no claim ──► a third party says so? ──► planned? ──► confirmed
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Literal

from monitor.annotate.claims.cues import Cues
from monitor.annotate.claims.marks import Span
from monitor.annotate.speakers import Source

_CALL = 45
"""So far before "halt" may stand who is called on to."""

Status = Literal["alleged", "announced", "confirmed", "denied", "refused"]


def judge(cues: Cues, parties: Collection[str], sources: Sequence[Source]) -> Status | None:
    """The status of a transfer between `parties`, None where the words claim nothing."""
    if cues.silence is not None:
        return None  # neither confirmed nor denied
    if cues.deny is not None:
        return "denied"
    if cues.refuse is not None:
        return None if _after(cues.refuse, cues.hypothesis) else "refused"
    if cues.permission is not None or (cues.hypothesis is not None and cues.negation is None):
        return None
    if cues.negation is not None:
        status = _negated(cues)
        told = sources and all(source.kind != "official" for source in sources)
        return "refused" if status == "denied" and told else status  # no party says so: it is not done
    if hearsay(cues, parties, sources):
        return "alleged"
    return "announced" if cues.plan is not None else "confirmed"


def _negated(cues: Cues) -> Status | None:
    """A plan that is negated is refused, what somebody asks not to do is no claim ("asked Ottawa not to deliver")."""
    if cues.negation is None or _after(cues.negation, cues.hypothesis):
        return None
    return "refused" if cues.plan is not None else "denied"


def _after(cue: Span, call: Span | None) -> bool:
    """Whether `cue` is what somebody calls for."""
    return call is not None and 0 <= cue.start - call.end <= _CALL


def hearsay(cues: Cues, parties: Collection[str], sources: Sequence[Source]) -> bool:
    """Whether somebody other than supplier and recipient says so, and neither of them does."""
    rumour = cues.hearsay is not None or cues.accuse is not None
    if any(is_party(source, parties) for source in sources):
        return rumour and any(not is_party(source, parties) for source in sources)
    return rumour or bool(sources)


def is_party(source: Source, parties: Collection[str]) -> bool:
    """Whether `source` speaks for supplier or recipient; an office of no named state is taken to."""
    if source.kind != "official":
        return False
    if not source.codes:
        return not source.vague
    return any(code in parties for code in source.codes)


def speaker_of(parties: Collection[str], sources: Sequence[Source]) -> str:
    """The English name of who says so: a party before others, then whoever is named."""
    for source in sources:
        if is_party(source, parties):
            return source.name
    return sources[0].name if sources else ""
