"""Parties of a sentence with what marks their role: prepositions, particles, cases, neighbours.

name of an actor ──► its phrase (army of, government) ──► word before, word or particle after, case ──► Party
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from monitor.annotate.claims.cases import ALL, adjective_marks, noun_marks
from monitor.annotate.gazetteer import CompiledGazetteer
from monitor.annotate.scan import Scan, office_of_another
from monitor.types.gazetteer import GazetteerMatch
from monitor.types.rules import ClaimLanguage

_UNSPACED = frozenset({"zh", "ja"})
_NO_PARTY = frozenset({"UN", "IAEA"})
_BARE = frozenset({"bare"})
_JOINED = frozenset({"joined"})
_ATTRIBUTE = frozenset({"attribute"})
"""An adjective of what is no party ("the Chinese city of …"): no role of its own, but it may say who is accused."""
_WINDOW = 70
_NATIVE_L = frozenset({"LB", "LY", "LV", "LT", "LU", "LR", "GB", "LA", "LS", "LI"})
_MASCULINE = frozenset({"IR", "IQ", "SD", "SS", "YE", "LB", "TD", "NE", "SN", "CG", "CD", "XK", "VA"})
"""States that German gives a masculine article."""
_NISBA = re.compile("(?:ی|ية|يّة|ي|يين|يون|يتين|يتان)$")
_FLAG = re.compile("[\U0001f1e6-\U0001f1ff]{2}")
_OF_A_GROUP = 4
_FIRST_SIGN = 0x1F1E6
_OPEN = "\"“”«»„‘’'([*_ "


@dataclass(frozen=True, slots=True)
class Party:
    """An actor as it stands in a sentence: its code, the span of its phrase, and the marks it may bear."""

    code: str
    start: int
    end: int
    marks: frozenset[str]
    capital: bool = False


@dataclass(frozen=True, slots=True)
class Span:
    """A half-open span of the text with what it is (a class of items, a frame, a cue)."""

    name: str
    start: int
    end: int


class Marker:
    """Reads marks of one language by `rules`."""

    def __init__(self, rules: ClaimLanguage, gazetteer: CompiledGazetteer) -> None:
        self.language = rules.language
        self.style = rules.style
        self._gazetteer = gazetteer
        self._before_marks = _lookup(rules.before)
        self._after_marks = _lookup(rules.after)
        heads = (*rules.skip, *rules.words.get("head", ()))
        self._before = _before_pattern(self._before_marks, heads, rules.language)
        self._after = _after_pattern(self._after_marks, rules.skip_after, rules.language)
        head = _alternatives(rules.words.get("head", ()))
        space = "" if rules.language in _UNSPACED else r"[\s-]+"
        self._head_after = (
            re.compile(rf"['’]?s?{space or ''}\s*(?:[\w-]+\s+)?(?:{head})(?!\w)") if head else None
        )
        self._head_before = (
            re.compile(rf"(?<!\w)(?:ال|لل|بال|وال)?(?:{head})(?:\s[\w-]+)?[\s'’]+$") if head else None
        )
        self._head_of = re.compile(rf"(?<!\w)({head})\s(?:\w+\s)?$") if head else None

    def parties(
        self, scan: Scan, sentence: tuple[int, int], items: Sequence[Span], triggers: Sequence[Span]
    ) -> list[Party]:
        """The actors of a sentence that may be parties of a transfer."""
        found = (
            self._party(scan, sentence, match, items, triggers) for match in _within(scan.matches, sentence)
        )
        parties = [party for party in found if party is not None]
        parties = sorted([*parties, *self._flags(scan.text, sentence)], key=lambda party: party.start)
        if self.language in ("zh", "ko"):
            parties = _groups_of_states(parties, scan.text)
        if self.language == "ko":
            parties = _partners(parties)
        parties = (
            [_after_pronoun(party, scan.text) for party in parties] if self.language == "de" else parties
        )
        return _seconds(parties) if "final" in self.style else parties

    def _party(
        self,
        scan: Scan,
        sentence: tuple[int, int],
        match: GazetteerMatch,
        items: Sequence[Span],
        triggers: Sequence[Span],
    ) -> Party | None:
        code = self._code(match)
        if (
            not code
            or code in _NO_PARTY
            or office_of_another(scan.matches, match)
            or _group_behind(scan, match)
        ):
            return None
        text, (low, high) = scan.text, sentence
        start, end = match.start, match.end
        if match.form == "demonym" or self._nisba(text[start:end], match):
            extended = self._with_head(text, low, start, end, high)
            if extended is None:
                beside = self._beside(text, start, end, items, triggers)
                return Party(code, start, end, beside or _ATTRIBUTE)
            start, end = extended
        elif self._head_after and self.language in ("en",):
            head = self._head_after.match(text.lower(), end, min(high, end + 40))
            end = head.end() if head else end
        if self.language == "ko" and text[start:end].endswith(("산", "제")) and match.form != "government":
            return Party(code, start, end, frozenset({"origin"}))
        marks = self._marks(text, (low, high), (start, end), match)
        if match.kind == "place":
            marks &= {"to", "from", "via", "seat"}
            marks = marks - {"seat"} | {"bare", "subject"} if "seat" in marks else marks
            return Party(code, start, end, marks, True) if marks else None
        if self.language == "ar" and marks == _BARE and any(0 <= start - t.end <= 1 for t in triggers):
            marks = frozenset({"bare", "direct"})
        if (
            (marks & {"bare", "subject", "of"})
            and any(item.start - end in (0, 1) for item in items)
            and self.language in ("zh", "ko")
        ):
            marks |= {"origin"}
        return Party(code, start, end, marks, match.form == "capital")

    def _flags(self, text: str, sentence: tuple[int, int]) -> list[Party]:
        """Flags that stand for a name behind a preposition ("ушли в 🇺🇦"); others adorn a headline."""
        found = []
        for flag in _FLAG.finditer(text, *sentence):
            code = "".join(chr(ord(sign) - _FIRST_SIGN + ord("A")) for sign in flag.group())
            left = text[max(sentence[0], flag.start() - _WINDOW) : flag.start()].lower()
            before = self._before.search(left) if self._before else None
            mark = self._before_marks(before.group(1)) if before else ""
            if mark == "in" and self.style.startswith("case"):
                mark = "to"
            if mark in ("to", "from", "via", "in") and self._gazetteer.entry("actor", code):
                found.append(Party(code, flag.start(), flag.end(), frozenset({mark})))
        return found

    def _nisba(self, word: str, match: GazetteerMatch) -> bool:
        """Whether a name ends as an adjective does (باكستانية, چینی); the matcher takes that for a suffix."""
        if self.language == "ar" and word.startswith("لل"):
            return False
        if self.language not in ("ar", "fa") or match.kind != "actor" or not _NISBA.search(word):
            return False
        entry = self._gazetteer.entry("actor", match.code)
        names = (
            {name for terms in entry.forms.values() for name in terms.get(self.language, ())}
            if entry
            else set()
        )
        return not any(word.endswith(name) for name in names)

    def _code(self, match: GazetteerMatch) -> str:
        if match.kind == "actor":
            return match.code
        if match.kind == "place":
            entry = self._gazetteer.entry("place", match.code)
            return entry.country if entry else ""
        return ""

    def _with_head(self, text: str, low: int, start: int, end: int, high: int) -> tuple[int, int] | None:
        """The phrase of an adjective and the noun that it stands with ("Sudanese army"), None without one."""
        lower = text.lower()
        if self._head_after:
            after = self._head_after.match(lower, end, min(high, end + 40))
            if after and not any(self._before_marks(word) for word in after.group().split()[:-1]):
                return start, after.end()
        if self._head_before and self.language in ("fr", "es", "ar", "fa"):
            before = self._head_before.search(lower, max(low, start - 40), start)
            if before:
                return before.start(), end
        return None

    def _beside(
        self, text: str, start: int, end: int, items: Sequence[Span], triggers: Sequence[Span]
    ) -> frozenset[str]:
        """Marks of an adjective beside an item or a noun of transfer."""
        near: list[tuple[int, str]] = []
        for spans, mark in ((items, "origin"), (triggers, "adj")):
            for span in spans:
                gap = (
                    text[end : span.start]
                    if span.start >= end
                    else text[span.end : start]
                    if span.end <= start
                    else ""
                )
                if (
                    len(gap) <= 28
                    and len(gap.split()) <= 2
                    and not any(char in ",.;:!?،؛。，" for char in gap)
                ):
                    near.append((len(gap), mark))
        return frozenset(mark for _, mark in near)

    def _marks(
        self, text: str, sentence: tuple[int, int], span: tuple[int, int], match: GazetteerMatch
    ) -> frozenset[str]:
        (low, high), (start, end) = sentence, span
        if self.language == "ar":
            prefix = _clitic(text[start:end], match.code)
            if prefix:
                return frozenset({prefix})
        left = text[max(low, start - _WINDOW) : start].lower()
        found = self._before.search(left) if self._before else None
        mark = self._before_marks(found.group(1)) if found else ""
        if mark == "dative" and _nominative(found, text[match.start : match.end], match):
            mark = ""
        after = self._after.match(text.lower(), end, min(high, end + 30)) if self._after else None
        behind = self._after_marks(after.group(1)) if after else ""
        if self.style.startswith("case"):
            return self._cased(text, left, mark, (start, end), match)
        if mark == "seat":
            return frozenset({"bare", "seat"})
        if mark:
            alone = not behind or behind == "poss" or (mark in ("to", "from", "via") and behind == "by")
            return frozenset({mark}) if alone else frozenset({mark, behind})
        return frozenset({behind}) if behind else _BARE

    def _cased(
        self, text: str, left: str, mark: str, span: tuple[int, int], match: GazetteerMatch
    ) -> frozenset[str]:
        """Marks of a Slavic phrase: a preposition decides, else the case of its head."""
        marks = self._case(text, left, span, match)
        if mark == "in":
            if marks == ALL or "accusative" in marks:
                return frozenset({"to"})
            genitive = "to" not in marks or text[span[1] - 1 : span[1]] in ("у", "ю")
            bought = self.language == "uk" and "of" in marks and genitive
            return frozenset({"from"} if bought else {"none"})
        if mark == "seat":
            return frozenset({"subject", "accusative", "seat"})
        if mark:
            return frozenset({mark})
        return marks - {"to"} | {"dative"} if {"of", "to"} <= marks else marks

    def _case(self, text: str, left: str, span: tuple[int, int], match: GazetteerMatch) -> frozenset[str]:
        start, end = span
        words = text[start:end].split()
        if match.form == "demonym" and len(words) > 1:
            both = adjective_marks(words[0], self.language)
            head = noun_marks(words[-1], self.language, ())
            return (both & head) or both
        governing = self._head_of.search(left) if self._head_of else None
        if governing:
            return noun_marks(governing.group(1), self.language, ())
        entry = self._gazetteer.entry("actor", match.code)
        lemmas = (
            [name for terms in entry.forms.values() for name in terms.get(self.language, ())[:2]]
            if entry
            else []
        )
        lemmas = [lemma.split()[-1] for lemma in lemmas if "*" not in lemma]
        return noun_marks(words[-1], self.language, lemmas)


def _group_behind(scan: Scan, match: GazetteerMatch) -> bool:
    """Whether a state's name only tells where the group behind it is of ("Yemen's Houthis", суданские Силы…)."""
    if len(match.code) != 2:
        return False
    groups = (other for other in scan.matches if other.kind == "actor" and len(other.code) > 2)
    return any(
        0 <= group.start - match.end <= _OF_A_GROUP
        and (match.form == "demonym" or scan.text[match.end : group.start].startswith(("'s", "’s")))
        and not scan.text[match.end : group.start].strip(" -'’s«\"“")
        for group in groups
    )


