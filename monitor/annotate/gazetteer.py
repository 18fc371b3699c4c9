"""The gazetteer made ready for matching: one automaton by language, each term with the case that it asks for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from monitor.annotate.caseforms import forms_of
from monitor.annotate.matcher import Matcher
from monitor.text.scripts import script_of_language, script_weights
from monitor.types.gazetteer import Gazetteer, GazetteerEntry
from monitor.types.taxonomy import ANY_LANGUAGE, TermGroup

UNDETERMINED = "und"
_MINOR_SCRIPT = 0.2

Case = Literal["any", "title", "upper"]
Role = Literal["name", "context", "unless", "compound"]


@dataclass(frozen=True, slots=True)
class Slot:
    """What a group of terms stands for: an entry by number, in what form and role, written in which case.

    A compound has the codes of its signs instead of an entry (`entry` is -1).
    """

    entry: int
    form: str
    role: Role
    case: Case
    codes: tuple[str, ...] = ()


class CompiledGazetteer:
    """Matches texts against `gazetteer`; `languages` are the configured ones, tried where none is sure.

    Automata are built when a language is first met. Pickling hands over the data only: each worker builds its own.
    """

    def __init__(self, gazetteer: Gazetteer, languages: Iterable[str]) -> None:
        self.gazetteer = gazetteer
        self.languages = tuple(sorted(set(languages)))
        self.entries = gazetteer.entries
        self.slots, self.groups = _slots(gazetteer)
        self._by_code: dict[tuple[str, str], GazetteerEntry] = {(e.kind, e.code): e for e in self.entries}
        self._matchers: dict[tuple[str, ...], Matcher] = {}

    def __reduce__(self) -> tuple[type[CompiledGazetteer], tuple[Gazetteer, tuple[str, ...]]]:
        return (CompiledGazetteer, (self.gazetteer, self.languages))

    @property
    def version(self) -> str:
        """The gazetteer's content hash."""
        return self.gazetteer.version

    def entry(self, kind: str, code: str) -> GazetteerEntry | None:
        """The entry of `kind` with `code`, or None."""
        return self._by_code.get((kind, code))

    def item_class(self, kind: str, code: str) -> str:
        """The class of items (GUIDELINES) that an entity of `kind` weapon or item belongs to, else empty."""
        entry = self.entry(kind, code)
        return entry.item_class if entry else ""

    def matcher(self, language: str, text: str) -> Matcher:
        """The matcher for `language`; for `und` that of all configured languages of the scripts in `text`."""
        key = (language,) if language != UNDETERMINED else self._of_scripts(text)
        if key not in self._matchers:
            self._matchers[key] = Matcher(self.groups, (*key, ANY_LANGUAGE))
        return self._matchers[key]

    def _of_scripts(self, text: str) -> tuple[str, ...]:
        weights = script_weights(text)
        total = sum(weights.values())
        scripts = {name for name, weight in weights.items() if weight >= _MINOR_SCRIPT * total}
        return tuple(language for language in self.languages if script_of_language(language) in scripts)


def case_of(term: str) -> Case:
    """The case that a term asks of the text, which is how it is written: iranien* any, Iran title, US upper."""
    letters = [char for char in term if char.isalpha()]
    if not letters or not letters[0].isupper() or term.startswith("*"):
        return "any"
    return "upper" if len(letters) > 1 and all(char.isupper() for char in letters) else "title"


def case_fits(found: str, case: Case) -> bool:
    """Whether `found` is written in `case`; scripts without capitals always fit."""
    if case == "any":
        return True
    letters = (char for char in found if char.isalpha())
    first = next(letters, "")
    if first.islower():
        return False
    return case == "title" or not next(letters, "").islower()


def _slots(gazetteer: Gazetteer) -> tuple[tuple[Slot, ...], tuple[TermGroup, ...]]:
    """Groups of terms for the matcher, and what each stands for, in the same order."""
    terms: dict[Slot, dict[str, list[str]]] = {}
    for slot, language, term in _all_terms(gazetteer):
        terms.setdefault(slot, {}).setdefault(language, []).append(term)
    groups = tuple(
        TermGroup(name=f"gazetteer/{number}", terms={k: tuple(dict.fromkeys(v)) for k, v in listed.items()})
        for number, listed in enumerate(terms.values())
    )
    return tuple(terms), groups


def _all_terms(gazetteer: Gazetteer) -> Iterator[tuple[Slot, str, str]]:
    for number, entry in enumerate(gazetteer.entries):
        for form, terms in entry.forms.items():
            for language, term in _flat(terms):
                for variant in _variants(entry, form, term, language):
                    yield Slot(number, form, "name", case_of(variant)), language, variant
        for role, terms in (("context", entry.context), ("unless", entry.unless)):
            for language, term in _flat(terms):
                yield Slot(number, role, role, case_of(term)), language, term  # type: ignore[arg-type]
    for language, listed in gazetteer.compounds.items():
        for term, codes in listed.items():
            yield Slot(-1, "name", "compound", "any", codes), language, term


def _variants(entry: GazetteerEntry, form: str, term: str, language: str) -> tuple[str, ...]:
    """Names decline, weapons in the plural too; demonyms and nouns of item classes are written as stems.

    In Korean only states and their capitals have compounds: an army or a product is of them.
    """
    if entry.kind in ("item", "mask") or form == "demonym":
        return (term,)
    if language == "ko" and not (entry.kind == "actor" and form in ("name", "capital")):
        return (term,)
    return forms_of(term, language, plural=entry.kind == "weapon")


def _flat(terms: Mapping[str, tuple[str, ...]]) -> Iterator[tuple[str, str]]:
    return ((language, term) for language, listed in terms.items() for term in listed)
