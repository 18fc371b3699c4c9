"""The language of a text: by script first, then letters and function words, then langdetect; `und` if unsure.

letters without links ──► script ──► one language? ──► letters and words ──► langdetect with a prior
                            │ two scripts              │ clear                │ likely enough
                            ▼                          ▼                      ▼
                           und                      language            language, else und
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import Protocol

from langdetect import detector_factory
from langdetect.lang_detect_exception import LangDetectException

from monitor.annotate.language_words import (
    ARABIC_LETTERS,
    ARABIC_WORDS,
    CYRILLIC_LETTERS,
    CYRILLIC_WORDS,
    LATIN_WORDS,
)
from monitor.errors import UsageError
from monitor.text.scripts import script_weights
from monitor.text.tokens import words
from monitor.types.annotations import LanguageGuess

UNDETERMINED = "und"
SEED = 20_261_122
"""langdetect samples n-grams at random; a fixed seed makes the same text give the same answer."""

_NOISE = re.compile(r"https?://\S+|www\.\S+|[@#]\w+|\S+@\S+\.\w+")
_READ = 600
"""Characters read: more does not change the answer, and langdetect's time grows with length."""
_FOREIGN_VOTES = 1.5
"""Votes of one half for another language from which a text is taken for mixed, if its own gets far fewer there."""
_SHORT = 14
"""Letters below which a text says too little; twice that for a language nobody expects."""
_MIXED_SHARE = 0.35
_HINT_PRIOR = 4.0
_CONFIGURED_PRIOR = 4.0
_FAR_FETCHED = 0.97
"""Probability that langdetect must give a language that is neither configured nor declared."""
_SCRIPT_LANGUAGES: Mapping[str, str] = {
    "Hangul": "ko", "Kana": "ja", "Han": "zh", "Hebrew": "he", "Greek": "el", "Armenian": "hy", "Georgian": "ka",
    "Devanagari": "hi", "Bengali": "bn", "Gurmukhi": "pa", "Gujarati": "gu", "Tamil": "ta", "Telugu": "te",
    "Kannada": "kn", "Malayalam": "ml", "Sinhala": "si", "Thai": "th", "Lao": "lo", "Tibetan": "bo",
    "Myanmar": "my", "Khmer": "km", "Ethiopic": "am", "Mongolian": "mn",
}  # fmt: skip
_LANGDETECT_SCRIPTS: Mapping[str, tuple[str, ...]] = {
    "Latin": (
        "af", "ca", "cs", "cy", "da", "de", "en", "es", "et", "fi", "fr", "hr", "hu", "id", "it", "lt", "lv", "nl",
        "no", "pl", "pt", "ro", "sk", "sl", "so", "sq", "sv", "sw", "tl", "tr", "vi",
    ),
    "Cyrillic": ("ru", "uk", "bg", "mk"),
    "Arabic": ("ar", "fa", "ur"),
}  # fmt: skip


class LanguageDetector(Protocol):
    """Guesses the language of a text. `hint` is what the source declares, one voice among others."""

    name: str

    def detect(self, text: str, hint: str | None = None) -> LanguageGuess:
        """The language of `text` as ISO 639-1 code, `und` where no answer is safe."""
        ...


class LangdetectDetector:
    """Script first, then langdetect (seeded), its prior from script, hint and the configured languages."""

    name = "langdetect"

    def __init__(self, languages: Iterable[str], *, seed: int = SEED) -> None:
        self.languages = tuple(languages)
        self._seed = seed

    def detect(self, text: str, hint: str | None = None) -> LanguageGuess:
        """See `LanguageDetector`."""
        letters = _NOISE.sub(" ", text[: 2 * _READ])[:_READ]
        script = _script(letters)
        if script is None:
            return LanguageGuess(language=UNDETERMINED, score=0.0, detector=self.name)
        if script in _SCRIPT_LANGUAGES:
            return LanguageGuess(language=_SCRIPT_LANGUAGES[script], score=0.99, detector="script")
        return self.within_script(letters, script, _base(hint))

    def within_script(self, letters: str, script: str, hint: str | None) -> LanguageGuess:
        """Guess among the languages of `script`."""
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
        known = [code for code in _LANGDETECT_SCRIPTS.get(script, ()) if _possible(code, letters)]
        weights = {
            code: (_HINT_PRIOR if code == hint else 1.0)
            * (_CONFIGURED_PRIOR if code in self.languages else 1.0)
            for code in known
        }
        return {code: weights.get(code, 0.0) for code in _factory().get_lang_list()}


def _possible(code: str, letters: str) -> bool:
    """Whether `letters` can be of the language: long texts without і are not Ukrainian, any with і not Russian."""
    if code in ("ru", "bg"):
        return not any(char in letters for char in "іїєґљњјѓќ")
    if code == "mk":
        return any(char in letters for char in "ѓќѕ")
    if code == "uk" and len(letters) >= 2 * _SHORT:
        return any(char in letters for char in CYRILLIC_LETTERS[code])
    return True


