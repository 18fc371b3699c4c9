"""The forms in which a name of the gazetteer stands in a text, beyond the endings that the matcher knows.

An analyst writes names in the nominative. Russian and Ukrainian case forms, Korean compounds of the kind "army
of", "made in", Persian adjectives and the Arabic article after "to" are derived here by the rules of school
grammars; irregular names are written out in the data as further terms.
"""

from __future__ import annotations

from functools import lru_cache

_ADJECTIVES = ("ая", "яя", "ый", "ий", "ое", "ее", "ые", "ие", "ой")
_UKRAINIAN_ADJECTIVES = ("ські", "ське", "ська", "ський", "ні", "не", "на")
_KOREAN_SUFFIXES = (
    *["군", "산", "인", "제", "계", "측", "령", "발", "행", "정부", "당국", "대통령", "총리"],
    *["국방부", "외교부", "외무부", "외무성", "국방장관", "외교장관", "외무장관"],
)
_UK_SOFTENED = {"г": "з", "к": "ц", "х": "с"}
_VOWELS = "аеиоуюяіїєэыё"
# What a noun ends in: the endings that replace its last letter, in the oblique cases of the singular (plural for ы, и).
_RUSSIAN = {
    "я": ("и", "ю", "ей", "е"),
    "а": ("ы", "и", "у", "ой", "е", "ей"),
    "ь": ("я", "ю", "ем", "е", "и", "ью"),
    "й": ("я", "ю", "ем", "е", "и"),
    "ы": ("", "ов", "ам", "ами", "ах"),
}
_RUSSIAN_CONSONANT = ("а", "у", "ом", "е", "ем")
_UKRAINIAN = {
    "я": ("і", "ю", "ею", "єю", "ї"),
    "а": ("и", "і", "у", "ою", "ею"),
    "ь": ("я", "ю", "ем", "і", "еві"),
    "й": ("я", "ю", "єм", "ї", "єві"),
    "и": ("", "ів", "ам", "ами", "ах"),
}
_PLURAL = {"ru": ("ы", "и", "ов", "ам", "ами", "ах"), "uk": ("и", "ів", "ам", "ами", "ах")}
_UKRAINIAN_CONSONANT = ("а", "у", "ом", "і", "ові", "ем")


@lru_cache(maxsize=50_000)
def forms_of(name: str, language: str, *, plural: bool = False) -> tuple[str, ...]:
    """`name` and its forms in `language`, without doubles, the plural too if asked ("Шахеды").

    Stems, acronyms and small-letter terms stay as they are.
    """
    if "*" in name:
        return (name,)
    if language == "ko":
        compounds = _KOREAN_SUFFIXES if " " not in name and any("가" <= char <= "힣" for char in name) else ()
        return (name, *(name + suffix for suffix in compounds))
    if language == "fa":
        return (name, f"{name}ی") if name[-1] not in "یاوه" else (name,)
    if language == "ar":
        return (name, f"لل{name[2:]}") if name.startswith("ال") and len(name) > 4 else (name,)
    if language in ("ru", "uk") and name[0].isupper() and not name.isupper():
        words = name.split()
        decline = _russian if language == "ru" else _ukrainian
        found = decline(name) if len(words) == 1 else [" ".join(map(_stem, words))]
        if plural and len(words) == 1 and name[-1].isalpha() and name[-1].casefold() not in f"{_VOWELS}ьй":
            found += [name + ending for ending in _PLURAL[language]]
        return tuple(dict.fromkeys((name, *found)))
    return (name,)


def _stem(word: str) -> str:
    """A word of a phrase as a stem with any ending; short words stay as they are."""
    bare = word.casefold()
    if len(word) <= 3 or word.isupper() or (len(word) == 4 and bare[-1] in "иіоеу"):
        return word
    for ending in _ADJECTIVES:
        if bare.endswith(ending):
            return f"{word[: -len(ending)]}*"
    if len(word) > 5 and bare.endswith(_UKRAINIAN_ADJECTIVES):
        return f"{word[:-2] if bare.endswith('ий') else word[:-1]}*"
    return f"{word[:-1]}*" if bare[-1] in "аяыиьйєії" else f"{word}*"


def _russian(name: str) -> list[str]:
    last, stem = name[-1].casefold(), name[:-1]
    if last in _RUSSIAN:
        return [stem + ending for ending in _RUSSIAN[last] if ending or len(stem) > 2]
    if last in _VOWELS or not last.isalpha():
        return []
    return [name + ending for ending in _RUSSIAN_CONSONANT]


def _ukrainian(name: str) -> list[str]:
    """Feminine names in -ь double their consonant (Білоруссю), those in -га, -ка, -ха soften it (Празі)."""
    last, stem = name[-1].casefold(), name[:-1]
    if last in _UKRAINIAN:
        found = [stem + ending for ending in _UKRAINIAN[last] if ending or len(stem) > 2]
        found += [f"{stem}{stem[-1]}ю"] if last == "ь" else []
        return (
            [*found, f"{stem[:-1]}{_UK_SOFTENED[stem[-1]]}і"]
            if last == "а" and stem[-1] in _UK_SOFTENED
            else found
        )
    if last in _VOWELS or not last.isalpha():
        return []
    bases = [name, *(name[:-2] + to for ending, to in (("ів", "ов"), ("їв", "єв")) if name.endswith(ending))]
    return [base + ending for base in bases for ending in _UKRAINIAN_CONSONANT]
