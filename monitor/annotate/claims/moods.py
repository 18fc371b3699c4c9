"""Forms of verbs that state nothing by themselves: infinitives (ru, uk), subjunctives (fa), and what they hang on."""

from __future__ import annotations

import re

from monitor.annotate.claims.marks import Span
from monitor.annotate.scan import Found

_INFINITIVE = {
    "ru": re.compile(r"\w{2,}(?:ть|ти|чь)(?:ся|сь)?"),
    "uk": re.compile(r"\w{2,}ти(?:ся|сь)?"),
}
_SUBJUNCTIVE = re.compile(r"ب\w{2,}(?:د|ند|یم)|(?:ن?دهد|ن?دهند|ن?کند|ن?کنند|ن?گیرد|ن?گیرند|شود|شوند|گذارد)")
"""دهد and کند without می or خواهد, and whatever begins with ب and ends as a verb does."""
_VOWELS = re.compile("[\u064b-\u0652\u0670]")
_WE = re.compile("(?:[وف]?س?ن(?!قل|فى|في)\\w{2,}|\\w{2,}نا)")
_NEGATED = re.compile(
    "ن(?:می|خواه|ده|داد|کرد|کن|فرست|فروخ|فروش|خرید|خر|گرفت|گیر|شد|شو|رسان|رسید|برد|آورد|گذا)"
)
_FUTURE = re.compile("[وف]?س[يتنأ]\\w{2}")
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


def future(word: str, language: str) -> bool:
    """Whether the verb form `word` says by itself that something will be."""
    if language == "fa":
        return "خواه" in word
    return language == "ar" and _FUTURE.match(word) is not None


def negated(word: str, language: str) -> bool:
    """Whether the verb form `word` carries its own negation."""
    return language == "fa" and any(_NEGATED.match(part) for part in word.split())


def noun_instead(text: str, word: Found, language: str) -> bool:
    """Whether خرید is the noun "purchase": the verb "bought" ends its clause."""
    return (
        language == "fa"
        and word.name == "receive"
        and text[word.start : word.end] == "خرید"
        and re.compile(r"\s*(?:[.،,؛;:!?؟»\n)]|$)").match(text, word.end) is None
    )


def first_person(word: str, language: str) -> bool:
    """Whether the Arabic verb form `word` has "we" as its subject: no name beside it can be one."""
    return language == "ar" and _WE.fullmatch(_VOWELS.sub("", word)) is not None


def used_up(text: str, cue: Span, trigger: Span, language: str) -> bool:
    """Whether `cue` has an infinitive of its own ("declined to name the number of missiles supplied")."""
    pattern = _INFINITIVE.get(language)
    if pattern is None or trigger.start <= cue.end:
        return False
    word = re.compile(r"[\s*_]+(\w+)").match(text, cue.end)
    if word is None or word.start(1) >= trigger.start or not pattern.fullmatch(word.group(1).casefold()):
        return False
    return not word.group(1).casefold().startswith(_LIGHT)