def _nominative(found: re.Match[str] | None, word: str, match: GazetteerMatch) -> bool:
    """Whether German "der" is the nominative of a masculine (der Iran, der russische Präsident)."""
    if found is None or found.group(1) != "der":
        return False
    return word.endswith("e") if match.form == "demonym" else match.code in _MASCULINE


def _after_pronoun(party: Party, text: str) -> Party:
    """A bare name right after a pronoun is an object ("wonach es Russland versorgt")."""
    left = text[max(0, party.start - 5) : party.start].lower()
    if party.marks == _BARE and left.endswith((" es ", " sie ", " er ", " man ", " wir ")):
        return replace(party, marks=frozenset({"second"}))
    return party


def _groups_of_states(parties: list[Party], text: str) -> list[Party]:
    """A group right behind the state that it is of bears the marks of both, the state none (向也门胡塞武装)."""
    kept: list[Party] = []
    for party in parties:
        last = kept[-1] if kept else None
        beside = last is not None and len(last.code) == 2 and text[last.end : party.start] in ("", " ", "的")
        if last is None or not beside or len(party.code) <= 2 or last.marks & {"subject", "object"}:
            kept.append(party)
            continue
        marks = (party.marks - _BARE) or last.marks
        kept[-1] = replace(party, start=last.start, marks=marks | (last.marks & {"to", "from", "via"}))
    return kept


