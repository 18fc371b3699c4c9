"""A party that a sentence leaves out: the speaker ("it had received"), or the transfer that the text has told of."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from monitor.annotate.claims.cues import VERB_FINAL, Cues
from monitor.annotate.claims.frames import Reading
from monitor.annotate.claims.marks import Marker, Span
from monitor.annotate.claims.sentences import Sentence
from monitor.annotate.scan import Scan
from monitor.annotate.speakers import Source

_DIRECT = frozenset({"give", "give-noun", "given", "move", "arm"})
_HEADING = "shapes/heading"
_QUOTE = re.compile(r"[«»\"“”„‘「]")
_PRONOUN, _PRONOUN_FINAL = 12, 40
_ARTICLES = (" a ", "“a ", '"a ')
"""Before a capital an article makes it an attribute ("a Washington invention")."""
_TOPIC = re.compile("[;；؛]")
"""What parts the place that a headline is about from who speaks there."""
_HOME_MADE = re.compile(
    r"(?<!\w)국산|국내산|(?<!中)国产|國產|\b(?:domestically|locally|home)[ -](?:made|built|produced|manufactured)\b"
    r"|\bотечественн|\bвітчизнян|\bfabrication nationale\b|\b(?:producción|fabricación) nacional\b|\bheimisch"
    r"|محلية الصنع|ساخت داخل|تولید داخل",
    re.IGNORECASE,
)
_OPENING = 4
"""So far into a headline, past an article or quotation mark, its subject may begin."""


def fills(trigger: Span, cues: Cues, sentence: Sentence, has_supplier: bool, marker: Marker) -> bool:
    """Whether the speaker may be the party that is not named: "it had received", denials, no pronoun needed."""
    if cues.deny or cues.negation or cues.refuse:
        return True
    fits = has_supplier != (trigger.name in _DIRECT)
    reach = _PRONOUN_FINAL if "final" in marker.style else _PRONOUN
    to_whom = any(
        max(word.start - trigger.end, trigger.start - word.end) <= reach for word in sentence.pronouns
    )
    if has_supplier and trigger.name == "give" and to_whom:
        return True
    pronoun = any(abs(word.start - trigger.start) < 80 for word in sentence.selves)
    official = any(source.rule and source.kind == "official" for source in sentence.sources)
    if trigger.name == "move":
        return has_supplier and any(source.rule == _HEADING and source.codes for source in sentence.sources)
    if trigger.name == "given":
        return has_supplier and official
    told = trigger.name.endswith("-noun") and any(
        source.rule
        and source.kind == "official"
        and ("final" in marker.style or source.start < trigger.start)
        for source in sentence.sources
    )
    verbal = not trigger.name.endswith("-noun") and ("prodrop" in marker.style or cues.plan is not None)
    dropped = pronoun or told or verbal
    return fits and trigger.name != "move" and dropped


def home_made(scan: Scan, sentence: Sentence) -> bool:
    """Whether an office of a state speaks of what its own industry makes (국산, 国产): that state supplies it."""
    speaks = any(s.rule and s.office and s.codes and s.kind == "official" for s in sentence.sources)
    return speaks and _HOME_MADE.search(scan.text, *sentence.span) is not None


def continues(sentence: Sentence, trigger: Span, reading: Reading) -> bool:
    """Whether an office of no named state goes on about a transfer to somebody: its state has given before."""
    if trigger.name not in ("give", "give-noun", "given") or reading.supplier or not reading.recipient:
        return False
    official = [source for source in sentence.sources if source.kind == "official" and source.office]
    low = sentence.span[0]
    return any(not source.codes and (source.rule or source.start - low <= _OPENING) for source in official)


def only_says(reading: Reading, sentence: Sentence, trigger: Span) -> Reading:
    """`reading` without a party that only speaks, where somebody else acts ("Washington says the firms sent …")."""
    party = reading.supplier if trigger.name in _DIRECT else reading.recipient
    if party is None or not _other_acts(sentence, party.end, trigger):
        return reading
    if not any(s.rule and s.start <= party.start < s.end for s in sentence.sources):
        return reading
    return (
        replace(reading, supplier=None, weight_supplier=0.0)
        if party is reading.supplier
        else replace(reading, recipient=None, weight_recipient=0.0)
    )


def _other_acts(sentence: Sentence, start: int, trigger: Span) -> bool:
    return any(start <= word.start < trigger.start for word in sentence.others)


def speaking_state(
    scan: Scan, sentence: Sentence, trigger: Span, cues: Cues, sources: Sequence[Source], known: str
) -> str:
    """The state or group that speaks: a cited office, the subject of a denial, or who spoke last.

    `known` is the party that the sentence names: who denies must be the other one.
    """
    official = [source for source in sentence.sources if source.kind == "official"]
    if any(source.rule and _other_acts(sentence, source.end, trigger) for source in official):
        return ""
    said = [source for source in official if source.rule and source.codes]
    same = _named_before(sources, official)
    if said or (same and same != known):
        return said[0].codes[0] if said else same
    homes = [source.home for source in official if source.home and (source.rule or cues.refuse or cues.deny)]
    heading = [s for s in sources if s.rule == _HEADING and s.codes and s.end <= trigger.start]
    if homes and heading:
        return heading[-1].codes[0]
    if homes and not any(source.codes for source in official if source.rule):
        return homes[0] if homes[0] not in {party.code for party in sentence.parties} else ""
    denier = _denier(scan, official, cues, known) or _of_headline(scan, sources, official, cues, known)
    if denier or any(source.rule and source.kind != "official" for source in sentence.sources):
        return denier
    return _spoke_before(scan.text, sentence, trigger, cues, sources, official)


def _denier(scan: Scan, official: Sequence[Source], cues: Cues, known: str) -> str:
    """The state nearest to a word of denial or refusal, other than `known`."""
    cue = cues.deny or cues.refuse
    if cue is None:
        return ""
    named = [source for source in official if source.codes and source.codes[0] != known]
    late = scan.language in (*VERB_FINAL, "ar")
    close = [source for source in named if source.end <= cue.start or late]
    close = [
        source
        for source in close
        if not scan.text.endswith(_ARTICLES, 0, source.start)
        and not _TOPIC.search(scan.text, source.end, max(source.end, cue.start))
    ]
    return min(close, key=lambda source: abs(cue.start - source.end)).codes[0] if close else ""


def _of_headline(
    scan: Scan, sources: Sequence[Source], official: Sequence[Source], cues: Cues, known: str
) -> str:
    """The state that opens the headline, where an office of none refuses or denies ("Spain holds back …")."""
    nameless = any(source.office and not source.codes for source in official)
    if not (nameless and (cues.deny or cues.refuse)) or any(
        source.codes for source in official if source.office
    ):
        return ""
    opening = [source for source in sources if source.codes and source.end <= scan.shift]
    first = opening[0] if opening else None
    return first.codes[0] if first and first.start <= _OPENING and first.codes[0] != known else ""


def _spoke_before(
    text: str,
    sentence: Sentence,
    trigger: Span,
    cues: Cues,
    sources: Sequence[Source],
    official: Sequence[Source],
) -> str:
    """The state that spoke last before the trigger, where the sentence goes on in its name."""
    quoted = any(source.rule for source in official) or bool(sentence.selves)
    if cues.negation is not None and not quoted:
        nominal = trigger.name not in ("give", "receive", "arm")
        quoted = nominal or bool(official) or _QUOTE.search(text, *sentence.span) is not None
    earlier = [
        source
        for source in sources
        if source.codes and source.kind == "official" and source.end <= trigger.start
    ]
    spoke = [source for source in earlier if source.office or source.rule]
    if quoted and spoke:
        return spoke[-1].codes[0]
    parties = {party.code for party in sentence.parties}
    others = [source for source in earlier if source.codes[0] not in parties]
    return others[-1].codes[0] if others and (cues.negation or cues.refuse) and official else ""


def _named_before(sources: Sequence[Source], official: Sequence[Source]) -> str:
    """The state of the last office named, where the sentence has an office of none ("the ministry's spokesperson")."""
    nameless = [source for source in official if source.rule and source.office and not source.codes]
    if not nameless or any(source.codes and source.rule for source in official):
        return ""
    for source in reversed([one for one in sources if one.end <= nameless[0].start]):
        if source.kind != "official" or not source.office:
            continue
        if source.codes or source.label != nameless[0].label:
            return source.codes[0] if source.codes else ""  # another office of none stands between
    return ""
