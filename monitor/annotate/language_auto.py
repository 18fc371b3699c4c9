"""The detector that measures best: script, then py3langid within it, priors, and `und` where that is not safe."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

import numpy as np

from monitor.annotate.language_model import SCRIPTS, FloatArray, languages_of, log_likelihoods
from monitor.annotate.language_reading import main_script, read, segments, without_latin
from monitor.text.scripts import script_of_language
from monitor.types.annotations import LanguageGuess

UNDETERMINED = "und"
SCRIPT_LANGUAGES: Mapping[str, str] = {
    "Hangul": "ko", "Kana": "ja", "Hebrew": "he", "Greek": "el", "Armenian": "hy", "Georgian": "ka",
    "Gurmukhi": "pa", "Gujarati": "gu", "Tamil": "ta", "Telugu": "te", "Kannada": "kn", "Malayalam": "ml",
    "Sinhala": "si", "Thai": "th", "Lao": "lo", "Tibetan": "bo", "Myanmar": "my", "Khmer": "km", "Ethiopic": "am",
    "Mongolian": "mn",
}  # fmt: skip
"""The one language that a script stands for, unless the source declares another of the same script."""

CONFIGURED = 1.0
HINTED = 2.5
WIDE = 0.5
OBSCURE = -1.0
SAFE = 0.6
SAFE_OUTSIDE = 0.8
FOREIGN = 1.5
FOREIGN_SHARE = 0.2
ENOUGH = 12

_PRESS = frozenset(
    "af am ar as az be bg bn bs ca cs cy da de el en es et eu fa fi fr ga gl gu ha he hi hr ht hu hy id ig is it ja "
    "ka kk km kn ko ku ky lo lt lv mg mk ml mn mr ms mt my ne nl no om pa pl ps pt ro ru rw si sk sl sn so sq sr sv "
    "sw ta te tg th tk tl tr ug uk ur uz vi xh yo zh zu".split()
)
"""Languages with a daily press, taken for an answer also where nobody configured them. Others are `und`."""

_WIDE = frozenset("bg bn cs da el fi he hi hr hu id it ja nl no pl pt ro sr sv th tr ur vi".split())


class AutoDetector:
    """Script first, then the model's languages of that script, weighed by configuration and hint."""

    name = "auto"

    def __init__(self, languages: Iterable[str]) -> None:
        self.languages = tuple(languages)
        self._configured = frozenset(self.languages)
        self._priors: dict[str, FloatArray] = {}

    def detect(self, text: str, hint: str | None = None) -> LanguageGuess:
        """The language of `text`, `und` where it is too short, mixed or of no language that the model knows."""
        letters = read(text)
        script = main_script(letters)
        declared = base_code(hint)
        if script is None:
            return _guess(UNDETERMINED, 0.0, "script")
        if script not in SCRIPTS:
            parts = segments(letters, script)
            foreign = sum(len(part) for part in parts if _foreign(part, script))
            if foreign > FOREIGN_SHARE * len(letters):
                return _guess(UNDETERMINED, 0.5, "script")
            language = SCRIPT_LANGUAGES.get(script, UNDETERMINED)
            same = declared and script_of_language(declared) == script
            return _guess(declared if same and declared else language, 0.99, "script")
        return self._within(letters, script, declared)

    def _within(self, letters: str, script: str, hint: str | None) -> LanguageGuess:
        parts = segments(letters, script)
        scores = [log_likelihoods(without_latin(part, script), script) for part in parts]
        sizes = [math.sqrt(len(part.encode())) for part in parts]
        languages = languages_of(script)
        prior = self._prior(script)
        total = sum(scores) / math.sqrt(sum(size**2 for size in sizes)) + prior
        if hint in languages:
            total[languages.index(hint)] += HINTED
        best = int(total.argmax())
        score = float(1 / np.exp(total - total[best]).sum())
        safe = self._safe(languages[best], score, letters, script, hint)
        if len(parts) > 1:
            foreign = sum(
                len(part)
                for part, own, size in zip(parts, scores, sizes, strict=True)
                if _foreign(part, script) or (own / size + prior).max() - own[best] / size - prior[best] > FOREIGN
            )
            safe = safe and foreign <= FOREIGN_SHARE * sum(map(len, parts))
        return _guess(languages[best] if safe else UNDETERMINED, score, self.name)

    def _prior(self, script: str) -> FloatArray:
        if script not in self._priors:
            self._priors[script] = np.array([
                CONFIGURED if code in self._configured else WIDE if code in _WIDE else 0.0 if code in _PRESS else OBSCURE
                for code in languages_of(script)
            ])
        return self._priors[script]

    def _safe(self, language: str, score: float, letters: str, script: str, hint: str | None) -> bool:
        known = language in self._configured or language == hint
        if not known and (language not in _PRESS or score < SAFE_OUTSIDE):
            return False
        if language == hint:
            return True
        if script == "Han":
            return score >= SAFE
        return score >= SAFE and sum(map(str.isalpha, letters)) >= ENOUGH and len(letters.split()) > 1


def _foreign(part: str, script: str) -> bool:
    other = main_script(part)
    return other is not None and other != script


def base_code(hint: str | None) -> str | None:
    """`zh` of `zh-CN`; None of nothing."""
    return hint.strip().lower().replace("_", "-").split("-")[0] or None if hint else None


def _guess(language: str, score: float, detector: str) -> LanguageGuess:
    return LanguageGuess(language=language, score=round(score, 4), detector=detector)
