"""Cases of Russian and Ukrainian names by their endings, as school grammars list them.

A form often fits several cases (России: genitive, dative, locative); all are returned, the frame decides.
"""

from __future__ import annotations

from collections.abc import Collection

ALL = frozenset({"subject", "of", "to", "by", "accusative"})
"""Marks of a name that does not decline (США, КНДР)."""

_CODES = {
    "s": "subject", "a": "accusative", "n": "subject accusative", "gs": "of subject", "gds": "of to subject",
}  # fmt: skip
"""Short for what the tables below repeat."""

_ADJECTIVE = {
    "ru": {
        "ого": "of", "его": "of", "ому": "to", "ему": "to", "ую": "a", "юю": "a", "ими": "by", "ыми": "by",
        "им": "by to", "ым": "by to", "их": "of", "ых": "of", "ой": "of to by", "ей": "of to by", "ая": "s",
        "яя": "s", "ий": "n", "ый": "n", "ое": "n", "ее": "n",
        "ие": "n", "ые": "n",
    },
    "uk": {
        "ого": "of", "ому": "to", "ими": "by", "им": "by to", "их": "of", "ої": "of", "ій": "to", "ою": "by",
        "у": "a", "а": "s", "е": "n", "і": "n", "ий": "n",
    },
}  # fmt: skip
_NOUN = {
    "ru": {
        "ами": "by", "ями": "by", "ам": "to", "ям": "to", "ах": "", "ях": "", "ов": "of", "ев": "of", "ой": "by",
        "ей": "by", "ью": "by", "ом": "by", "ем": "by", "ём": "by", "ии": "of to", "ию": "a", "ия": "s",
        "ие": "n", "ы": "gs", "и": "gds", "е": "to", "о": "n",
    },
    "uk": {
        "ами": "by", "ями": "by", "ам": "to", "ям": "to", "ах": "", "ях": "", "ів": "of", "ові": "to", "еві": "to",
        "єві": "to", "ою": "by", "ею": "by", "єю": "by", "ом": "by", "ем": "by", "єм": "by", "ії": "of to",
        "ію": "a", "ія": "s", "и": "gs", "і": "to of", "ї": "of to", "о": "n",
    },
}  # fmt: skip
_NEUTER = ("силы", "войска", "власти", "сили", "війська", "влада", "угруповання", "командування")
"""Nominatives that look like other cases, and are the accusative as well."""


def noun_marks(word: str, language: str, lemmas: Collection[str]) -> frozenset[str]:
    """Marks that `word` (a name or head noun) may bear; `lemmas` are its nominatives, empty if unknown."""
    if word.isupper() and len(word) > 1:
        return ALL
    bare = word.casefold()
    feminine = any(lemma.casefold()[-1] in "ая" and lemma.casefold()[:3] == bare[:3] for lemma in lemmas)
    if bare.endswith(_NEUTER):
        return frozenset({"subject", "accusative", "of"})
    if any(lemma.casefold() == bare for lemma in lemmas):
        return (
            ALL
            if bare[-1] in "оуиеэюі"
            else frozenset({"subject"} if feminine else {"subject", "accusative"})
        )
    if bare.endswith(("у", "ю")) and not bare.endswith(("ію", "ию", "ью", "ою", "ею", "єю")):
        masculine = {"to", "of"} if language == "uk" else {"to"}
        return frozenset({"accusative"} if feminine else masculine)
    if bare.endswith(("а", "я")) and not bare.endswith(("ия", "ія")):
        return frozenset({"subject"} if feminine else {"of"})
    return _by_ending(bare, _NOUN.get(language, {}), frozenset({"subject", "accusative"}))


def adjective_marks(word: str, language: str) -> frozenset[str]:
    """Marks that an adjective may bear with its noun."""
    return _by_ending(word.casefold(), _ADJECTIVE.get(language, {}), ALL)


def _by_ending(word: str, endings: dict[str, str], default: frozenset[str]) -> frozenset[str]:
    for length in (3, 2, 1):
        marks = endings.get(word[-length:])
        if marks is not None:
            return frozenset(_CODES.get(marks, marks).split())
    return default
