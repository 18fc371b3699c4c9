"""Persian verbs conjugated: the rules write the third person of the past with a tilde (تحویل داد~), texts use them all.

past, perfect, pluperfect, present, future, subjunctive, each also negated, in the persons that news is written in.
"""

from __future__ import annotations

from functools import lru_cache

MARK = "~"
_PRESENT = {
    "داد": "ده", "کرد": "کن", "فرستاد": "فرست", "فروخت": "فروش", "خرید": "خر", "گرفت": "گیر", "شد": "شو",
    "رساند": "رسان", "رسید": "رس", "برد": "بر", "آورد": "آور", "گذاشت": "گذار",
}  # fmt: skip
"""Present stems of past stems, as grammars list them."""
_PERSONS = ("", "ند", "یم")
_PERFECT = ("ه", "ه است", "ه\u200cاست", "ه\u200cاند", "ه\u200cایم", "ه بود", "ه بودند")


@lru_cache(maxsize=10_000)
def verb_forms(term: str) -> tuple[str, ...]:
    """The forms of `term` if it ends with the mark, else `term` alone."""
    if not term.endswith(MARK):
        return (term,)
    words = term[: -len(MARK)].split()
    past = words.pop()
    present = _PRESENT[past]
    found = []
    for no in ("", "ن"):
        found += [f"{no}{past}{person}" for person in _PERSONS]
        found += [f"{no}{past}{ending}" for ending in _PERFECT]
        found += [f"{no}می\u200c{present}{person}" for person in ("د", "ند", "یم")]
        found += [f"{no}خواه{person} {past}" for person in ("د", "ند", "یم")]
        found += [f"{no}{present}{person}" for person in ("د", "ند")]
    found += [f"ب{present}{person}" for person in ("د", "ند", "یم")]
    return tuple(dict.fromkeys(" ".join([*words, form]) for form in found))
