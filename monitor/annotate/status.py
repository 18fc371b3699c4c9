"""The status of a claim: what the words around a frame say, and who says it (gold/GUIDELINES.md).

silence: none ──► denial? ──► refusal? ──► negated? ──► hypothesis: no claim ──► a third party says so?
    ──► planned? ──► confirmed
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


def judge(
    cues: Cues, parties: Collection[str], sources: Sequence[Source], *, ours: bool = False
) -> Status | None:
    """The status of a transfer between `parties`, None where the words claim nothing.

    `ours`: the words are those of a party ("we have sold none"), whoever carries them.
    """
    if cues.silence is not None:
        return None  # neither confirmed nor denied
    if cues.deny is not None or cues.refuse is not None:
        return "denied" if cues.deny is not None else _refused(cues)
    if cues.permission is not None or (cues.hypothesis is not None and cues.negation is None):
        return None
    if cues.negation is not None:
        return _negated(cues, () if ours else sources)
    if hearsay(cues, parties, sources):
        return "alleged"
    return "announced" if cues.plan is not None else "confirmed"


def _refused(cues: Cues) -> Status | None:
    """What somebody calls on another to stop is no refusal."""
    return None if cues.refuse is None or _after(cues.refuse, cues.hypothesis) else "refused"


def _negated(cues: Cues, sources: Sequence[Source]) -> Status | None:
    """A plan that is negated is refused, what somebody asks not to do is no claim ("asked Ottawa not to deliver").

    Where only media or experts say that something is not delivered, no party denies it: it is held back.
    """
    if cues.negation is None or _after(cues.negation, cues.hypothesis):
        return None
    told = bool(sources) and all(source.kind != "official" for source in sources)
    return "refused" if cues.plan is not None or told else "denied"


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
