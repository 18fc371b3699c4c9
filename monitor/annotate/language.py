"""The language of a text, by the detector that `language.detector` in config.yaml names.

letters without links ──► script ──► one language? ──► model and function words ──► likely, of one language?
                            │ two scripts              (segments, priors)           │ no
                            ▼                                                       ▼
                           und                                                     und
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Protocol

from monitor.annotate.language_auto import AutoDetector
from monitor.annotate.language_langdetect import LangdetectDetector
from monitor.errors import UsageError
from monitor.types.annotations import LanguageGuess

__all__ = ["DETECTORS", "AutoDetector", "LangdetectDetector", "LanguageDetector", "make_detector"]


class LanguageDetector(Protocol):
    """Guesses the language of a text. `hint` is what the source declares, one voice among others."""

    name: str

    def detect(self, text: str, hint: str | None = None) -> LanguageGuess:
        """The language of `text` as ISO 639-1 code, `und` where no answer is safe."""
        ...


DETECTORS: Mapping[str, Callable[[Iterable[str]], LanguageDetector]] = {
    "auto": AutoDetector,
    "langdetect": LangdetectDetector,
}
"""Detectors by the name that `language.detector` in config.yaml takes."""


def make_detector(name: str, languages: Iterable[str]) -> LanguageDetector:
    """The detector called `name` for the configured `languages`. Raises UsageError if there is none."""
    try:
        return DETECTORS[name](tuple(languages))
    except KeyError:
        known = ", ".join(sorted(DETECTORS))
        raise UsageError(f"no language detector is called {name!r}", hint=f"known: {known}") from None
