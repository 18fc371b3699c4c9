"""The detector that measures best: script, then model and function words, priors, and `und` where that is not safe."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np

from monitor.annotate.language_model import SCRIPTS, FloatArray, languages_of, log_likelihoods
from monitor.annotate.language_reading import (
    UNDETERMINED,
    base_code,
    in_two_scripts,
    of_script,
    read,
    script_guess,
    scripts,
    segments,
    too_foreign,
    without_names,
)
from monitor.annotate.language_words import WORD_SCRIPTS, votes
from monitor.text.scripts import script_of_language
from monitor.types.annotations import LanguageGuess

# Log-odds added to a language. Tuned on half A of ntrex with benches/language.py: the smallest that reach the
# targets with all 28 languages configured, since each also draws languages outside the configuration to it.
CONFIGURED = 1.5
HINTED = 1.5
HINTED_HAN = 4.0
"""Japanese headlines often have no kana, and look Chinese then."""
WIDE = 0.5
OBSCURE = -1.0
WORDS = 1.2
"""Log-odds of a text of one function word; of more, times their number by the root of all words but names."""
AGAIN, SOME = 0.5, 6
"""Weight of what a text of one segment says without its capitalised words, if that is so many letters."""
SAFE = ((50, 0.28), (100, 0.6))
"""Letters, and the probability that a text of so many needs for a configured language, linear between. A longer
text in a language that the model knows leaves no doubt; one in a language that it does not know does."""
SAFE_OUTSIDE = ((40, 0.55), (120, 0.75))
"""The same for a language that is neither configured nor declared."""
SPOKEN, UNSPOKEN = 60, 0.8
"""Letters from which a text without any function word of its language needs that probability."""
FOREIGN = 1.5
"""Log-odds by which a segment prefers another language than the whole to count as foreign."""
ENOUGH = 12
"""Letters that a text without a declared language needs."""

_WIDE = "bg bn cs da el fi he hi hr hu id it ja nl no pl pt ro sr sv th tr ur vi"
"""Languages with many outlets, likelier than the other languages that nobody configured."""
_REST = (
    "af am ar as az be bs ca cy de en es et eu fa fr ga gl gu ha ht hy ig is ka kk km kn ko ku ky lo lt lv mg mk ml "
    "mn mr ms mt my ne om pa ps ru rw si sk sl sn so sq sw ta te tg tk tl tt ug uk uz xh yo zh zu"
)
_FREQUENT = frozenset(_WIDE.split())
_PRESS = _FREQUENT | frozenset(_REST.split())
"""Languages with a press, taken for an answer also where nobody configured them. The model's others are `und`."""


@dataclass(frozen=True, slots=True)
class _Part:
    """A segment: its size in bytes, the model's log-likelihoods and the votes of its words."""

    text: str
    size: float
    likelihoods: FloatArray
    votes: FloatArray
    words: int

    def log_odds(self) -> FloatArray:
        # The n-grams of a text depend on one another: its likelihoods are right about as the root of its length.
        return self.likelihoods / math.sqrt(self.size) + WORDS * self.votes / math.sqrt(self.words)


