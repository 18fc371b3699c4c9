"""Watched names in a text: a person's own list through the matcher, identifiers, ships by IMO number.

names, aliases ──► case forms ──► one automaton ──► capitals as written? ──► longest wins ─┐
identifiers ─────► as they are written ────────────────────────────────────────────────────┼─► hits by place
"IMO 9074729" ───► check digit ────────────────────────────────────────────────────────────┘
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from monitor.annotate.caseforms import forms_of
from monitor.annotate.gazetteer import Case, case_fits, case_of
from monitor.annotate.matcher import Matcher
from monitor.text.scripts import script_of_language, script_weights
from monitor.types.annotations import EntryText, Field
from monitor.types.taxonomy import ANY_LANGUAGE, TermGroup
from monitor.types.watchlist import WatchedName, Watchlist, WatchlistHit

LEAST_LETTERS = 4
"""A name of fewer letters would be found in ordinary words; it is matched only in capitals, as an acronym."""
_LONG_CAPITALS = 5
_IMO = re.compile(
    r"(?<!\w)(?:IMO|ИМО|ІМО|آی‌ام‌او)(?:\s*(?:no\.?|number|num\.|nr\.?|№|номер|numéro|n[°º]|número|编号|编號|번호))?"
    r"\W{0,3}(\d{7})(?!\d)",
    re.IGNORECASE,
)
_CYRILLIC = ("ru", "uk")


def imo_is_valid(number: str) -> bool:
    """Whether a ship's seven-digit number has its check digit: the first six times 7 to 2, summed, end in the seventh.

    IMO Ship Identification Number Scheme, resolution A.1117(30), annex.
    """
    digits = [int(char) for char in number if char in "0123456789"]
    if len(digits) != 7 or len(digits) != len(number):
        return False
    return (
        sum(digit * weight for digit, weight in zip(digits, range(7, 1, -1), strict=False)) % 10 == digits[6]
    )


@dataclass(frozen=True, slots=True)
class _Slot:
    """What a group of terms stands for: list, watched name, how the text has to write it."""

    watchlist: str
    external_id: str
    case: Case


class CompiledWatchlists:
    """Matches texts against lists. Automata are built when a script is first met; pickling hands over the lists."""

    def __init__(self, lists: Iterable[Watchlist]) -> None:
        self.lists = tuple(lists)
        self._slots, self._groups = _groups(self.lists)
        self._ships = {
            imo: (one.name, entry.external_id)
            for one in self.lists
            for entry in one.entries
            for imo in entry.identifiers.get("imo", ())
        }
        self._matchers: dict[tuple[str, ...], Matcher] = {}

    def __reduce__(self) -> tuple[type[CompiledWatchlists], tuple[tuple[Watchlist, ...]]]:
        return (CompiledWatchlists, (self.lists,))

    @property
    def empty(self) -> bool:
        """Whether nothing is watched."""
        return not self._groups and not self._ships

    def find(self, text: EntryText) -> tuple[WatchlistHit, ...]:
        """Hits in title and body; spans index the field that they name."""
        parts: tuple[tuple[Field, str], ...] = (("title", text.title), ("body", text.body))
        found: list[WatchlistHit] = []
        for field, content in parts:
            for watchlist, external_id, start, end in self._places(content):
                hit = WatchlistHit(
                    watchlist=watchlist,
                    external_id=external_id,
                    entry_id=text.entry_id,
                    revision_id=text.revision_id,
                    term=content[start:end],
                    field=field,
                    start_char=start,
                    end_char=end,
                )
                found.append(hit)
        return tuple(found)

    def _places(self, content: str) -> list[tuple[str, str, int, int]]:
        if not content:
            return []
        found = {
            (slot.watchlist, slot.external_id, hit.start, hit.end)
            for hit in self._matcher(content).find(content)
            if case_fits(content[hit.start : hit.end], (slot := self._slots[hit.group]).case)
        }
        for match in _IMO.finditer(content):
            owner = self._ships.get(match.group(1))
            if owner is not None and imo_is_valid(match.group(1)):
                found.add((*owner, match.start(), match.end()))
        return sorted(_longest(found), key=lambda place: (place[2], place[3], place[:2]))

    def _matcher(self, content: str) -> Matcher:
        """By the scripts of the text: names with case forms in Cyrillic, no word boundaries beside ideographs."""
        scripts = {name for name, weight in script_weights(content).items() if weight}
        key = tuple(
            language
            for language in ("ar", "fa", "ko", "ru", "uk", "zh")
            if script_of_language(language) in scripts
        )
        if key not in self._matchers:
            self._matchers[key] = Matcher(self._groups, (*key, ANY_LANGUAGE))
        return self._matchers[key]


def _longest(found: Iterable[tuple[str, str, int, int]]) -> Iterator[tuple[str, str, int, int]]:
    """Of one name's places only those within no longer one of the same name."""
    by_name: dict[tuple[str, str], list[tuple[int, int]]] = {}
    for watchlist, external_id, start, end in found:
        by_name.setdefault((watchlist, external_id), []).append((start, end))
    for (watchlist, external_id), spans in by_name.items():
        last = -1
        for start, end in sorted(spans, key=lambda span: (span[0], -span[1])):
            if end > last:
                yield watchlist, external_id, start, end
                last = end


def _groups(lists: Sequence[Watchlist]) -> tuple[tuple[_Slot, ...], tuple[TermGroup, ...]]:
    """Groups of terms for the matcher, and what each stands for, in the same order."""
    terms: dict[_Slot, dict[str, list[str]]] = {}
    for one in lists:
        for entry in one.entries:
            for language, term, case in _terms(entry):
                slot = _Slot(one.name, entry.external_id, case)
                terms.setdefault(slot, {}).setdefault(language, []).append(term)
    groups = tuple(
        TermGroup(name=f"watchlist/{number}", terms={k: tuple(dict.fromkeys(v)) for k, v in listed.items()})
        for number, listed in enumerate(terms.values())
    )
    return tuple(terms), groups


def _terms(entry: WatchedName) -> Iterator[tuple[str, str, Case]]:
    """(language, term, case) of a watched name: its spellings, and its identifiers but IMO numbers."""
    for name in dict.fromkeys((entry.name, *entry.aliases)):
        spelled = _readable(name)
        if not spelled:
            continue
        yield ANY_LANGUAGE, spelled, case_of(spelled)
        script = max(script_weights(spelled).items(), key=lambda item: item[1], default=("", 0))[0]
        if script == "Cyrillic":
            for language in _CYRILLIC:
                yield from ((language, form, case_of(form)) for form in forms_of(spelled, language))
        else:
            for language in ("ar", "fa", "ko", "zh"):
                if script_of_language(language) == script:
                    yield language, spelled, "any"
    for kind, codes in entry.identifiers.items():
        if kind != "imo":
            yield from ((ANY_LANGUAGE, code, "any") for code in codes)


def _readable(name: str) -> str:
    """A name as terms are written: no stars, a long name all in capitals as an ordinary one; "" if too short."""
    plain = " ".join(name.replace("*", " ").split())
    letters = sum(char.isalnum() for char in plain)
    unspaced = any("\u3400" <= char <= "\u9fff" or "가" <= char <= "힣" for char in plain)
    if letters < (2 if unspaced else LEAST_LETTERS) and not (plain.isupper() and letters >= 2):
        return ""
    if plain.isupper() and letters > _LONG_CAPITALS:
        return plain.title()
    return plain
