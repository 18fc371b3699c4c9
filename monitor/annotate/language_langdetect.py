"""langdetect behind the same interface: seeded, its prior from script, configuration and hint. Slower, less exact.

Source: langdetect 1.0.9 (Apache-2.0), a port of Shuyo's language-detection (2010): naive Bayes over character
n-grams of 55 languages, sampled at random. It knows no Serbian and tells Croatian for it in Latin letters.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache

from langdetect import detector_factory
from langdetect.lang_detect_exception import LangDetectException

from monitor.annotate.language_reading import (
    UNDETERMINED,
    base_code,
    main_script,
    of_script,
    read,
    script_guess,
)
from monitor.types.annotations import LanguageGuess

SEED = 20_261_122
"""langdetect samples n-grams at random; a fixed seed makes the same text give the same answer."""

_SHORT = 14
"""Letters below which a text says too little; twice that for a language nobody expects."""
_HINT_PRIOR = 4.0
_CONFIGURED_PRIOR = 4.0
_FAR_FETCHED = 0.97
"""Probability that langdetect must give a language that is neither configured nor declared."""
_SCRIPTS: Mapping[str, tuple[str, ...]] = {
    "Latin": (
        "af", "ca", "cs", "cy", "da", "de", "en", "es", "et", "fi", "fr", "hr", "hu", "id", "it", "lt", "lv", "nl",
        "no", "pl", "pt", "ro", "sk", "sl", "so", "sq", "sv", "sw", "tl", "tr", "vi",
    ),
    "Cyrillic": ("ru", "uk", "bg", "mk"),
    "Arabic": ("ar", "fa", "ur"),
}  # fmt: skip


class LangdetectDetector:
    """Script first, then langdetect (seeded), its prior from script, hint and the configured languages."""

    name = "langdetect"

    def __init__(self, languages: Iterable[str], *, seed: int = SEED) -> None:
        self.languages = tuple(languages)
        self._seed = seed

    def detect(self, text: str, hint: str | None = None) -> LanguageGuess:
        """See `LanguageDetector`."""
        letters = read(text)
        script = main_script(letters)
        if script is None or script not in _SCRIPTS:
            return script_guess(script, base_code(hint))
        return self._within(of_script(letters, script), script, base_code(hint))

    def _within(self, letters: str, script: str, hint: str | None) -> LanguageGuess:
        language, score = self._probable(letters, script, hint)
        count = sum(map(str.isalpha, letters))
        enough = len(letters.split()) > 2 and count >= (_SHORT if language in self.languages else 2 * _SHORT)
        needed = 0.5 if language == hint else 0.85 if language in self.languages else _FAR_FETCHED
        if not enough or score < needed:
            language = UNDETERMINED
        return LanguageGuess(language=language, score=round(score, 4), detector=self.name)

    def _probable(self, letters: str, script: str, hint: str | None) -> tuple[str, float]:
        prior = self._prior(letters.lower(), script, hint)
        if not any(prior.values()):
            return UNDETERMINED, 0.0
        detector = _factory().create()
        detector.seed = self._seed
        detector.set_prior_map(prior)
        detector.append(letters)
        try:
            best = detector.get_probabilities()
        except LangDetectException:
            return UNDETERMINED, 0.0
        return (best[0].lang, float(best[0].prob)) if best else (UNDETERMINED, 0.0)

    def _prior(self, letters: str, script: str, hint: str | None) -> dict[str, float]:
        weights = {
            code: (_HINT_PRIOR if code == hint else 1.0)
            * (_CONFIGURED_PRIOR if code in self.languages else 1.0)
            for code in _SCRIPTS[script]
            if _possible(code, letters)
        }
        return {code: weights.get(code, 0.0) for code in _factory().get_lang_list()}


def _possible(code: str, letters: str) -> bool:
    """Whether `letters` can be of the language: long texts without і are not Ukrainian, any with і not Russian."""
    if code in ("ru", "bg"):
        return not any(char in letters for char in "іїєґљњјѓќ")
    if code == "mk":
        return any(char in letters for char in "ѓќѕ")
    if code == "uk" and len(letters) >= 2 * _SHORT:
        return any(char in letters for char in "іїєґ")
    return True


@lru_cache(maxsize=1)
def _factory() -> detector_factory.DetectorFactory:
    detector_factory.init_factory()
    return detector_factory._factory
