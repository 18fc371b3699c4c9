"""What may stand before and after a term within a word, by language.

A term of the taxonomy is a dictionary form or, with `*`, a stem. Without `*` a word may still carry what its
language attaches to nouns: plurals in English, French, Spanish and German, particles in Korean, proclitics and
pronouns in Arabic, plural, ezafe and possessive endings in Persian. Russian and Ukrainian inflect too richly for
that: their terms are stems.
"""

from __future__ import annotations

import re
from collections.abc import Container, Mapping
from dataclasses import dataclass
from functools import lru_cache

from monitor.text.fold import folded_word

SHORT = 3
"""Words of at most so many letters take no endings by themselves: "arm" is not "arms", "war" not "wars". At the end
of a phrase they do: "fighter jet", "fighter jets"."""

_ALTERNATIONS: Mapping[str, tuple[tuple[re.Pattern[str], tuple[str, ...]], ...]] = {
    "en": (
        (re.compile("(?<=[^aeiou])y$"), ("y", "ies")),
        (re.compile("(?<=..)man$"), ("man", "men")),
        (re.compile("(?<=[lr])f$"), ("f", "ves")),
    ),
    "es": (
        (re.compile("ón$"), ("ón", "ones")),
        (re.compile("án$"), ("án", "anes")),
        (re.compile("és$"), ("és", "eses")),
        (re.compile("z$"), ("z", "ces")),
    ),
    "fr": ((re.compile("al$"), ("al", "aux", "ale", "ales", "als")),),
}
"""Word ends that change in the plural, as patterns over folded words with what takes their place."""

_ENDINGS: Mapping[str, tuple[str, ...]] = {
    "en": ("s", "es"),
    "fr": ("s", "x", "e", "es"),
    "es": ("s", "es"),
    "de": ("s", "n", "e", "en", "es", "er", "ern"),
    "fa": (
        "ها", "های", "هایی", "هایش", "هایشان", "هایمان", "ی", "ای", "یی", "ان", "اش", "شان", "ات", "را", "ست",
        "است", "هارا",
    ),
}  # fmt: skip

# Korean: case, topic, plural, copula and light verbs after a noun, possibly several in a row.
_KOREAN_PARTICLES = (
    r"(?:이|가|을|를|은|는|의|에|에서|에게|에게서|께|한테|와|과|랑|도|만|로|으로|로서|으로서|로써|으로써|로부터|으로부터|까지|부터|보다|처럼"
    r"|마다|조차|뿐|나|이나|란|이란|라는|이라는|라고|이라고|라며|이라며|다|이다|였다|이었다|인|일|이며|며|이고|고|라|던|는데|면|지|자|기|게|서|여"
    r"|려|려는|려고|토록|도록|다고|다는|다며|했다|한다|됐다|된다|에는|에도|에만|에선|에서는|에서도|에서의|에의|와의|과의|와는|과는|로의|으로의|로는|으로는|로도|까지도"
    r"|하는|하던|시|시에|중|중인|상|간|후|전|등|등을|등의|등이|등에|등은|입니다|이었던|였던|이라|이자|조차도|만이|만을|만은|밖에)?"
)
_KOREAN = re.compile(
    r"(?:들|적|용|형|제|급|식|측|국|당국)?"
    r"(?:하|해|했|한|할|함|하는|하고|하기|되|돼|됐|된|될|됨|되는|시키|시킨|시켰|받|받은|받고|당한|당해)?"
    + _KOREAN_PARTICLES
)
_KOREAN_SHORT = re.compile(r"(?:들|측)?" + _KOREAN_PARTICLES)
"""After one syllable a verb's ending would make another word of it: 북 is no 북한."""
_PRONOUNS = "(?:ها|هم|هما|هن|نا|كم|ه|ك|ي)?"
_ARABIC_LONG = re.compile(rf"(?:ات|تين|تان|ين|ون|ان|ا|ي|يه|يا|ت|يين)?{_PRONOUNS}")
_ARABIC_SHORT = re.compile(_PRONOUNS)
ARABIC_PREFIXES = frozenset(
    f"{conjunction}{rest}"
    for conjunction in ("", "و", "ف")
    for rest in ("", "ال", "ب", "بال", "ك", "كال", "ل", "لل", "س")
)
"""And, so; with, like, to, will; the article: what Arabic writes together with the next word."""


@dataclass(frozen=True, slots=True)
class _Pattern:
    """A set of endings given by a regular expression, remembered for those seen."""

    expression: re.Pattern[str]

    def __contains__(self, rest: object) -> bool:
        return isinstance(rest, str) and _fits(self.expression, rest)


@lru_cache(maxsize=50_000)
def _fits(expression: re.Pattern[str], rest: str) -> bool:
    return expression.fullmatch(rest) is not None


_NONE: Container[str] = frozenset({""})
_LATIN_PLURAL: Container[str] = frozenset({"", "s"})


@lru_cache(maxsize=1000)
def _folded_endings(language: str) -> Container[str]:
    return frozenset({"", *(folded_word(ending) for ending in _ENDINGS[language])})


def alternation(language: str, literal: str) -> tuple[str, frozenset[str]] | None:
    """The stem of `literal` and the ends that it takes, where a plural changes its end (battery, batteries)."""
    if len(literal) > SHORT:
        for pattern, ends in _ALTERNATIONS.get(language, ()):
            if pattern.search(literal):
                return pattern.sub("", literal), frozenset(ends)
    return None


def endings(language: str, literal: str, *, phrase: bool = False) -> Container[str]:
    """The endings that `literal` (folded, of `language` or `any`) may carry without a `*`; "" is one of them.

    `phrase`: it is the last of several words, so a short one can be told from its homonyms.
    """
    if language == "ko":
        korean = _Pattern(_KOREAN if len(literal) > 1 else _KOREAN_SHORT)
        return _LATIN_PLURAL if literal.isascii() else korean
    if language == "ar":
        return _Pattern(_ARABIC_LONG if len(literal) > SHORT else _ARABIC_SHORT)
    if language == "fa":
        return _folded_endings("fa")
    if language in _ENDINGS and (phrase or len(literal) > SHORT):
        return _folded_endings(language)
    if language == "any":
        return _LATIN_PLURAL
    return _NONE


def takes_clitics(language: str) -> bool:
    """Whether words of `language` may begin with clitics."""
    return language == "ar"


def is_unspaced(language: str) -> bool:
    """Whether `language` is written without spaces between words."""
    return language in ("zh", "ja", "th", "lo", "km", "my", "bo")