class AutoDetector:
    """What measures best of what is installed: letters and function words decide, langdetect where they do not."""

    name = "auto"

    def __init__(self, languages: Iterable[str], *, seed: int = SEED) -> None:
        self._fallback = LangdetectDetector(languages, seed=seed)
        self._languages = frozenset(self._fallback.languages)

    def detect(self, text: str, hint: str | None = None) -> LanguageGuess:
        """See `LanguageDetector`."""
        letters = _NOISE.sub(" ", text[: 2 * _READ])[:_READ]
        script = _script(letters)
        hint = _base(hint)
        if script is None:
            return LanguageGuess(language=UNDETERMINED, score=0.0, detector="script")
        if script in _SCRIPT_LANGUAGES:
            return LanguageGuess(language=_SCRIPT_LANGUAGES[script], score=0.99, detector="script")
        clear = _clear_winner(letters, script, hint, self._languages)
        if clear is not None:
            language, score = clear
            if _halves_differ(letters, script, language):
                return LanguageGuess(language=UNDETERMINED, score=0.5, detector="words")
            return LanguageGuess(language=language, score=score, detector="words")
        return self._fallback.within_script(letters, script, hint)


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


@lru_cache(maxsize=1)
def _factory() -> detector_factory.DetectorFactory:
    detector_factory.init_factory()
    return detector_factory._factory


def _base(hint: str | None) -> str | None:
    """`zh` of `zh-CN`; None of nothing."""
    return re.split("[-_]", hint.strip().lower())[0] or None if hint else None


def _script(letters: str) -> str | None:
    """The script that `letters` are in; None for none or for two of about equal weight."""
    weights = dict(script_weights(letters))
    if "Kana" in weights and "Han" in weights:
        japanese = weights["Kana"] >= 0.1 * weights["Han"]
        weights["Kana" if japanese else "Han"] += weights.pop("Han" if japanese else "Kana")
    if "Hangul" in weights and weights.get("Han", 0.0) < weights["Hangul"]:
        weights["Hangul"] += weights.pop("Han", 0.0)
    total = sum(weights.values())
    if total < 2:
        return None
    ranked = sorted(weights.items(), key=lambda pair: -pair[1])
    if len(ranked) > 1 and ranked[1][1] > _MIXED_SHARE * total:
        return None
    return ranked[0][0]


@lru_cache(maxsize=8)
def _vocabulary(script: str) -> tuple[dict[str, tuple[tuple[str, float], ...]], dict[str, tuple[str, ...]]]:
    """Function words with the languages they speak for (shared ones count less), and letters likewise."""
    lists = {"Latin": LATIN_WORDS, "Cyrillic": CYRILLIC_WORDS, "Arabic": ARABIC_WORDS}.get(script, {})
    by_word: dict[str, list[str]] = {}
    for language, text in lists.items():
        for word in set(text.split()):
            by_word.setdefault(word, []).append(language)
    weighted = {
        word: tuple((language, 1 / len(languages)) for language in languages)
        for word, languages in by_word.items()
    }
    letters = {"Cyrillic": CYRILLIC_LETTERS, "Arabic": ARABIC_LETTERS}.get(script, {})
    by_letter: dict[str, list[str]] = {}
    for language, chars in letters.items():
        for char in chars:
            by_letter.setdefault(char, []).append(language)
    return weighted, {char: tuple(languages) for char, languages in by_letter.items()}


def _scores(text: str, script: str) -> dict[str, float]:
    """Votes for each language of `script`: a function word's share each, a tell-tale letter's too."""
    known_words, known_letters = _vocabulary(script)
    scores: dict[str, float] = {}
    lowered = text.lower()
    for word in words(lowered):
        for language, share in known_words.get(word, ()):
            scores[language] = scores.get(language, 0.0) + share
    for char, languages in known_letters.items():
        count = lowered.count(char)
        if count:
            for language in languages:
                scores[language] = scores.get(language, 0.0) + min(count, 8) / len(languages) ** 2
    return scores


def _clear_winner(
    letters: str, script: str, hint: str | None, configured: frozenset[str]
) -> tuple[str, float] | None:
    """The language whose words and letters outweigh every other's by far, with its share of the votes."""
    scores = _scores(letters, script)
    for language in scores:
        scores[language] *= (1.1 if language == hint else 1.0) * (1.05 if language in configured else 1.0)
    ranked = sorted(scores.items(), key=lambda pair: -pair[1])
    if not ranked or ranked[0][1] < 2.5:
        return None
    best = ranked[0]
    second = ranked[1][1] if len(ranked) > 1 else 0.0
    if best[1] < 1.6 * second:
        return None
    return best[0], round(best[1] / (best[1] + second), 4)


def _halves_differ(letters: str, script: str, language: str) -> bool:
    """Whether one half of a text clearly speaks another language than the whole: then it is mixed."""
    middle = len(letters) // 2
    for half in (letters[:middle], letters[middle:]):
        scores = _scores(half, script)
        own = scores.pop(language, 0.0)
        if scores and max(scores.values()) >= max(_FOREIGN_VOTES, 2.5 * own):
            return True
    return False
