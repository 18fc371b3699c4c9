"""Words that change what a frame claims, with their reach: negation, refusal, denial, plan, hypothesis, hearsay."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from monitor.annotate.claims.frames import Breaks
from monitor.annotate.claims.marks import Span

_REACH_BEFORE = {"negation": 70, "refuse": 90, "deny": 170, "plan": 90, "hypothesis": 110, "hearsay": 170, "permission": 60}
_REACH_AFTER = {"negation": 0, "refuse": 45, "deny": 170, "plan": 60, "hypothesis": 0, "hearsay": 170, "permission": 60}
_FINAL = {"negation": 40, "refuse": 70, "deny": 120, "plan": 45, "hypothesis": 45, "hearsay": 80, "permission": 30}
"""Reach behind the trigger in languages whose verb ends the clause."""
_COMMAS = {"negation": 0, "refuse": 1, "deny": 4, "plan": 1, "hypothesis": 1, "hearsay": 4, "permission": 1}
VERB_FINAL = frozenset({"ko", "fa", "de", "ja"})


@dataclass(frozen=True, slots=True)
class Cues:
    """The cues that reach one trigger, each the span of the nearest, or None."""

    negation: Span | None
    refuse: Span | None
    deny: Span | None
    plan: Span | None
    hypothesis: Span | None
    hearsay: Span | None
    permission: Span | None


def reaching(trigger: Span, cues: Sequence[Span], breaks: Breaks, language: str) -> Cues:
    """The nearest cue of each kind that reaches `trigger` in its sentence."""
    return Cues(**{kind: _nearest(kind, trigger, cues, breaks, language) for kind in _REACH_BEFORE})


def _nearest(kind: str, trigger: Span, cues: Sequence[Span], breaks: Breaks, language: str) -> Span | None:
    best: tuple[int, Span] | None = None
    after = _FINAL if language in VERB_FINAL else _REACH_AFTER
    for cue in cues:
        if cue.name != kind:
            continue
        left, right = (cue.end, trigger.start) if cue.start < trigger.start else (trigger.end, cue.start)
        distance = max(0, right - left)
        within = distance <= (_REACH_BEFORE[kind] if cue.start <= trigger.start else after[kind])
        overlaps = cue.start < trigger.end and trigger.start < cue.end
        if kind == "hypothesis" and _covered(cue, cues):
            continue
        if overlaps or (within and not breaks.parted(left, max(left, right), _COMMAS[kind])):
            if best is None or distance < best[0]:
                best = (distance, cue)
    return best[1] if best else None


def _covered(cue: Span, cues: Sequence[Span]) -> bool:
    """Whether a refusal or denial holds the word: "would not" is no hypothesis."""
    return any(other.name in ("refuse", "deny") and other.start <= cue.start and cue.end <= other.end for other in cues)
