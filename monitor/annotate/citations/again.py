"""A medium taken up again by its noun: "the newspaper had said", وكانت الصحيفة قد ذكرت, 该报称.

noun of media ──► definite, as its language says it? ──► no name beside it ──► the last medium named before it
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from monitor.annotate.citations.names import Name
from monitor.annotate.scan import Found, Scan, longest

_DEFINITE = {
    "en": re.compile(r"\b(?:the|this|that|the same)\s$", re.IGNORECASE),
    "fr": re.compile(r"(?:\b(?:le|la|du|au|ce|cet|cette)\s|\bl['’])$", re.IGNORECASE),
    "es": re.compile(r"\b(?:el|la|del|al|este|esta|ese|esa|dicho|dicha|mismo|misma)\s$", re.IGNORECASE),
    "de": re.compile(r"\b(?:der|die|das|dem|den|des|diese[rsmn]?)\s$", re.IGNORECASE),
    "fa": re.compile(r"\b(?:این|آن|همین)\s$"),
    "zh": re.compile(r"(?:该|这家|这份|上述|此)$"),
    "ko": re.compile(r"(?:(?:^|\s)(?:이|그|해당|같은)\s|(?:^|[\n.!?”\"])\s*)$"),
}
"""What stands before a noun that means the medium named before; Korean also begins a sentence with it alone."""
_OWN = ("该报", "该社", "该台", "该刊")
_ARTICLE = re.compile("[وفبكل]{0,2}(?:ال|لل)")
_SLAVIC_NEW = re.compile(
    r"(?:\b(?:одн|друг|нек|кажд|інш|якас|жодн|ещё |ще )\w*|\w(?:ая|яя|ий|ый|ой|ій|ое|(?<!ран)ее|ую|юю|ого|его|ому|ему"
    r"|ые|ие|их|ых|ська|цька|ське|цьке|ської|ському|ові))\s$",
    re.IGNORECASE,
)
"""Before a Russian or Ukrainian noun an adjective brings in a medium that is not named ("британская газета")."""
_PLURAL_VERB = re.compile(r"\s\w+(?:ют|ят|ут|ат|ли|ть)\b")
_BESIDE, _BACK = 3, 1200
"""Characters within which a name belongs to the noun, and back to which the noun may point."""


def taken_up(scan: Scan, names: Sequence[Name]) -> Iterator[tuple[Found, int]]:
    """Nouns that take up a medium, each with the number of the name that it means; `names` in the text's order."""
    for noun in longest(scan.words.get("medium", ())):
        if not _definite(scan, noun) or any(
            name.start - noun.end <= _BESIDE and noun.start - name.end <= _BESIDE for name in names
        ):
            continue
        before = [number for number, name in enumerate(names) if name.end <= noun.start]
        if before and noun.start - names[before[-1]].end <= _BACK:
            yield noun, before[-1]


def takes_up(scan: Scan, start: int, end: int) -> bool:
    """Whether the noun of media at a span means one that was named before."""
    return any(
        noun.start == start and noun.end == end and _definite(scan, noun)
        for noun in scan.words.get("medium", ())
    )


def _definite(scan: Scan, noun: Found) -> bool:
    left = scan.text[max(0, noun.start - 24) : noun.start]
    word = scan.text[noun.start : noun.end]
    if scan.language == "ar":
        return _ARTICLE.match(word) is not None
    if scan.language in ("ru", "uk"):
        plural = word.endswith(("ы", "и")) and _PLURAL_VERB.match(scan.text, noun.end)
        return not plural and _SLAVIC_NEW.search(left) is None
    pattern = _DEFINITE.get(scan.language)
    return word in _OWN or (pattern is not None and pattern.search(left) is not None)
