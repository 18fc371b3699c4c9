"""The whole of analysis of one text.

language ──► one automaton: taxonomy, gazetteer, lexicon ──► hits ─┬─► topics, mentions
                                                                   ├─► entities
                                                                   ├─► citations ─┐
                                                                   └─► claims  ◄──┘ sources of statements
                                                    topics ◄── findings: claims, entities
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from monitor.annotate.citations.find import CitationFinder
from monitor.annotate.claims.find import ClaimFinder
from monitor.annotate.compiled import UNDETERMINED, CompiledTaxonomy
from monitor.annotate.entities import joined, matches_of
from monitor.annotate.findings import Finding, findings
from monitor.annotate.gazetteer import CompiledGazetteer
from monitor.annotate.language import LanguageDetector
from monitor.annotate.matcher import Hit, Matcher
from monitor.annotate.scan import Lexicon, Scan
from monitor.annotate.speakers import SourceFinder
from monitor.annotate.topics import annotate_topics, whole_text
from monitor.text.scripts import script_of_language, script_weights
from monitor.types.annotations import Annotation, Citation, Claim, Entity, EntryText
from monitor.types.gazetteer import Gazetteer
from monitor.types.register import Register
from monitor.types.rules import CitationRules, ClaimRules
from monitor.types.taxonomy import ANY_LANGUAGE

CODE_VERSION = "5"
"""Counts changes of this room that may change an annotation; stored beside the taxonomy's version."""

_HASH_LENGTH = 8
_MINOR_SCRIPT = 0.2


@dataclass(frozen=True, slots=True, kw_only=True)
class Knowledge:
    """What entities, citations and claims are found by."""

    gazetteer: Gazetteer
    register: Register
    citations: CitationRules
    claims: ClaimRules

    @property
    def version(self) -> str:
        """Short hashes of the four, joined."""
        parts = (self.gazetteer, self.citations, self.claims, self.register)
        return ".".join(hashlib.sha256(part.version.encode()).hexdigest()[:_HASH_LENGTH] for part in parts)


def code_version(knowledge: Knowledge | None) -> str:
    """What annotations made with `knowledge` are marked with, beside the taxonomy's version."""
    return f"{CODE_VERSION}-{knowledge.version}" if knowledge else CODE_VERSION


class Annotator:
    """Annotates revisions under one taxonomy. Pure: the same text gives the same annotation. Can be pickled.

    Without `knowledge` it finds language and topics only.
    """

    def __init__(
        self, taxonomy: CompiledTaxonomy, detector: LanguageDetector, knowledge: Knowledge | None = None
    ) -> None:
        self.taxonomy = taxonomy
        self.detector = detector
        self.knowledge = knowledge
        self.code_version = code_version(knowledge)
        self._reader = Reader(taxonomy, knowledge) if knowledge else None

    def __reduce__(self) -> tuple[type[Annotator], tuple[Any, ...]]:
        return (Annotator, (self.taxonomy, self.detector, self.knowledge))

    def annotate(self, text: EntryText) -> Annotation:
        """Everything said of `text`. Never raises for its content."""
        guess = self.detector.detect(f"{text.title}\n{text.body}", text.language_hint)
        hits: list[Hit] | None = None
        entities: tuple[Entity, ...] = ()
        citations: tuple[Citation, ...] = ()
        claims: tuple[Claim, ...] = ()
        possible = False
        found: list[Finding] = []
        if self._reader is not None:
            hits, scan = self._reader.scan(text, guess.language)
            entities = _entities(scan)
            possible = self._reader.claim_possible(scan)
            citations, claims = self._reader.read(text, scan)
            found = self._reader.findings(scan, claims)
        topics, mentions = annotate_topics(text, guess.language, self.taxonomy, hits, found)
        return Annotation(
            entry_id=text.entry_id,
            revision_id=text.revision_id,
            language=guess,
            taxonomy_version=self.taxonomy.version,
            code_version=self.code_version,
            topics=topics,
            mentions=mentions,
            citations=citations,
            claims=claims,
            entities=entities,
            claim_possible=possible,
        )

    def evidence(self, text: EntryText, language: str) -> tuple[list[Hit], list[Finding]]:
        """What the topics of `text` are judged by: hits of the taxonomy's groups, and what else was found."""
        if self._reader is None:
            whole, _ = whole_text(text)
            return self.taxonomy.matcher(language, whole).find(whole), []
        hits, scan = self._reader.scan(text, language)
        _, claims = self._reader.read(text, scan)
        return hits, self._reader.findings(scan, claims)


