"""Claims of a text.

sentence with a trigger and an item ──► parties with marks ──► frame: who gives, who receives
    ──► missing party from the speaker or the rest of the text ──► status ──► claims of the text merged
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from monitor.annotate.claims.beside import alleged_beside
from monitor.annotate.claims.cues import Cues, reaching
from monitor.annotate.claims.firms import firms_state
from monitor.annotate.claims.frames import LEAST, Reading, read
from monitor.annotate.claims.marks import Marker, Span
from monitor.annotate.claims.merge import Draft, merged
from monitor.annotate.claims.missing import continues, fills, home_made, only_says, speaking_state
from monitor.annotate.claims.moods import first_person
from monitor.annotate.claims.pairs import paired
from monitor.annotate.claims.reports import denies_report, mediums_own
from monitor.annotate.claims.sentences import Sentence, SentenceReader, is_aside
from monitor.annotate.claims.things import about_else, carried, classes, in_use, near, quantity
from monitor.annotate.gazetteer import CompiledGazetteer
from monitor.annotate.scan import Scan
from monitor.annotate.speakers import Source
from monitor.annotate.status import is_party, judge, speaker_of
from monitor.types.annotations import Claim
from monitor.types.rules import ClaimRules

_LOW, _HIGH = 0.3, 0.95
_GIVES = frozenset({"give", "given", "give-noun", "move"})
_SUBJECTS = frozenset({"subject", "inverted", "direct"})
_THIRD = frozenset({"other", "think-tank"})
"""Sources that are never a party: where intelligence or researchers are named, they vouch for what is said."""


class ClaimFinder:
    """Finds claims by `rules` in scans made with `gazetteer`."""

    def __init__(self, rules: ClaimRules, gazetteer: CompiledGazetteer) -> None:
        self.rules = rules
        self._gazetteer = gazetteer
        self._frames = frozenset(rules.frames)
        self._sentences = SentenceReader(rules.frames, gazetteer)
        self._markers = {code: Marker(language, gazetteer) for code, language in rules.languages.items()}

    def possible(self, scan: Scan) -> bool:
        """Whether the text has what a claim needs: an item, an actor, a word of transfer."""
        if scan.language not in self._markers:
            return False
        kinds = {match.kind for match in scan.matches}
        words = {word.name for word in scan.words.get("claim", ())}
        if "actor" not in kinds or not (kinds & {"item", "weapon"} or "arm" in words):
            return False
        return not words.isdisjoint(self._frames)

    def find(self, scan: Scan, sources: Sequence[Source]) -> tuple[Claim, ...]:
        """The claims of the text, in its order."""
        marker = self._markers[scan.language]
        drafts: list[Draft] = []
        waiting: list[tuple[Sentence, Span, Cues, Reading]] = []
        for sentence in self._sentences.read(scan, sources, marker):
            for trigger, reading in paired(list(self._readings(sentence, marker, scan)), sentence, scan.text):
                cues = reaching(trigger, sentence.cues, sentence.breaks, scan.text, scan.language)
                draft = self._draft(scan, sentence, trigger, cues, reading, marker, sources, drafts)
                if draft is None:
                    waiting.append((sentence, trigger, cues, reading))
                    continue
                drafts.append(draft)
                if draft.status == "denied" and denies_report(sentence, trigger, cues, scan.language):
                    drafts.append(replace(draft, status="alleged", attributed=True))
        for sentence, trigger, cues, reading in waiting:
            completed = self._completed(scan, sentence, trigger, cues, reading, drafts)
            if completed is not None:
                drafts.append(completed)
        told = alleged_beside(scan, drafts, self._sentences.items(scan), sources, self._frames)
        drafts.extend([told] if told is not None else [])
        return tuple(self._claim(scan, draft) for draft in merged(drafts))

    def _readings(self, sentence: Sentence, marker: Marker, scan: Scan) -> Iterator[tuple[Span, Reading]]:
        """The reading of each trigger; of a word with two senses (تسلم) the heavier one."""
        best: dict[tuple[int, int], tuple[Span, Reading]] = {}
        for trigger in sentence.triggers:
            reading = self._read(trigger, sentence, marker, scan)
            place = (trigger.start, trigger.end)
            if place not in best or reading.weight > best[place][1].weight:
                best[place] = (trigger, reading)
        yield from best.values()

    def _read(self, trigger: Span, sentence: Sentence, marker: Marker, scan: Scan) -> Reading:
        spoken = [source for source in sentence.sources if source.rule]
        speakers = [(s.start, s.end) for s in spoken if s.office or s.rule != "shapes/heading"]
        frame = self.rules.frames[trigger.name]
        if first_person(scan.text[trigger.start : trigger.end], scan.language):
            frame = {
                role: {m: w for m, w in marks.items() if m not in _SUBJECTS} for role, marks in frame.items()
            }
        return read(trigger, sentence.parties, frame, sentence.breaks, speakers, sentence.triggers)

    def _draft(
        self,
        scan: Scan,
        sentence: Sentence,
        trigger: Span,
        cues: Cues,
        reading: Reading,
        marker: Marker,
        sources: Sequence[Source],
        told: Sequence[Draft],
    ) -> Draft | None:
        """What the trigger claims, if both parties are known; `told` is what the text has claimed before."""
        items = self._items(scan, sentence, trigger, cues, reading)
        ours = bool(cues.negation and sentence.selves)
        if about_else(trigger, items, sentence.matters):
            return None
        if trigger.name == "given" and in_use(items, sentence.triggers, sentence.cues, scan.text):
            return None
        if not items or (trigger.name == "move" and reading.weight_supplier < LEAST and not ours):
            return None
        reading = only_says(reading, sentence, trigger)
        supplier = reading.supplier.code if reading.supplier else ""
        recipient = reading.recipient.code if reading.recipient else ""
        filled = False
        firms = trigger.name in _GIVES and firms_state(scan, sentence.span, trigger, self._gazetteer)
        if firms and recipient and not supplier and firms != recipient:
            supplier, filled = firms, True
            if any(word.name == "accuse" for word in scan.words.get("claim", ())):
                cues = replace(cues, accuse=cues.accuse or trigger)
        elif bool(supplier) != bool(recipient):
            speaker = speaking_state(scan, sentence, trigger, cues, sources, supplier or recipient)
            speaker = _told_of(sentence, cues, told, supplier, recipient) or speaker
            if (
                speaker
                and speaker not in (supplier, recipient)
                and (
                    fills(trigger, cues, sentence, bool(supplier), marker)
                    or (not supplier and home_made(scan, sentence))
                )
            ):
                supplier, recipient, filled = supplier or speaker, recipient or speaker, True
        if not supplier or not recipient or supplier == recipient:
            return None
        return self._made(scan, sentence, trigger, cues, reading, (supplier, recipient), items, filled)

    def _items(
        self, scan: Scan, sentence: Sentence, trigger: Span, cues: Cues, reading: Reading
    ) -> Sequence[Span]:
        """Items of the trigger; those of the next sentence that has any, where it only says "a consignment"."""
        items = near(trigger, sentence.items, sentence.breaks, scan.text)
        if items or sentence.items or _known(reading) is None:
            return items
        if trigger.name == "arm":
            return [Span("unspecified-arms", trigger.start, trigger.end)]
        if not (sentence.generic or cues.deny or cues.negation or cues.refuse):
            return items
        return carried(self._sentences.items(scan), sentence.span, scan.sentence)

    def _made(
        self,
        scan: Scan,
        sentence: Sentence,
        trigger: Span,
        cues: Cues,
        reading: Reading,
        pair: tuple[str, str],
        items: Sequence[Span],
        filled: bool,
    ) -> Draft | None:
        speaking = [source for source in sentence.sources if source.rule or source.kind in _THIRD]
        if is_aside(scan.text, sentence, trigger):
            speaking = [source for source in speaking if source.kind == "official"]
            cues = replace(cues, hearsay=None)
        status = judge(cues, pair, speaking, ours=bool(sentence.selves))
        if (
            status == "alleged"
            and cues.plan is not None
            and (cues.hearsay is None or mediums_own(cues.hearsay, sentence))
            and cues.accuse is None
            and (acting := _acting(sentence, pair[0], trigger))
        ):
            status = "announced"  # a medium may carry it, but an office of the supplier does it
            speaking = [*acting, *speaking]
        if status is None:
            return None
        if (
            status == "denied"
            and filled
            and cues.deny is None
            and trigger.name == "receive"
            and reading.supplier is None
        ):
            status = "refused"  # "Kyiv will get none", says who would have to give
        parties = [party for party in (reading.supplier, reading.recipient) if party]
        spans = [
            (trigger.start, trigger.end),
            *((p.start, p.end) for p in parties),
            *((i.start, i.end) for i in items if sentence.span[0] <= i.start < sentence.span[1]),
        ]
        cue = cues.deny or cues.negation or cues.refuse
        if cue and status in ("denied", "refused"):
            spans.append((cue.start, cue.end))
        number = quantity(scan.text, sentence.span, items, scan.language)
        weight = (
            0.35 + 0.09 * (reading.weight_supplier + reading.weight_recipient) - (0.15 if filled else 0.0)
        )
        via = {p.code for p in sentence.parties if "via" in p.marks} - set(pair)
        return Draft(
            pair=pair,
            via=tuple(sorted(via)) if status != "denied" else (),
            items=classes(items),
            status=status,
            said_by_party=any(is_party(source, pair) for source in speaking),
            attributed=bool(speaking) or cues.hearsay is not None or cues.accuse is not None,
            speaker=speaker_of(pair, speaking),
            start=min(low for low, _ in spans),
            end=max(high for _, high in spans),
            sentence=sentence.span,
            in_title=sentence.span[0] < scan.shift,
            rule=f"{scan.language}/{trigger.name}",
            confidence=round(max(_LOW, min(_HIGH, weight)), 2),
            quantity=number,
            period=_period(scan.text[slice(*sentence.span)]),
            referring=bool(items) and all(_within(item, sentence.generic) for item in items),
        )

    def _completed(
        self,
        scan: Scan,
        sentence: Sentence,
        trigger: Span,
        cues: Cues,
        reading: Reading,
        drafts: Sequence[Draft],
    ) -> Draft | None:
        """A denial or allegation that leaves out what the text has said before: the one transfer it can mean."""
        pairs = dict.fromkeys(draft.pair for draft in drafts if draft.status != "refused")
        named = {party.code for party in (reading.supplier, reading.recipient) if party}
        pair = (
            _known(reading)
            if _known(reading) in pairs
            else next(iter(pairs), None)
            if len(pairs) == 1
            else None
        )
        if pair is None or not named <= set(pair):
            return None
        said = [source for source in sentence.sources if source.rule]
        spoken = {code for source in sentence.sources if source.kind == "official" for code in source.codes}
        items = near(trigger, sentence.items, sentence.breaks, scan.text)
        before = tuple(name for draft in drafts if draft.pair == pair for name in draft.items)
        shared = set(classes(items)) & set(before)
        linked = named or spoken & set(pair) or sentence.generic or sentence.selves
        if cues.deny or cues.negation:
            fits = bool(linked) and bool(items or sentence.generic or cues.deny)
        elif continues(sentence, trigger, reading):
            fits = bool(items)
        else:
            third = cues.hearsay is not None or any(
                source.kind != "official" or (source.codes and not set(source.codes) & set(pair))
                for source in said
            )
            fits = third and bool((named and (items or sentence.generic)) or (said and shared))
        draft = self._made(scan, sentence, trigger, cues, reading, pair, items, True) if fits else None
        said_on = continues(sentence, trigger, reading) and bool(items)
        if draft is None or not (said_on or draft.status in ("denied", "refused", "alleged")):
            return None
        return draft if items else replace(draft, items=next(d.items for d in drafts if d.pair == pair))

    def _claim(self, scan: Scan, draft: Draft) -> Claim:
        start, end = _trimmed(scan.text, *_words(scan.text, draft.sentence, draft.start, draft.end))
        place, first, last = scan.place(start, end)
        number = draft.quantity
        return Claim(
            supplier=(draft.pair[0],),
            recipient=(draft.pair[1],),
            items=draft.items,
            status=draft.status,
            evidence=scan.text[start:end],
            field=place,
            start_char=first,
            end_char=last,
            rule=draft.rule,
            confidence=draft.confidence,
            via=draft.via,
            quantity_min=number.minimum if number and number.bound != "at-most" else None,
            quantity_max=number.maximum if number and number.bound != "at-least" else None,
            unit="piece" if number else "",
            period=draft.period,
            speaker=draft.speaker,
        )


def _acting(sentence: Sentence, code: str, trigger: Span) -> list[Source]:
    """The offices of `code` that stand before the trigger as those that approve or sign."""
    return [
        source
        for source in sentence.sources
        if source.office
        and source.kind == "official"
        and code in source.codes
        and source.end <= trigger.start
    ]


def _within(item: Span, wider: Sequence[Span]) -> bool:
    return any(span.start <= item.start and item.end <= span.end for span in wider)


def _told_of(sentence: Sentence, cues: Cues, told: Sequence[Draft], supplier: str, recipient: str) -> str:
    """The other party of the one transfer that the text has told of, where a denial names but one and no speaker."""
    if not (cues.deny or cues.negation):
        return ""
    if any(source.rule and source.codes and source.kind == "official" for source in sentence.sources):
        return ""
    pairs = {draft.pair for draft in told if draft.pair[0] == supplier or draft.pair[1] == recipient}
    if len(pairs) != 1:
        return ""
    giver, taker = pairs.pop()
    return taker if supplier else giver


def _known(reading: Reading) -> tuple[str, str] | None:
    """Supplier and recipient where the sentence names both."""
    if reading.supplier is None or reading.recipient is None:
        return None
    return reading.supplier.code, reading.recipient.code


def _period(sentence: str) -> str:
    """The years that a sentence names, the only period that rules read safely."""
    years = re.findall(r"(?<![\d.,])(?:19|20)\d\d(?![\d.,]\d|\d)", sentence)
    return "/".join(dict.fromkeys(years[:2]))


def _words(text: str, sentence: tuple[int, int], start: int, end: int) -> tuple[int, int]:
    """The span widened to whole words."""
    low, high = sentence
    while start > low and text[start - 1].isalnum() and text[start - 1].isascii() == text[start].isascii():
        start -= 1
    while end < high and text[end].isalnum():
        end += 1
    return start, min(end, high)


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end
