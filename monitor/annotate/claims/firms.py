"""Firms that a text takes up again ("these companies", ces sociétés, 其): where those named before them are from.

trigger without supplier ──► "these firms" before it ──► the last firms before those ──► a state or place beside them
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from monitor.annotate.claims.marks import Span
from monitor.annotate.gazetteer import CompiledGazetteer
from monitor.annotate.scan import Scan
from monitor.types.gazetteer import GazetteerMatch

_AGAIN = {
    "en": r"\b(?:the|these|those|this)\s(?:\w+\s)?(?:compan(?:y|ies)|firms?|manufacturers?|suppliers?)\b",
    "fr": r"\b(?:ces|les|cette|la)\s(?:sociétés?|entreprises?|firmes?|compagnies?)\b",
    "es": r"\b(?:[eé]st?as?|dichas?|las?)\s(?:empresas?|compañías?|firmas?|sociedad(?:es)?)\b",
    "de": r"\b(?:diese[rn]?|die|der|den)\s(?:Firm(?:a|en)|Unternehmen|Hersteller)\b",
    "ru": r"\b(?:эт\w+|указанн\w+|названн\w+|сами)\s(?:компани|фирм|предприяти|производител)\w*",
    "uk": r"\b(?:ц[іяеєх]\w*|згадан\w+|зазначен\w+|самі)\s(?:компані|фірм|підприємств|виробник)\w*",
    "ar": r"(?:هذه|تلك)\s(?:الشرك\w+)|\b[وف]?الشرك(?:ات|ة)\b(?!\sال)",
    "fa": r"(?:این|آن)\sشرکت\w*",
    "ko": r"(?:이|이들|그|해당)\s(?:기업|업체|회사)\w*",
    "zh": r"(?:这些|这几家|这家|上述|该|该等)(?:企业|公司|厂商)|(?<=[称指说控])其(?=[向对给从])",
}
"""What takes firms up; Chinese says it with 其 ("its") behind a verb of accusation."""
_FIRMS = {
    "en": r"\b(?:compan(?:y|ies)|firms?|manufacturers?|suppliers?)\b",
    "fr": r"\b(?:sociétés?|entreprises?|firmes?|compagnies?)\b",
    "es": r"\b(?:empresas?|compañías?|firmas?|sociedad(?:es)?)\b",
    "de": r"\w*(?:firm(?:a|en)|unternehmen|hersteller[sn]?)\b",
    "ru": r"\b(?:компани|фирм|предприяти|производител)\w*",
    "uk": r"\b(?:компані|фірм|підприємств|виробник)\w*",
    "ar": r"\w{0,4}شرك(?:ات|ة|تين|تان)",
    "fa": r"شرکت\w*",
    "ko": r"(?:기업|업체|회사)",
    "zh": r"(?:企业|公司|厂商)",
}
_FROM = re.compile(
    r"[\s,]*(?:(?:based|located|registered|headquartered|established|établies?|basées?|installées?|radicadas?|ubicadas?"
    r"|con sede|mit Sitz|مقرها|مستقر|ثبت‌شده)\s)?(?:in|from|aus|of|de|d['’]|à|en|du|из|з|із|зі|в|у|во|في|من|در|از)?\s?"
    r"(?:the\s)?(?:city of\s|province of\s|ville de\s|ciudad de\s|Stadt\s|город\w?\s|міст\w+\s|مدينة\s|شهر\s)?",
    re.IGNORECASE,
)
"""What may stand between firms and the place behind them."""
_BEFORE = re.compile(r"(?:[\s-]|の|의\s|시의\s|시\s|市|的|省|[a-zß]{3,12}\s)?")
_ADJECTIVE_BEHIND = ("fr", "es", "ar", "fa")


def firms_state(scan: Scan, sentence: tuple[int, int], trigger: Span, gazetteer: CompiledGazetteer) -> str:
    """The state of the firms that the sentence takes up before `trigger`, "" where it does not or none was named."""
    again = re.compile(_AGAIN[scan.language], re.IGNORECASE)
    taken = [found for found in again.finditer(scan.text, *sentence) if found.end() <= trigger.start]
    if not taken:
        return ""
    for noun in reversed(list(_nouns(scan, taken[-1].start()))):
        for match in scan.matches:
            state = _state(match, gazetteer)
            if state and _beside(scan, noun, match):
                return state
    return ""


def _nouns(scan: Scan, end: int) -> Iterator[tuple[int, int]]:
    for found in re.compile(_FIRMS[scan.language], re.IGNORECASE).finditer(scan.text, 0, end):
        yield found.span()


def _state(match: GazetteerMatch, gazetteer: CompiledGazetteer) -> str:
    if match.kind == "actor" and len(match.code) == 2:
        return match.code
    place = gazetteer.entry("place", match.code) if match.kind == "place" else None
    return place.country if place else ""


def _beside(scan: Scan, noun: tuple[int, int], match: GazetteerMatch) -> bool:
    """Whether the state or place says where the firms are from: an adjective, or a name with its preposition."""
    start, end = noun
    if match.end <= start:
        apart = scan.text[match.end : start]
        named = match.form == "demonym" or match.kind == "place" or scan.language in ("zh", "ko")
        return named and scan.language not in ("ar", "fa") and _BEFORE.fullmatch(apart) is not None
    gap = scan.text[end : match.start]
    if match.start < end or scan.language in ("zh", "ko"):
        return False
    if not gap.strip():
        return scan.language in _ADJECTIVE_BEHIND
    return _FROM.fullmatch(gap) is not None