class Reader:
    """Scans texts with one automaton a language, and reads citations and claims from what it finds."""

    def __init__(self, taxonomy: CompiledTaxonomy, knowledge: Knowledge) -> None:
        self._topics = tuple(taxonomy.taxonomy.groups.values())
        self._languages = taxonomy.languages
        self._gazetteer = CompiledGazetteer(knowledge.gazetteer, taxonomy.languages)
        self._lexicon = Lexicon(knowledge.citations, knowledge.claims, knowledge.register)
        self._groups = (*self._topics, *self._gazetteer.groups, *self._lexicon.groups)
        self._matchers: dict[tuple[str, ...], Matcher] = {}
        self._citations = CitationFinder(knowledge.citations, knowledge.register)
        self._sources = SourceFinder(knowledge.citations, self._citations, knowledge.gazetteer)
        self._claims = ClaimFinder(knowledge.claims, self._gazetteer)

    def scan(self, text: EntryText, language: str) -> tuple[list[Hit], Scan]:
        """The hits of the taxonomy's groups, and what else was found."""
        whole, shift = whole_text(text)
        hits = self._matcher(language, whole).find(joined(whole))
        first = len(self._topics)
        lexicon = first + len(self._gazetteer.groups)
        named = [hit for hit in hits if first <= hit.group < lexicon]
        matches = matches_of(whole, named, self._gazetteer, first=first)
        words = self._lexicon.words(whole, hits, lexicon)
        scan = Scan(text=whole, shift=shift, language=language, matches=matches, words=words)
        return [hit for hit in hits if hit.group < first], scan

    def read(self, text: EntryText, scan: Scan) -> tuple[tuple[Citation, ...], tuple[Claim, ...]]:
        """Citations and claims; sources are looked at only where a claim may be."""
        media = self._citations.find(text, scan)
        sources = self._sources.find(scan, media)
        others = self._sources.citations(scan, sources)
        claims = self._claims.find(scan, sources) if self._claims.possible(scan) else ()
        return (*media, *others), claims

    def findings(self, scan: Scan, claims: Iterable[Claim]) -> list[Finding]:
        """What the rules of topics may use besides terms."""
        return findings(scan.text, scan.shift, scan.matches, claims, self._gazetteer)

    def claim_possible(self, scan: Scan) -> bool:
        """Whether the text has what a claim needs."""
        return self._claims.possible(scan)

    def _matcher(self, language: str, text: str) -> Matcher:
        key = (language,) if language != UNDETERMINED else self._of_scripts(text)
        if key not in self._matchers:
            self._matchers[key] = Matcher(self._groups, (*key, ANY_LANGUAGE))
        return self._matchers[key]

    def _of_scripts(self, text: str) -> tuple[str, ...]:
        weights = script_weights(text)
        total = sum(weights.values())
        scripts = {name for name, weight in weights.items() if weight >= _MINOR_SCRIPT * total}
        return tuple(language for language in self._languages if script_of_language(language) in scripts)


def _entities(scan: Scan) -> tuple[Entity, ...]:
    found = []
    for match in scan.matches:
        place, start, end = scan.place(match.start, match.end)
        found.append(Entity(kind=match.kind, code=match.code, field=place, start_char=start, end_char=end))
    return tuple(found)
