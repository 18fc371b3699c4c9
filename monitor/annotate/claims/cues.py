"""Words that change what a frame claims, with their reach: negation, silence, refusal, denial, plan, hearsay …"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from monitor.annotate.claims.frames import Breaks
from monitor.annotate.claims.marks import Span
from monitor.annotate.claims.moods import dependent, future, negated, used_up

_REACH_BEFORE = {
    "negation": 55,
    "silence": 90,
    "refuse": 90,
    "deny": 170,
    "plan": 90,
    "announce": 90,
    "hypothesis": 80,
    "hearsay": 170,
    "accuse": 170,
    "permission": 40,
    "aspect": 40,
    "reject": 120,
}
_AUXILIARY = re.compile(r"\b(?:hat|habe|haben|hatte|hatten|hätten|wurde|wurden|sei|seien)\b", re.IGNORECASE)
_FINITE = re.compile(r"\s(?:hat|habe|haben|hatte|hatten|hätten|wurde|wurden|worden)\b", re.IGNORECASE)
_GOVERN = frozenset({"refuse", "plan"})
_NEGATED_NOUN = 28
"""A noun is negated from close by ("no deliveries")."""
_NEGATED_OBJECT = 14
"""So soon after a verb a negation belongs to its object ("received no shells")."""
_VERB_SECOND = 130
"""In a German main clause "nicht" stands at the end, after all objects."""
_REACH_AFTER = {
    "negation": 0,
    "silence": 0,
    "refuse": 45,
    "deny": 170,
    "plan": 60,
    "announce": 60,
    "hypothesis": 0,
    "hearsay": 170,
    "accuse": 120,
    "permission": 30,
    "aspect": 0,
    "reject": 60,
}
_FINAL = {
    "negation": 60,
    "silence": 70,
    "refuse": 70,
    "deny": 120,
    "plan": 45,
    "announce": 70,
    "hypothesis": 45,
    "hearsay": 80,
    "accuse": 120,
    "permission": 30,
    "aspect": 40,
    "reject": 120,
}
"""Reach behind the trigger in languages whose verb ends the clause."""
_COMMAS = {
    "negation": 0,
    "silence": 0,
    "refuse": 1,
    "deny": 4,
    "plan": 1,
    "announce": 1,
    "hypothesis": 1,
    "hearsay": 4,
    "accuse": 4,
    "permission": 0,
    "aspect": 0,
    "reject": 2,
}
_OWN_CLAUSE = frozenset({"refuse"})
"""Behind the comma after a trigger this is about something else ("Oslo sends jets, Rome suspends shells")."""
VERB_FINAL = frozenset({"ko", "fa", "de", "ja"})


@dataclass(frozen=True, slots=True)
class Cues:
    """The cues that reach one trigger, each the span of the nearest, or None."""

    negation: Span | None
    silence: Span | None
    refuse: Span | None
    deny: Span | None
    plan: Span | None
    announce: Span | None
    hypothesis: Span | None
    hearsay: Span | None
    accuse: Span | None
    permission: Span | None


def reaching(trigger: Span, cues: Sequence[Span], breaks: Breaks, text: str, language: str) -> Cues:
    """The nearest cue of each kind that reaches `trigger` in its sentence.

    An infinitive or subjunctive that nothing plans, refuses or carries out is a hypothesis; not to do so is a refusal.
    Who rejects a request refuses, who rejects a report denies.
    """
    heard = [cue for cue in cues if cue.name not in _GOVERN or not used_up(text, cue, trigger, language)]
    found = {kind: _nearest(kind, trigger, heard, breaks, language) for kind in _REACH_BEFORE}
    aspect, reject = found.pop("aspect"), found.pop("reject")
    if reject is not None and found["hypothesis"] is not None:
        found["refuse"], found["hypothesis"] = found["refuse"] or reject, None
    elif reject is not None:
        found["deny"] = found["deny"] or reject
    if negated(text[trigger.start : trigger.end], language):
        found["negation"] = found["negation"] or trigger
    if found["plan"] is None and future(text[trigger.start : trigger.end], language):
        found["plan"] = trigger
    if dependent(text[trigger.start : trigger.end], language) and aspect is None:
        if found["negation"] is not None:
            found["plan"] = found["plan"] or found["negation"]
        elif not any(found[kind] for kind in ("plan", "refuse", "deny")):
            found["hypothesis"] = found["hypothesis"] or trigger
    if found["plan"] is None and language == "de" and _sells(text, trigger):
        found["plan"] = trigger
    if found["plan"] is None and trigger.name.endswith("-noun"):
        found["plan"] = found["announce"]
    return Cues(**found)


def _sells(text: str, trigger: Span) -> bool:
    """Whether "verkauft" is the present, which sells what is still to come, and no participle ("hat verkauft")."""
    if text[trigger.start : trigger.end].casefold() != "verkauft":
        return False
    low = max(text.rfind(mark, 0, trigger.start) for mark in ".!?:\n")
    clause = text[low + 1 : trigger.start]
    return _AUXILIARY.search(clause) is None and not _FINITE.match(text, trigger.end)


def _nearest(kind: str, trigger: Span, cues: Sequence[Span], breaks: Breaks, language: str) -> Span | None:
    best: tuple[int, Span] | None = None
    after = _FINAL if language in VERB_FINAL else _REACH_AFTER
    for cue in cues:
        if cue.name != kind:
            continue
        left, right = (cue.end, trigger.start) if cue.start < trigger.start else (trigger.end, cue.start)
        distance = breaks.length(left, max(left, right))
        reach = _REACH_BEFORE[kind] if cue.start <= trigger.start else after[kind]
        if kind == "negation" and cue.start <= trigger.start and trigger.name.endswith("-noun"):
            reach = _NEGATED_NOUN
        elif kind == "negation" and cue.start > trigger.start:
            reach = _VERB_SECOND if language == "de" else max(reach, _NEGATED_OBJECT)
        within = distance <= reach
        overlaps = cue.start < trigger.end and trigger.start < cue.end
        own = kind in _OWN_CLAUSE and cue.start > trigger.start and language not in VERB_FINAL
        commas = 0 if own else _COMMAS[kind]
        reaches = overlaps or (within and not breaks.parted(left, max(left, right), commas))
        if reaches and (best is None or distance < best[0]):
            best = (distance, cue)
    return best[1] if best else None
