"""Names of outlets in a text: those of the register, and unknown ones that a noun introduces ("the daily X")."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from monitor.annotate.scan import Found, Scan, longest
from monitor.types.annotations import EntryText
from monitor.types.register import Register, RegisterEntry

_CLOSING = re.compile(
    "подпис|читать нас|читайте нас|наш сайт|subscribe|read us|abonne|suscr|folge|구독|关注|订阅|اشترك|عضو",
    re.IGNORECASE,
)
_LINK = re.compile(r"(?<![\w.-])[\w-]+(?:\.[\w-]+)+/[^\s)\]]+")
_NEAR = 14
_NOUN_AFTER = ("en", "de", "zh", "ko")
"""Languages that also put the noun behind the name (the Sun newspaper, 슈피겔 주간지)."""
_COMPOUND = re.compile(r"[^\W\d_]-$")
_CAPITAL_NEXT = re.compile(
    r" (?!(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|Montag|Dienstag|Mittwoch|Donnerstag|Freitag|Samstag|Sonntag)"
    r"[A-ZÀ-Þ][a-zß-ÿ]+"
)
_SIGNS = " *_\n\t!❗️⚡🔥‼️•—–-"
_CAPITAL_BEFORE = re.compile(r"[\w,;] (?!(?:The|A|[A-Z][a-z]+day|[A-Z]{2,}) )([A-Z][a-z]+) $")
_GERMAN_BEFORE = re.compile(
    r"(?:(?:^|[\s(»„\"])(?:(?:der|die|das|dem|den|des|im|vom|zum)\s(?:[\w-]+isch|Wiener|Berliner|Londoner)e?[nrs]?"
    r"|der|die|das|dem|den|des|im|vom|zum|zur|laut|wie|zitiert|so|deutsche[nr]?|Zeitung|Magazin"
    r"|Blatt|Boulevardzeitung|Sender|Tageszeitung|Wochenzeitung|Nachrichtenmagazin)\s|[.:!?\n»«\"“,]\s*|^)[»„\"]?$",
    re.IGNORECASE,
)
_OPENING, _CLOSING_QUOTES = ("«", "„", "»", "《", "“", "『", "「"), ("»", "“", "«", "》", "”", "』", "」")
_QUOTED = re.compile(r"\s{0,2}[«\"“„「『‘]\s?(\w[^«»\"“”„」』’\n]{1,39})(?<![\s,:])[»\"”“」』’]")
_CAPITALS = re.compile(
    r"\s((?:[A-ZÀ-ÞА-ЯЁІЇЄҐ][\w’'&+-]*)(?:\s(?:(?:de|del|la|el|of|the|du|des|al|für)\s)?[A-ZÀ-ÞА-ЯЁІЇЄҐ][\w’'&+.-]*\w){0,3})"
)
_NO_NAME = re.compile(r"(?:I|[A-Z][a-z]+day)\b")
_OF_SOMEBODY = ("сайт", "канал", "telegram", "телеграм")
"""Nouns after which a Russian or Ukrainian name without quotes is mostly whose site it is (сайт Кремля)."""
_PLURAL = re.compile(r"[A-Za-z][sS]$")
_CONTRACTED = re.compile(r"(?:du|au|des|aux) ", re.IGNORECASE)
_BOOK_QUOTES = re.compile(r"《([^《》\n]{2,16})》")
_KOREAN = re.compile(
    r"([가-힣A-Za-z]{2,10}(?:신문|일보|통신|방송|타임스|저널|미디어))(?=(?:이|가|은|는|에|을|를|의|와|과)?[\s,])"
)
_KOREAN_NOUNS = frozenset(
    ("신문", "통신", "방송", "신문사", "공영방송", "외신통신", "이동통신", "정보통신", "국영방송", "생방송")
)


@dataclass(frozen=True, slots=True)
class Name:
    """A name at a span: an outlet of the register, or (`entry` None) as written. `weak` names need a close cue.

    A `homonym` is also a state's name («ایران» the daily, «الجزیره» Algeria) and needs its cue before it.
    """

    written: str
    entry: RegisterEntry | None
    weak: bool
    start: int
    end: int
    homonym: bool = False


def outlet_names(
    scan: Scan, entry: EntryText, register: Register, attributed: Collection[int] = ()
) -> list[Name]:
    """Names of the register in the text, the longest where they overlap, in order; a link makes a weak name strong.

    `attributed` are the ends of phrases after which Arabic and Persian name a source ("in a report seen by").
    """
    strong, weak = scan.words.get("outlet", []), scan.words.get("weak outlet", [])
    if not strong and not weak:
        return []
    linked = {found.name for link in entry.links if (found := register.by_domain(link))}
    own = {found.name for found in (*_own(entry, register), *_signed(scan.text, register))}
    states = {(match.start, match.end) for match in scan.matches if match.kind in ("actor", "place")}
    nouns = [*(word.end for word in scan.words.get("medium", ())), *attributed]
    medium = scan.words.get("medium", [])
    media = {(word.start, word.end) for word in medium}
    cues = {(word.start, word.end) for word in scan.words.get("before", ())}
    sure = {_main(word, register).name for word in strong} | linked
    names = []
    for word in longest([*strong, *weak]):
        same = [w for w in (*strong, *weak) if (w.start, w.end) == (word.start, word.end)]
        rivals = [rival for rival in same if not _other_word(scan.text, rival, register)]
        if not rivals:
            continue
        chosen = _choose(rivals, register, sure, _states_before(scan, word))
        if (
            chosen.name in own
            or (word.start, word.end) in cues
            or _COMPOUND.search(scan.text, max(0, word.start - 2), word.start)
        ):
            continue
        homonym = (word.start, word.end) in states and not any(
            0 <= word.start - noun.end <= 2 for noun in medium
        )
        is_weak = all(rival.kind != "outlet" for rival in rivals) and chosen.name not in linked
        if is_weak and not _fits(scan, word, nouns, media):
            continue
        start = _after_article(scan, word) if chosen.name.startswith(("Le ", "Les ")) else word.start
        if start < 0:
            continue
        is_weak = is_weak and (homonym or not _sure(scan, word, medium))
        names.append(Name(chosen.name, chosen, is_weak or homonym, start, word.end, homonym))
    return names


def _fits(scan: Scan, word: Found, nouns: list[int], media: set[tuple[int, int]]) -> bool:
    """Whether a name that is a common word too stands as a name: it has its noun or quotes, or no words beside it.

    Arabic and Persian have no capitals, and German gives them to all nouns, so there more is asked than elsewhere;
    so it is where a Russian sentence begins, and behind another capitalised English word (the Mac Observer).
    """
    text, start, end = scan.text, word.start, word.end
    if _in_quotes(text, word):
        return True
    if (start, end) in media:
        return False
    if scan.language in ("ar", "fa"):
        return text[start:end].isascii() or any(0 <= start - noun <= 2 for noun in nouns)
    if scan.language == "de":
        joined = any(
            cue.start == end + 1 for cue in scan.words.get("after", ()) if text[end : end + 1] == "-"
        )
        behind = _GERMAN_BEFORE.search(text, max(0, start - 32), start) is not None
        return joined or (behind and not _named_on(text, end))
    opens = (
        scan.language in ("ru", "uk")
        and text[start] >= "\u0400"
        and not text[scan.sentence(start)[0] : start].strip(_SIGNS)
    )
    if opens:
        return False
    return not _named_on(text, end) and not (scan.language == "en" and _second_word(scan, start))


def _second_word(scan: Scan, start: int) -> bool:
    """Whether another capitalised word that is no state stands before the place."""
    before = _CAPITAL_BEFORE.search(scan.text, max(0, start - 24), start)
    return before is not None and not any(match.end == before.end(1) for match in scan.matches)


def _named_on(text: str, end: int) -> bool:
    """Whether the name goes on with a further capitalised word: The National Science Foundation, La Croix Rouge."""
    return _CAPITAL_NEXT.match(text, end) is not None


def _after_article(scan: Scan, word: Found) -> int:
    """Where a French name begins behind "du" or "aux"; -1 where it then has no capital (au soir)."""
    contracted = _CONTRACTED.match(scan.text, word.start) if scan.language == "fr" else None
    if contracted is None:
        return word.start
    return contracted.end() if scan.text[contracted.end()].isupper() else -1


def _other_word(text: str, word: Found, register: Register) -> bool:
    """Whether the hit is part of a longer Latin word, or a plural that is not the outlet's name (the stars, PNAS)."""
    following = text[word.end : word.end + 1]
    if following.isalpha() and following < "\u0250" and text[word.end - 1].isalpha():
        return True
    found = text[word.start : word.end]
    return _PLURAL.search(found) is not None and _main(word, register) not in register.by_alias(found)


