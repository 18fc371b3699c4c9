"""Whether a denial names the report that it denies: then the text tells of an allegation too."""

from __future__ import annotations

from monitor.annotate.claims.cues import VERB_FINAL, Cues
from monitor.annotate.claims.marks import Span
from monitor.annotate.claims.sentences import Sentence

_TOLD = "told"
_BESIDE = 3


def denies_report(sentence: Sentence, trigger: Span, cues: Cues, language: str) -> bool:
    """Whether a medium's report is what is denied ("denied a Reuters report that …"), and does not carry the denial;
    or an accusation that the sentence spells out before ("accused Minsk of supplying shells, which Minsk denied").

    A medium before everything ("Reuters: Iran denies …") or behind everything ("…, Reuters reported") carries it.
    """
    if cues.deny is None:
        return False
    deny = cues.deny.start
    if cues.accuse is not None and deny > max(cues.accuse.end, trigger.end):
        return True
    media = [s for s in sentence.sources if s.kind == "media" and s.rule and s.rule != _TOLD]
    named = [party.start for party in sentence.parties]
    named += [source.start for source in sentence.sources if source.kind == "official"]
    for medium in media:
        within = medium.end <= max(deny, trigger.start) and any(start < medium.start for start in named)
        answered = language not in VERB_FINAL and medium.end <= trigger.start < deny
        if within or answered:
            return True
    return False


def mediums_own(cue: Span, sentence: Sentence) -> bool:
    """Whether `cue` is but the verb with which a medium carries what is certain ("Reuters reports that …")."""
    return any(
        source.kind == "media" and source.rule and 0 <= cue.start - source.end <= _BESIDE
        for source in sentence.sources
    )