def _partners(parties: list[Party]) -> list[Party]:
    """A Korean name with 와 or 과 behind another one is its partner: 브라질, 스웨덴과 …; before it, both may act."""
    return [
        replace(party, marks=frozenset({"with"})) if party.marks == _JOINED and number else party
        for number, party in enumerate(parties)
        if number or party.marks != _JOINED
    ]


def _seconds(parties: list[Party]) -> list[Party]:
    """Of two bare names in a row the second may be the one to whom: the verb comes after both."""
    seen = False
    for number, party in enumerate(parties):
        if party.marks == _BARE:
            if seen:
                parties[number] = replace(party, marks=frozenset({"bare", "second"}))
            seen = True
    return parties


def _within(matches: Iterable[GazetteerMatch], sentence: tuple[int, int]) -> list[GazetteerMatch]:
    low, high = sentence
    return [match for match in matches if low <= match.start < high and match.kind in ("actor", "place")]


def _clitic(word: str, code: str) -> str:
    """The role of the preposition that Arabic writes together with a name."""
    if word.startswith("لل"):
        return "to"
    if word.startswith("ل") and code not in _NATIVE_L:
        return "to"
    return ""


def _alternatives(terms: Iterable[str]) -> str:
    listed = sorted({term.lower() for term in terms}, key=len, reverse=True)
    return "|".join(
        re.escape(term)
        .replace(r"\*", r"\w*")
        .replace(r"\ ", r"[\s\u200c]+")
        .replace("\u200c", r"[\s\u200c]?")
        for term in listed
    )