def _sure(scan: Scan, word: Found, medium: list[Found]) -> bool:
    """Whether nothing but a name is so written: in quotes, beside its noun, or with an English article elsewhere."""
    if _in_quotes(scan.text, word) or (scan.language != "en" and scan.text.startswith("The ", word.start)):
        return True
    if not scan.text[word.start].isupper() and scan.text[word.start].isascii():
        return False
    after = scan.language in _NOUN_AFTER
    return any(
        0 <= word.start - noun.end <= 2 or (after and 0 <= noun.start - word.end <= 1) for noun in medium
    )


def _in_quotes(text: str, word: Found) -> bool:
    """Whether the name alone stands in the quotes that its language puts around titles."""
    return (
        text[max(0, word.start - 1) : word.start] in _OPENING
        and text[word.end : word.end + 1] in _CLOSING_QUOTES
    )


def unknown_names(scan: Scan, known: list[Name], entry: EntryText, register: Register) -> Iterator[Name]:
    """Names that a noun such as "newspaper" introduces: those that the register has in a slightly other form
    (газета Welt, DailyMail), the others as written."""
    own = {found.name for found in _own(entry, register)}
    for name in _introduced(scan):
        overlaps = any(name.start < other.end and other.start < name.end for other in known)
        if overlaps or name.written.casefold() == entry.outlet.casefold():
            continue
        outlet = register.by_likeness(name.written)
        if outlet is None:
            yield name
        elif outlet.name not in own:
            yield Name(outlet.name, outlet, False, name.start, name.end)