class AutoDetector:
    """Script first, then the model's languages of that script, weighed by configuration and hint.

    Can be pickled: holds only `languages`; the model is loaded once a process, at the first text.
    """

    name = "auto"

    def __init__(self, languages: Iterable[str]) -> None:
        self.languages = tuple(languages)

    def detect(self, text: str, hint: str | None = None) -> LanguageGuess:
        """The language of `text`, `und` where it is too short, mixed or of no language that the model knows."""
        letters = read(text)
        script, several = scripts(letters)
        declared = base_code(hint)
        if script is None:
            return script_guess(None, declared)
        parts = segments(letters, script)
        if several and in_two_scripts(parts, script):
            return LanguageGuess(language=UNDETERMINED, score=0.5, detector="script")
        if script not in SCRIPTS:
            return script_guess(script, declared)
        return self._within([_weigh(part, script, alone=len(parts) == 1) for part in parts], script, declared)

    def _within(self, parts: list[_Part], script: str, hint: str | None) -> LanguageGuess:
        languages = languages_of(script)
        prior = _prior(script, self._configured)
        whole = _whole(parts)
        total = whole.log_odds() + prior
        if hint in languages:
            total[languages.index(hint)] += HINTED_HAN if script == "Han" else HINTED
        best = int(total.argmax())
        score = round(float(1 / np.exp(total - total[best]).sum()), 4)
        language = languages[best] if not _mixed(parts, best, prior) else UNDETERMINED
        if language != UNDETERMINED and not self._safe(best, score, whole, script, hint):
            language = self._unmodelled(hint, script)
        return LanguageGuess(language=language, score=score, detector=self.name)

    @cached_property
    def _configured(self) -> frozenset[str]:
        return frozenset(self.languages)

    def _safe(self, best: int, score: float, whole: _Part, script: str, hint: str | None) -> bool:
        language = languages_of(script)[best]
        if language == hint:
            return True
        configured = language in self._configured
        if not configured and language not in _PRESS:
            return False
        letters = sum(map(str.isalpha, whole.text)) * (3 if script == "Han" else 1)
        needed = _between(SAFE if configured else SAFE_OUTSIDE, letters)
        if letters >= SPOKEN and script in WORD_SCRIPTS and not whole.votes[best]:
            needed = max(needed, UNSPOKEN)
        short = letters < ENOUGH or len(whole.text.split()) < 2
        return score >= needed and (script == "Han" or not short)

    def _unmodelled(self, hint: str | None, script: str) -> str:
        """A configured and declared language that the model does not know, where its script fits; else `und`."""
        unknown = hint in self._configured and hint not in languages_of(script)
        return hint if hint and unknown and script_of_language(hint) == script else UNDETERMINED


def _weigh(text: str, script: str, *, alone: bool) -> _Part:
    letters = of_script(text, script)
    counts, words = votes(letters, script, languages_of(script))
    likelihoods, size = log_likelihoods(letters, script), float(len(letters.encode()))
    if alone:
        # In a headline names outweigh the language that they stand in: count its other words again.
        plain = without_names(letters)
        if sum(map(str.isalpha, plain)) >= SOME:
            again = likelihoods if plain == letters else log_likelihoods(plain, script)
            likelihoods, size = likelihoods + AGAIN * again, size + AGAIN * len(plain.encode())
    return _Part(text, size, likelihoods, np.array(counts), max(1, words))


def _whole(parts: list[_Part]) -> _Part:
    if len(parts) == 1:
        return parts[0]
    return _Part(
        text=" ".join(part.text for part in parts),
        size=sum(part.size for part in parts),
        likelihoods=np.sum([part.likelihoods for part in parts], axis=0),
        votes=np.sum([part.votes for part in parts], axis=0),
        words=sum(part.words for part in parts),
    )


def _mixed(parts: list[_Part], best: int, prior: FloatArray) -> bool:
    """Whether a good part of a text clearly speaks another language than the whole."""
    if len(parts) < 2:
        return False
    foreign = 0
    for part in parts:
        odds = part.log_odds() + prior
        if odds.max() - odds[best] > FOREIGN:
            foreign += len(part.text)
    return too_foreign(foreign, sum(len(part.text) for part in parts))


def _between(line: tuple[tuple[int, float], tuple[int, float]], letters: int) -> float:
    """The value at `letters` between two points, that of the nearer one outside them."""
    (start, low), (end, high) = line
    share = min(1.0, max(0.0, (letters - start) / (end - start)))
    return low + share * (high - low)


@lru_cache(maxsize=64)
def _prior(script: str, configured: frozenset[str]) -> FloatArray:
    """Log-odds of each of the model's languages of `script` before the text is read."""

    def of(code: str) -> float:
        if code in configured:
            return CONFIGURED
        return WIDE if code in _FREQUENT else 0.0 if code in _PRESS else OBSCURE

    return np.array([of(code) for code in languages_of(script)])
