"""The packaged gazetteer compiled once for all tests of entities, and how they read it."""

from __future__ import annotations

from functools import lru_cache

from monitor.annotate.entities import find_matches
from monitor.annotate.gazetteer import CompiledGazetteer
from monitor.catalogue.gazetteer import load_gazetteer

LANGUAGES = ("en", "fr", "ru", "uk", "ar", "fa", "ko", "zh", "es", "de")


@lru_cache(maxsize=1)
def gazetteer() -> CompiledGazetteer:
    return CompiledGazetteer(load_gazetteer(), LANGUAGES)


def codes(text: str, language: str, *kinds: str) -> set[str]:
    """Codes named in `text`, of all kinds or of those given."""
    matches = find_matches(text, language, gazetteer())
    return {match.code for match in matches if not kinds or match.kind in kinds}


def actors(text: str, language: str) -> set[str]:
    return codes(text, language, "actor")
