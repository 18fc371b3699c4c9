"""States, groups, places, weapons and classes of items that a text names.

hits of the matcher ──► capitals as written? ──► weak names and homonyms by context ──► longest wins ──► entities
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from monitor.annotate.gazetteer import CompiledGazetteer, Slot, case_fits
from monitor.annotate.matcher import Hit
from monitor.types.annotations import Entity, EntryText
from monitor.types.gazetteer import GazetteerMatch

_GAP = "\n \n"
"""Between title and body: wider than any phrase may bridge, as in `topics`."""
_AFTER_IDEOGRAPHS = frozenset("其当途集空手心之年月会史")
"""其中美国 is "among them the USA", not "China and the USA"."""
_PRIORITY = {"name": 0, "government": 0, "capital": 1, "demonym": 2, "weak": 3}
_PARTS = "dual-use-components"
_KIND_PRIORITY = {"mask": 0, "weapon": 1, "actor": 2, "place": 3, "item": 4}

_JOINER = "\u2060"
"""Folding drops it, and it is as long as the blank or bracket that it stands for."""
_SPACED = ("EE. UU", "U. S.", "N. Korea", "S. Korea")
_IN_BRACKETS = re.compile("(?<=刚果)[（(]([金布])[）)]")

_Found = tuple[int, int, Slot]


def find_entities(text: EntryText, language: str, gazetteer: CompiledGazetteer) -> tuple[Entity, ...]:
    """Entities of title and body in the order of the text; spans index the field that they name.

    `language` is the detected one (ISO 639-1, or `und`: every configured language of the text's scripts).
    """
    whole = f"{text.title}{_GAP}{text.body}" if text.title else text.body
    shift = len(text.title) + len(_GAP) if text.title else 0
    return tuple(
        Entity(
            kind=match.kind,
            code=match.code,
            field="title" if match.start < shift else "body",
            start_char=match.start - (0 if match.start < shift else shift),
            end_char=match.end - (0 if match.start < shift else shift),
        )
        for match in find_matches(whole, language, gazetteer)
    )


def find_matches(text: str, language: str, gazetteer: CompiledGazetteer) -> tuple[GazetteerMatch, ...]:
    """What `text` names, with the form of the name, in the order of the text; no two overlap."""
    return matches_of(text, gazetteer.matcher(language, text).find(joined(text)), gazetteer)


def joined(text: str) -> str:
    """`text` as the matcher should read it, code point for code point: EE. UU. and 刚果（金） without their gaps."""
    for spaced in _SPACED:
        if spaced in text:
            text = text.replace(spaced, spaced.replace(" ", _JOINER))
    return _IN_BRACKETS.sub(rf"{_JOINER}\1{_JOINER}", text) if "刚果" in text else text


def matches_of(
    text: str, hits: Iterable[Hit], gazetteer: CompiledGazetteer, *, first: int = 0
) -> tuple[GazetteerMatch, ...]:
    """The same from hits found before, in `joined(text)`.

    `first` is the number of the gazetteer's first group in the matcher: one automaton may hold the taxonomy's
    groups before `gazetteer.groups`, which saves folding and reading each text twice.
    """
    slots = gazetteer.slots
    found = [
        (hit.start, hit.end, slot)
        for hit in hits
        if hit.group >= first
        and (
            (slot := slots[hit.group - first]).case == "any"
            or case_fits(text[hit.start : hit.end], slot.case)
        )
    ]
    kept = _longest(text, _in_context(found), gazetteer)
    matches = [match for item in kept for match in _matches(item, gazetteer)]
    matches.sort(key=lambda match: (match.start, match.end))
    return tuple(matches)


def _in_context(found: Sequence[_Found]) -> list[_Found]:
    """Without weak names that nothing supports, and names whose company says that they mean something else."""
    strong, sure, against = set(), set(), set()
    for _, _, slot in found:
        if slot.role == "unless":
            against.add(slot.entry)
        elif slot.role == "context":
            strong.add(slot.entry)
        elif slot.form != "weak":
            strong.add(slot.entry)
            if slot.form != "name":
                sure.add(slot.entry)
    against -= sure
    return [
        item
        for item in found
        if item[2].role in ("name", "compound")
        and not (item[2].form == "weak" and item[2].entry not in strong)
        and not (item[2].form in ("name", "weak") and item[2].entry in against)
    ]


def _longest(text: str, found: Iterable[_Found], gazetteer: CompiledGazetteer) -> list[_Found]:
    """The longest first, then whatever does not overlap it; equals by kind and form."""
    taken = 0
    kept: list[_Found] = []
    for item in sorted(found, key=lambda item: _rank(item, gazetteer)):
        start, end, slot = item
        if slot.role == "compound" and start and text[start] == "中" and text[start - 1] in _AFTER_IDEOGRAPHS:
            continue
        bits = ((1 << (end - start)) - 1) << start
        if not taken & bits:
            taken |= bits
            kept.append(item)
    return kept


def _rank(item: _Found, gazetteer: CompiledGazetteer) -> tuple[int, int, int, int, int]:
    start, end, slot = item
    if slot.role == "compound":
        return (start - end, 9, -len(slot.codes), start, 0)
    entry = gazetteer.entries[slot.entry]
    place = -1 if entry.code == _PARTS else slot.entry  # Drohnenmotoren are motors, not drones
    return (start - end, _KIND_PRIORITY[entry.kind], _PRIORITY[slot.form], start, place)


def _matches(item: _Found, gazetteer: CompiledGazetteer) -> list[GazetteerMatch]:
    start, end, slot = item
    if slot.role == "compound":
        return [
            GazetteerMatch(kind="actor", code=code, form="name", start=start + place, end=start + place + 1)
            for place, code in enumerate(slot.codes)
        ]
    entry = gazetteer.entries[slot.entry]
    if entry.kind == "mask":
        return []
    return [GazetteerMatch(kind=entry.kind, code=entry.code, form=slot.form, start=start, end=end)]
