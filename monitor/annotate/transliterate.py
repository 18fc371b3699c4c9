"""Spellings of a name in another script, to be proposed to a person. Never matched without approval.

Russian to Latin: BGN/PCGN 1947 without its apostrophes; Ukrainian to Latin: resolution 55 of the Cabinet of
Ministers of Ukraine, 2010; Korean to Latin: Revised Romanization of Korean, 2000, without sound changes. Latin to
Cyrillic is the way back, sign by sign: rough, which is why a person decides.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from monitor.types.watchlist import Proposal


def _signs(listed: str) -> list[str]:
    """Spellings by place; a dash stands for nothing."""
    return [sign.strip("-") for sign in listed.split()]


_RU: Mapping[str, str] = dict(
    zip(
        "абвгдежзийклмнопрстуфхцчшщъыьэюяё",
        _signs("a b v g d e zh z i y k l m n o p r s t u f kh ts ch sh shch - y - e yu ya yo"),
        strict=True,
    )
)
_UK: Mapping[str, str] = dict(
    zip(
        "абвгґдеєжзиіїйклмнопрстуфхцчшщьюя",
        _signs("a b v h g d e ie zh z y i i i k l m n o p r s t u f kh ts ch sh shch - iu ia"),
        strict=True,
    )
)
_UK_FIRST = {"є": "ye", "ї": "yi", "й": "y", "ю": "yu", "я": "ya"}
_LATIN: tuple[tuple[str, str, str], ...] = (
    ("shch", "щ", "щ"), ("zh", "ж", "ж"), ("kh", "х", "х"), ("ts", "ц", "ц"), ("ch", "ч", "ч"), ("sh", "ш", "ш"),
    ("yu", "ю", "ю"), ("ya", "я", "я"), ("yo", "ё", "йо"), ("ye", "е", "є"), ("th", "т", "т"), ("ph", "ф", "ф"),
    ("ck", "к", "к"), ("ee", "и", "і"), ("oo", "у", "у"), ("a", "а", "а"), ("b", "б", "б"), ("c", "к", "к"),
    ("d", "д", "д"), ("e", "е", "е"), ("f", "ф", "ф"), ("g", "г", "г"), ("h", "х", "х"), ("i", "и", "і"),
    ("j", "дж", "дж"), ("k", "к", "к"), ("l", "л", "л"), ("m", "м", "м"), ("n", "н", "н"), ("o", "о", "о"),
    ("p", "п", "п"), ("q", "к", "к"), ("r", "р", "р"), ("s", "с", "с"), ("t", "т", "т"), ("u", "у", "у"),
    ("v", "в", "в"), ("w", "в", "в"), ("x", "кс", "кс"), ("y", "й", "й"), ("z", "з", "з"),
)  # fmt: skip
_INITIAL = _signs("g kk n d tt r m b pp s ss - j jj ch k t p h")
_MEDIAL = _signs("a ae ya yae eo e yeo ye o wa wae oe yo u wo we wi yu eu ui i")
_FINAL = _signs("- k k k n n n t l k m l l l p l m p p t t ng t t k t p t")
_UKRAINIAN_ONLY = frozenset("іїєґ")
_RUSSIAN_ONLY = frozenset("ыэъё")


def proposals(external_id: str, name: str) -> Iterator[Proposal]:
    """Spellings of `name` in other scripts, none if its script is not known here."""
    bare = name.casefold()
    if any("а" <= char <= "ӿ" for char in bare):
        if not _UKRAINIAN_ONLY & set(bare):
            spelled = _titled(_cyrillic(bare, _RU))
            yield Proposal(external_id=external_id, name=name, proposed=spelled, method="ru-latin")
        if not _RUSSIAN_ONLY & set(bare):
            spelled = _titled(_ukrainian(bare))
            yield Proposal(external_id=external_id, name=name, proposed=spelled, method="uk-latin")
    elif any("가" <= char <= "힣" for char in bare):
        yield Proposal(external_id=external_id, name=name, proposed=_titled(_korean(bare)), method="ko-latin")
    elif bare.isascii() and any(char.isalpha() for char in bare):
        yield Proposal(
            external_id=external_id, name=name, proposed=_titled(_latin(bare, 1)), method="latin-ru"
        )
        yield Proposal(
            external_id=external_id, name=name, proposed=_titled(_latin(bare, 2)), method="latin-uk"
        )


def _cyrillic(name: str, table: Mapping[str, str]) -> str:
    return "".join(table.get(char, char) for char in name)


def _ukrainian(name: str) -> str:
    words = name.replace("зг", "zgh").split()
    return " ".join(
        _UK_FIRST.get(word[0], _UK.get(word[0], word[0])) + _cyrillic(word[1:], _UK) for word in words
    )


def _latin(name: str, column: int) -> str:
    out, at = "", 0
    while at < len(name):
        row = next((row for row in _LATIN if name.startswith(row[0], at)), None)
        out += row[column] if row else name[at]
        at += len(row[0]) if row else 1
    return out


def _korean(name: str) -> str:
    out = ""
    for char in name:
        code = ord(char) - 0xAC00
        if 0 <= code < 11_172:
            out += _INITIAL[code // 588] + _MEDIAL[code % 588 // 28] + _FINAL[code % 28]
        else:
            out += char
    return out


def _titled(name: str) -> str:
    return " ".join(word[:1].upper() + word[1:] for word in name.split())