class _Lookup:
    """The mark of a phrase found."""

    def __init__(self, listed: Mapping[str, Sequence[str]]) -> None:
        self.terms = [(term.lower(), mark) for mark, terms in listed.items() for term in terms]
        plain = [(term.replace("\u200c", " "), mark) for term, mark in self.terms]
        self._exact = {term: mark for term, mark in plain if "*" not in term}
        self._stems = [(term.rstrip("*"), mark) for term, mark in plain if "*" in term]

    def __call__(self, phrase: str) -> str:
        plain = " ".join(phrase.lower().replace("\u200c", " ").split())
        if plain in self._exact:
            return self._exact[plain]
        return next((mark for stem, mark in self._stems if plain.startswith(stem)), "")


def _lookup(listed: Mapping[str, Sequence[str]]) -> _Lookup:
    return _Lookup(listed)


def _before_pattern(marks: _Lookup, skip: Iterable[str], language: str) -> re.Pattern[str] | None:
    phrases = _alternatives(term for term, _ in marks.terms)
    if not phrases:
        return None
    between = _alternatives(skip) or "(?!)"
    if language in _UNSPACED:
        return re.compile(rf"({phrases})(?:{between}|[“”\"《》]){{0,4}}$")
    opening = re.escape(_OPEN)
    return re.compile(
        rf"(?<![\w])({phrases})(?:['’]\s*|[\s{opening}]+)(?:(?:{between})['’]?[\s{opening}-]*){{0,5}}$"
    )


def _after_pattern(marks: _Lookup, skip: Iterable[str], language: str) -> re.Pattern[str] | None:
    phrases = _alternatives(term for term, _ in marks.terms)
    if not phrases:
        return None
    between = _alternatives(skip) or "(?!)"
    end = r"(?=[\s,.\"”’'…)\]]|$)" if language == "ko" else ""
    return re.compile(rf"(?:\s?(?:{between}))*\s?({phrases}){end}")
