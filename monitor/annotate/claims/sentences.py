"""Sentences of a text with all that bears on claims in them: triggers, items, parties, cues, sources."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from monitor.annotate.claims.accused import told_apart
from monitor.annotate.claims.frames import Breaks
from monitor.annotate.claims.marks import Marker, Party, Span
from monitor.annotate.claims.moods import noun_instead
from monitor.annotate.gazetteer import CompiledGazetteer
from monitor.annotate.scan import Found, Scan, longest
from monitor.annotate.speakers import Source

_COMMA = re.compile(r"[,，،、](?!\d)")
_STRONG = re.compile(r"[;；؛]|[:：](?!//)|[\s*_][—–][\s*_]|\)|\(")
_ASIDE = re.compile(r"(?<=\])\(\S*?\)|https?://\S+|\([^()\n]{1,120}\)|（[^（）\n]{1,60}）")
"""Addresses of links as Telegram's clients write them out, and brackets."""
_RELATIVE = re.compile(
    r",\s*(?:which|who|qui|que|der|die|das|котор\w+|який|яка|яке|які|получивш\w+|отрима\w+)\s", re.IGNORECASE
)
_KOREAN_SUBJECT = re.compile(r"(?<![가-힣])[가-힣]{2,}(?:이|가)(?= )")
_NOT_CUES = frozenset({"head", "others", "self", "pronoun", "generic", "contrast", "matter"})
_IDIOM = "idiom"
_BACK, _LISTED = 250, 70
"""Characters back to the items that "the consignment" may be, and within which they are listed together."""
_SPEECH = 32
"""So far from a medium may stand the verb with which it is quoted."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence with all that bears on claims in it."""

    span: tuple[int, int]
    triggers: Sequence[Span]
    items: Sequence[Span]
    parties: Sequence[Party]
    cues: Sequence[Span]
    selves: Sequence[Span]
    pronouns: Sequence[Span]
    generic: Sequence[Span]
    matters: Sequence[Span]
    others: Sequence[Span]
    sources: Sequence[Source]
    breaks: Breaks


class SentenceReader:
    """Finds the sentences of a scan that may claim something; `frames` are the names of triggers."""

    def __init__(self, frames: Collection[str], gazetteer: CompiledGazetteer) -> None:
        self._frames = frozenset(frames)
        self._gazetteer = gazetteer

    def read(self, scan: Scan, sources: Sequence[Source], marker: Marker) -> Iterator[Sentence]:
        """Sentences with a trigger, in the order of the text."""
        words = _literal(scan.words.get("claim", []))
        words = [
            word
            for word in words
            if word.name not in self._frames
            or not (_quotes(word, scan, sources) or noun_instead(scan.text, word, scan.language))
        ]
        frames = [word for word in words if word.name in self._frames]
        items = self.items(scan)
        for span in dict.fromkeys(scan.sentence(frame.start) for frame in frames):
            low, high = span
            within = [word for word in words if low <= word.start < high]
            here = [item for item in items if low <= item.start < high]
            here = here or _said_before(within, items, low)
            triggers = _triggers([word for word in within if word.name in self._frames], scan)
            yield self._sentence(scan, span, within, here, triggers, sources, marker)

    def _sentence(
        self,
        scan: Scan,
        span: tuple[int, int],
        words: Sequence[Found],
        items: Sequence[Span],
        triggers: Sequence[Span],
        sources: Sequence[Source],
        marker: Marker,
    ) -> Sentence:
        low, high = span
        others = [word for word in words if word.name not in self._frames and not _in_a_name(word, scan)]
        spans = {(word.start, word.end) for word in words if word.name in self._frames}
        others = [word for word in others if word.name != "negation" or (word.start, word.end) not in spans]
        cues = _uncovered([_span(word) for word in others if word.name not in _NOT_CUES])
        parties = marker.parties(scan, span, items, triggers)
        speaking = [source for source in sources if low <= source.start < high]
        parties = [_of_office(party, speaking) for party in parties]
        accusations = [cue for cue in cues if cue.name == "accuse"]
        if accusations and triggers:
            parties = told_apart(parties, accusations, triggers, scan.text, scan.language)

        def named(name: str) -> list[Span]:
            return [_span(word) for word in others if word.name == name]

        return Sentence(
            span=span,
            triggers=triggers,
            items=items,
            parties=parties,
            cues=cues,
            selves=named("self"),
            pronouns=named("pronoun"),
            generic=named("generic"),
            matters=named("matter"),
            others=[*named("others"), *(_subjects(scan, span, others) if scan.language == "ko" else ())],
            sources=speaking,
            breaks=_breaks(scan.text, span, named("contrast")),
        )

    def items(self, scan: Scan) -> list[Span]:
        """Nouns and weapons of the text, by class, in its order."""
        found = []
        for match in scan.matches:
            if match.kind in ("item", "weapon"):
                weapon = match.kind == "weapon"
                name = self._gazetteer.item_class("weapon", match.code) if weapon else match.code
                found.append(Span(name, match.start, match.end))
        return found


