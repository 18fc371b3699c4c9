"""One pass over a text for everything that citations and claims look for.

    one automaton (taxonomy, gazetteer, lexicon) ──► hits ──► Scan: names of the gazetteer, words of the lexicon

The lexicon holds the outlets of the register, the cues of citations, the nouns of sources and the words of claims.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from monitor.annotate.caseforms import forms_of
from monitor.annotate.gazetteer import Case, case_fits, case_of
from monitor.annotate.matcher import Hit
from monitor.annotate.verbforms import verb_forms
from monitor.text.tokens import sentence_of, sentence_starts
from monitor.types.annotations import Field
from monitor.types.gazetteer import GazetteerMatch
from monitor.types.register import Register
from monitor.types.rules import CitationRules, ClaimRules
from monitor.types.taxonomy import TermGroup

_KOREAN_PARTICLES = ("와의 ", "과의 ", "에 ", "를 ", "을 ", "가 ", "이 ", "는 ", "은 ", "와 ", "과 ")


_SIGNED_LEFT = re.compile(r"[(（](?:[^()（）\n:.]*[/, ])?$")
_SIGNED_RIGHT = re.compile(r"(?:[/, ][^()（）\n:.]*)?[)）][.\s*_]*(?:\n|$)")
TRANSFER = frozenset({"give", "given", "give-noun", "receive", "receive-noun", "move", "arm"})
"""Frames of claims: a word of theirs is no verb of speech, though передать and نقل may be both."""


CONTRACTIONS = {"Le": ("du", "au"), "Les": ("des", "aux")}
"""French prepositions with the article of a name: un article du Soir."""


class Label(NamedTuple):
    """What a group of terms means: `kind` is its role, `name` which one of them."""

    kind: str
    name: str
    case: Case = "any"


class Found(NamedTuple):
    """A word of the lexicon at a half-open span of the text."""

    kind: str
    name: str
    start: int
    end: int


class Lexicon:
    """Groups of terms for the matcher, and what each stands for, in the same order."""

    def __init__(self, citations: CitationRules, claims: ClaimRules, register: Register) -> None:
        terms: dict[Label, dict[str, list[str]]] = {}
        for label, language, term in _all_terms(citations, claims, register):
            terms.setdefault(label, {}).setdefault(language, []).append(term)
        self.labels = tuple(terms)
        self.groups = tuple(
            TermGroup(name="/".join(label), terms={k: tuple(dict.fromkeys(v)) for k, v in listed.items()})
            for label, listed in terms.items()
        )

    def words(self, text: str, hits: Iterable[Hit], first: int) -> dict[str, list[Found]]:
        """Words of the lexicon by kind, in the order of the text; `first` is the number of its first group."""
        labels = self.labels
        found: dict[str, list[Found]] = defaultdict(list)
        for group, start, end in hits:
            if group < first:
                continue
            label = labels[group - first]
            if label.kind == "signature":
                if _signs(text, start, end):
                    found["outlet"].append(Found("outlet", label.name, start, end))
                continue
            if label.case == "any" or case_fits(text[start:end], label.case):
                found[label.kind].append(Found(label.kind, label.name, start, end))
        for listed in found.values():
            listed.sort(key=lambda word: (word.start, -word.end))
        return found


@dataclass
class Scan:
    """A text (title, gap, body) with what was found in it. `shift` is where the body begins, 0 without a title."""

    text: str
    shift: int
    language: str
    matches: tuple[GazetteerMatch, ...]
    words: Mapping[str, list[Found]]

    @cached_property
    def sentence_starts(self) -> list[int]:
        """Where sentences begin; line breaks of Telegram count."""
        return sentence_starts(self.text)

    def sentence(self, offset: int) -> tuple[int, int]:
        """The span of the sentence that holds `offset`."""
        starts = self.sentence_starts
        number = sentence_of(starts, offset)
        return starts[number], starts[number + 1] if number + 1 < len(starts) else len(self.text)

    def place(self, start: int, end: int) -> tuple[Field, int, int]:
        """A span of the whole text as field and span within it."""
        if start < self.shift:
            return "title", start, min(end, self.shift)
        return "body", start - self.shift, end - self.shift


def _signs(text: str, start: int, end: int) -> bool:
    """Whether an agency's acronym stands in small letters in the brackets that end a paragraph: (sda/afp)."""
    return (
        text[start:end].islower()
        and _SIGNED_LEFT.search(text, max(0, start - 40), start) is not None
        and _SIGNED_RIGHT.match(text, end) is not None
    )


def office_of_another(matches: Iterable[GazetteerMatch], match: GazetteerMatch) -> bool:
    """Whether an office that one state's name goes without follows the name of another (美国国务院)."""
    return match.form == "government" and any(
        0 <= match.start - other.end <= 1 and other.kind == "actor" and other.code != match.code
        for other in matches
    )


def longest(found: Iterable[Found]) -> list[Found]:
    """Of words that overlap the longest, in the order of the text."""
    kept: list[Found] = []
    taken = 0
    for word in sorted(found, key=lambda word: (word.start - word.end, word.start)):
        bits = ((1 << (word.end - word.start)) - 1) << word.start
        if not taken & bits:
            taken |= bits
            kept.append(word)
    return sorted(kept, key=lambda word: word.start)


_Terms = Iterator[tuple[Label, str, str]]


def _all_terms(citations: CitationRules, claims: ClaimRules, register: Register) -> _Terms:
    yield from _outlets(register)
    yield from _cues(citations)
    for language, words in citations.words.items():
        yield from ((Label("medium", ""), language, term) for term in words.media)
        yield from ((Label("against", ""), language, term) for term in words.against)
    for source in citations.sources:
        for language, listed in source.terms.items():
            yield from ((Label("source", source.label, case_of(term)), language, term) for term in listed)
    for language, rules in claims.languages.items():
        for name, listed in rules.words.items():
            yield from (
                (Label("claim", name), language, form) for term in listed for form in verb_forms(term)
            )


def _outlets(register: Register) -> _Terms:
    """Names of outlets, declined where the language declines names."""
    for kind, weak in (("outlet", False), ("weak outlet", True)):
        for group in register.term_groups(context=weak):
            for language, listed in group.terms.items():
                for term in listed:
                    if register.entries[group.name].kind == "agency" and case_of(term) == "upper":
                        yield Label("signature", group.name), language, term.lower()
                    for variant in forms_of(term, language) if language in ("ru", "uk", "ar") else (term,):
                        yield Label(kind, group.name, case_of(variant)), language, variant
                    if language in ("fr", "any") and term.startswith(("Le ", "Les ")):
                        article, _, bare = term.partition(" ")
                        for joined in CONTRACTIONS[article]:
                            yield Label("weak outlet", group.name, "any"), "fr", f"{joined} {bare}"


def _cues(citations: CitationRules) -> _Terms:
    for number, pattern in enumerate(citations.patterns):
        if pattern.before:
            yield Label("before", str(number)), pattern.language, pattern.before
        if pattern.after:
            yield Label("after", str(number)), pattern.language, bare_cue(pattern.after, pattern.language)


def bare_cue(cue: str, language: str) -> str:
    """A cue without the particle that Korean attaches to the name before it."""
    if language == "ko":
        for particle in _KOREAN_PARTICLES:
            cue = cue.removeprefix(particle)
    return cue
