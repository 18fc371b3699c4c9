"""Forms of verbs that state nothing by themselves: infinitives (ru, uk), subjunctives (fa), and what they hang on."""

from __future__ import annotations

import re

from monitor.annotate.claims.marks import Span

_INFINITIVE = {
    "ru": re.compile(r"\w{2,}(?:ть|ти|чь)(?:ся|сь)?"),
    "uk": re.compile(r"\w{2,}ти(?:ся|сь)?"),
}
_SUBJUNCTIVE = re.compile(r"ب\w{2,}(?:د|ند|یم)|(?:ن?دهد|ن?دهند|ن?کند|ن?کنند|ن?گیرد|ن?گیرند|شود|شوند|گذارد)")
"""دهد and کند without می or خواهد, and whatever begins with ب and ends as a verb does."""
_LIGHT = (
    *(
        "осуществ",
        "провод",
        "провес",
        "продолж",
        "возобнов",
        "одобр",
        "согласов",
        "обеспеч",
        "начать",
        "начина",
    ),
    *(
        "здійсн",
        "продовж",
        "віднов",
        "схвал",
        "погод",
        "забезпеч",
        "почати",
        "постав",
        "постач",
        "перед",
        "прода",
    ),
)
"""Infinitives that do no more than carry out the noun behind them ("refused to approve the sale")."""


def dependent(word: str, language: str) -> bool:
    """Whether the verb form `word` needs another verb to state something."""
    last = word.rpartition(" ")[2].casefold()
    if language == "fa":
        return _SUBJUNCTIVE.fullmatch(last) is not None
    pattern = _INFINITIVE.get(language)
    return pattern is not None and pattern.fullmatch(last) is not None


def used_up(text: str, cue: Span, trigger: Span, language: str) -> bool:
    """Whether `cue` has an infinitive of its own ("declined to name the number of missiles supplied")."""
    pattern = _INFINITIVE.get(language)
    if pattern is None or trigger.start <= cue.end:
        return False
    word = re.compile(r"[\s*_]+(\w+)").match(text, cue.end)
    if word is None or word.start(1) >= trigger.start or not pattern.fullmatch(word.group(1).casefold()):
        return False
    return not word.group(1).casefold().startswith(_LIGHT)