def _said_before(words: Sequence[Found], items: Sequence[Span], low: int) -> list[Span]:
    """What "the consignment" of a sentence without an item is: the items of the last sentence that named any."""
    stands = next((word for word in words if word.name == "generic"), None)
    before = [item for item in items if item.end <= low and low - item.end <= _BACK]
    if stands is None or not before:
        return []
    last = [item for item in before if before[-1].start - item.start <= _LISTED]
    return [Span(item.name, stands.start, stands.end) for item in last]


def _of_office(party: Party, sources: Sequence[Source]) -> Party:
    """A party that an office is of is no dative, though its case may look like one (глава МИД Турции)."""
    if "dative" not in party.marks or "of" not in party.marks:
        return party
    inside = any(source.office and source.start < party.start < source.end for source in sources)
    return replace(party, marks=party.marks - {"dative"}) if inside else party


def _subjects(scan: Scan, span: tuple[int, int], words: Sequence[Found]) -> Iterator[Span]:
    """Korean subjects (이, 가) that are no party of this sentence: who names them with 은 or 는 before only speaks."""
    known = [(match.start, match.end) for match in scan.matches]
    known += [(word.start, word.end) for word in words if word.name in ("head", "self")]
    for found in _KOREAN_SUBJECT.finditer(scan.text, *span):
        if not any(start < found.end() and found.start() < end for start, end in known):
            yield Span("others", found.start(), found.end())


def _literal(words: Sequence[Found]) -> list[Found]:
    """Words without those within an idiom: to give an answer is no gift, речь идёт о is no march."""
    idioms = [word for word in words if word.name == _IDIOM]
    return [
        word
        for word in words
        if word.name != _IDIOM
        and not any(
            idiom.start <= word.start
            and word.end <= idiom.end
            and word.end - word.start < idiom.end - idiom.start
            for idiom in idioms
        )
    ]


def _quotes(word: Found, scan: Scan, sources: Sequence[Source]) -> bool:
    """Whether a word of transfer is the verb with which a medium is quoted (передаёт Reuters, نقلت رويترز)."""
    if not any(cue.start < word.end and word.start < cue.end for cue in _speech(scan)):
        return False
    return any(
        source.kind == "media"
        and source.rule
        and 0 <= max(source.start - word.end, word.start - source.end) <= _SPEECH
        and not re.search(r"[.;\n]", scan.text[min(word.end, source.end) : max(word.start, source.start)])
        for source in sources
    )


def _speech(scan: Scan) -> list[Found]:
    return [*scan.words.get("before", ()), *scan.words.get("after", ())]


def is_aside(text: str, sentence: Sentence, trigger: Span) -> bool:
    """Whether the trigger stands in a relative clause between commas, which tells what is known beside the news."""
    low, high = sentence.span
    opening = text.rfind(",", low, trigger.start)
    return (
        opening >= 0 and _RELATIVE.match(text, opening) is not None and text.find(",", trigger.end, high) >= 0
    )


def _triggers(words: Sequence[Found], scan: Scan) -> list[Span]:
    """Words of transfer, the longest where they overlap, none inside a name or an item.

    Chinese does not part words: of a longer name and a word that begins in it (胡塞武装|运送) the name is read.
    """
    taken = [(match.start, match.end, match.kind) for match in scan.matches]
    free = [
        word
        for word in words
        if not any(
            (low <= word.start and word.end <= high and not (kind == "item" and word.name == "give-noun"))
            or (low < word.start < high < word.end and high - low > word.end - word.start)
            for low, high, kind in taken
        )
    ]
    chosen = {(word.start, word.end) for word in longest(free)}
    return [_span(word) for word in free if (word.start, word.end) in chosen]


def _in_a_name(word: Found, scan: Scan) -> bool:
    return any(match.start <= word.start and word.end <= match.end for match in scan.matches)


def _uncovered(cues: Sequence[Span]) -> list[Span]:
    """Cues without those inside a longer one: "would not sell" is a refusal, no hypothesis and no negation."""
    return [
        cue
        for cue in cues
        if not any(
            other.start <= cue.start
            and cue.end <= other.end
            and other.end - other.start > cue.end - cue.start
            for other in cues
        )
    ]


def _span(word: Found) -> Span:
    return Span(word.name, word.start, word.end)


def _breaks(text: str, span: tuple[int, int], contrasts: Iterable[Span]) -> Breaks:
    low, high = span
    commas = [found.start() for found in _COMMA.finditer(text, low, high)]
    asides = [found.span() for found in _ASIDE.finditer(text, low, high)]
    edges = {edge for start, end in asides for edge in (start, end - 1)}
    strong = [found.start() for found in _STRONG.finditer(text, low, high) if found.start() not in edges]
    return Breaks(commas, sorted([*strong, *(word.start for word in contrasts)]), asides)