def _introduced(scan: Scan) -> Iterator[Name]:
    if scan.language == "zh":
        for book in _BOOK_QUOTES.finditer(scan.text):
            if book.group(1)[-1] in "报刊周社网志":
                yield Name(book.group(1), None, True, book.start(), book.end())
        return
    if scan.language == "ko":
        for korean in _KOREAN.finditer(scan.text):
            if korean.group(1) not in _KOREAN_NOUNS:
                yield Name(korean.group(1), None, True, korean.start(1), korean.end(1))
        return
    for noun in longest(scan.words.get("medium", [])):
        quoted = _QUOTED.match(scan.text, noun.end)
        found = quoted or (None if scan.language in ("ar", "fa") else _CAPITALS.match(scan.text, noun.end))
        if found is None or _NO_NAME.match(found.group(1)):
            continue
        noun_text = scan.text[noun.start : noun.end].casefold()
        if quoted is None and noun_text.startswith(_OF_SOMEBODY) and found.group(1)[0] >= "\u0400":
            continue
        yield Name(found.group(1).strip(), None, True, found.start(1), found.end(1))


def _signed(text: str, register: Register) -> Iterator[RegisterEntry]:
    """The publisher that a channel's own closing line links to ("subscribe", "read us")."""
    for line in text.splitlines():
        if "/" not in line or not _CLOSING.search(line):
            continue
        for link in _LINK.finditer(line):
            address = link.group().rstrip("/_*.")
            found = register.by_domain(address) or register.by_telegram(address.rpartition("/")[2])
            if found:
                yield found


def _choose(rivals: list[Found], register: Register, sure: set[str], states: set[str]) -> RegisterEntry:
    """Of homonyms the one that the text names more fully elsewhere or links to, of the state named before it
    (法国《世界报》), or that stands alone."""
    mains = [(_main(rival, register), rival.kind) for rival in rivals]
    mains.sort(
        key=lambda pair: (
            pair[0].name not in sure,
            pair[0].country not in states,
            pair[1] != "outlet",
            pair[0].name,
        )
    )
    return mains[0][0]


def _states_before(scan: Scan, word: Found) -> set[str]:
    """States named shortly before the name, as by an adjective of its country."""
    near = range(word.start - _NEAR, word.start + 1)
    return {match.code for match in scan.matches if match.kind == "actor" and match.end in near}


def _main(word: Found, register: Register) -> RegisterEntry:
    return register.main(register.entries[word.name])


def _own(entry: EntryText, register: Register) -> tuple[RegisterEntry, ...]:
    """The outlet that published the text: by its name, else by its address."""
    named = register.by_alias(entry.outlet) if entry.outlet else ()
    if named:
        return named
    found = register.by_domain(entry.url) if entry.url else None
    return (found,) if found else ()
