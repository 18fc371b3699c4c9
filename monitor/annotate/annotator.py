"""The whole of analysis of one text: language, then topics with evidence; citations and claims come later."""

from __future__ import annotations

from monitor.annotate.compiled import CompiledTaxonomy
from monitor.annotate.language import LanguageDetector
from monitor.annotate.topics import annotate_topics
from monitor.types.annotations import Annotation, EntryText

CODE_VERSION = "1"
"""Counts changes of this room that may change an annotation; stored beside the taxonomy's version."""


class Annotator:
    """Annotates revisions under one taxonomy. Pure: the same text gives the same annotation. Can be pickled."""

    def __init__(self, taxonomy: CompiledTaxonomy, detector: LanguageDetector) -> None:
        self.taxonomy = taxonomy
        self.detector = detector

    def annotate(self, text: EntryText) -> Annotation:
        """Everything said of `text`. Never raises for its content."""
        guess = self.detector.detect(f"{text.title}\n{text.body}", text.language_hint)
        topics, mentions = annotate_topics(text, guess.language, self.taxonomy)
        return Annotation(
            entry_id=text.entry_id,
            revision_id=text.revision_id,
            language=guess,
            taxonomy_version=self.taxonomy.version,
            code_version=CODE_VERSION,
            topics=topics,
            mentions=mentions,
        )
