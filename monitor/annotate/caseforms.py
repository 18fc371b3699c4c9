"""The forms in which a name of the gazetteer stands in a text, beyond the endings that the matcher knows.

An analyst writes names in the nominative. Russian and Ukrainian case forms, Korean compounds of the kind "army
of", "made in", Persian adjectives and the Arabic article after "to" are derived here by the rules of school
grammars; irregular names are written out in the data as further terms.
"""

from __future__ import annotations

from functools import lru_cache

_ADJECTIVES = ("ая", "яя", "ый", "ий", "ое", "ее", "ые", "ие", "ой", "ські", "ське", "ська", "ський", "ні", "не", "на")
_KOREAN_SUFFIXES = ("군", "산", "인", "제", "계", "측", "령", "발", "행", "정부", "당국", "대통령", "총리", "국방부", "외교부", "외무부", "외무성", "국방장관", "외교장관", "외무장관")  # fmt: skip
_UK_SOFTENED = {"г": "з", "к": "ц", "х": "с"}
_VOWELS = "аеиоуюяіїєэыё"


@lru_cache(maxsize=50_000)
def forms_of(name: str, language: str) -> tuple[str, ...]:
    """`name` and its forms in `language`, without doubles. Stems, acronyms and small-letter terms stay as they are."""
    if "*" in name:
        return (name,)
    if language == "ko":
        hangul = any("가" <= char <= "힣" for char in name)
        return (name, *(name + suffix for suffix in _KOREAN_SUFFIXES)) if hangul and " " not in name else (name,)
    if language == "fa":
        return (name, f"{name}ی") if name[-1] not in "یاوه" else (name,)
    if language == "ar":
        return (name, f"لل{name[2:]}") if name.startswith("ال") and len(name) > 4 else (name,)
    if language in ("ru", "uk") and name[0].isupper() and not name.isupper():
        words = name.split()
        found = _single(name, language) if len(words) == 1 else (name, " ".join(map(_stem, words)))
        return tuple(dict.fromkeys(found))
    return (name,)


def _stem(word: str) -> str:
    """A word of a phrase as a stem with any ending; short words stay as they are."""
    bare = word.casefold()
    if len(word) <= 3 or word.isupper() or (len(word) == 4 and bare[-1] in "иіоеу"):
        return word
    for ending in _ADJECTIVES[:9]:
        if bare.endswith(ending):
            return f"{word[: -len(ending)]}*"
    for ending in _ADJECTIVES[9:]:
        if bare.endswith(ending) and len(word) > 5:
            return f"{word[:-2] if bare.endswith('ий') else word[:-1]}*"
    return f"{word[:-1]}*" if bare[-1] in "аяыиьйєії" else f"{word}*"


def _single(name: str, language: str) -> tuple[str, ...]:
    endings = _russian(name) if language == "ru" else _ukrainian(name)
    return (name, *endings)


def _russian(name: str) -> list[str]:
    last, stem = name[-1].casefold(), name[:-1]
    if name.endswith("ия"):
        return [stem + ending for ending in ("и", "ю", "ей")]
    if last == "я":
        return [stem + ending for ending in ("и", "ю", "ей", "е")]
    if last == "а":
        return [stem + ending for ending in ("ы", "и", "у", "ой", "е", "ей")]
    if last == "ь":
        return [stem + ending for ending in ("я", "ю", "ем", "е", "и", "ью")]
    if last == "й":
        return [stem + ending for ending in ("я", "ю", "ем", "е", "и")]
    if last == "ы":
        return [stem + ending for ending in ("", "ов", "ам", "ами", "ах") if len(stem) > 2 or ending]
    if last in _VOWELS or not name[-1].isalpha():
        return []
    return [name + ending for ending in ("а", "у", "ом", "е", "ем")]


def _ukrainian(name: str) -> list[str]:
    last, stem = name[-1].casefold(), name[:-1]
    if last == "я":
        vowel = stem[-1:].casefold() in _VOWELS or stem.endswith(("'", "ʼ", "’"))
        return [stem + ending for ending in (("ї", "ю", "єю") if vowel else ("і", "ю", "ею", "єю"))]
    if last == "а":
        soft = stem[:-1] + _UK_SOFTENED.get(stem[-1], stem[-1])
        return [*(stem + ending for ending in ("и", "і", "у", "ою", "ею")), f"{soft}і"]
    if last == "ь":
        return [*(stem + ending for ending in ("я", "ю", "ем", "і", "еві")), f"{stem}{stem[-1]}ю"]
    if last == "й":
        return [stem + ending for ending in ("я", "ю", "єм", "ї", "єві")]
    if last == "и":
        return [stem + ending for ending in ("", "ів", "ам", "ами", "ах") if len(stem) > 2 or ending]
    if last in _VOWELS or not name[-1].isalpha():
        return []
    bases = [name]
    if name.endswith("ів"):
        bases.append(f"{name[:-2]}ов")
    if name.endswith("їв"):
        bases.append(f"{name[:-2]}єв")
    return [base + ending for base in bases for ending in ("а", "у", "ом", "і", "ові", "ем")]
