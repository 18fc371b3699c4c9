"""Loads the gazetteer: hand-written YAML, completed with the names of states and capitals from CLDR (babel).

monitor/data/gazetteer/*.yaml ─┐
                               ├─► entries by kind and code ──► + CLDR names ──► Gazetteer, or all problems
the user's own *.yaml ─────────┘
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from importlib import resources
from pathlib import Path
from typing import Any, cast

from monitor.catalogue.territories import LANGUAGES, capital_names, state_names
from monitor.catalogue.yamlfile import Document, Problem, raise_problems, read_yaml
from monitor.text.fold import folded_word
from monitor.types.gazetteer import FORMS, ITEM_CLASSES, KINDS, Gazetteer, GazetteerEntry, GazetteerKind

VERSION_LENGTH = 16
"""Hexadecimal digits of the content hash that are kept, as for the taxonomy."""

_FILE_KEYS = ("kind", "entries", "compounds")
_META_KEYS = ("label", "zone", "class", "country", "context", "unless", "cldr")
_LANGUAGE = re.compile(r"[a-z]{2,3}")
_STATE = re.compile(r"[A-Z]{2}")
_NOT_STATES = ("EU", "UN")
_HINT = "see docs/reference/gazetteer.md"
_FIRST_IDEOGRAPH = "\u3400"
"""From here on one sign (an ideograph, a Hangul syllable) may be a word."""
_Key = tuple[str, str]


def packaged_gazetteer() -> Path:
    """The directory of the gazetteer that ships with the package."""
    return Path(str(resources.files("monitor") / "data" / "gazetteer"))


def load_gazetteer(path: Path | None = None) -> Gazetteer:
    """The packaged gazetteer with the files of `path` over it: an entry of the same kind and code replaces it.

    Raises CatalogueError with every problem found, its file, line and a hint.
    """
    problems: list[Problem] = []
    entries: dict[_Key, GazetteerEntry] = {}
    sources: dict[str, str] = {}
    compounds: dict[str, dict[str, tuple[str, ...]]] = {}
    for file in _files(path):
        document = read_yaml(file)
        for language, terms in _compounds(document).items():
            compounds.setdefault(language, {}).update(terms)
        for entry in _entries(document):
            entries[(entry.kind, entry.code)] = entry
            sources[f"{entry.kind}/{entry.code}"] = document.file
        problems.extend(document.problems)
    raise_problems(problems, "the gazetteer")
    ordered = tuple(entries[key] for key in sorted(entries))
    return Gazetteer(
        entries=ordered, compounds=compounds, version=content_hash(ordered, compounds), sources=sources
    )


def content_hash(
    entries: Iterable[GazetteerEntry], compounds: Mapping[str, Mapping[str, tuple[str, ...]]]
) -> str:
    """The version of a gazetteer: SHA-256 of its codes and terms, those from CLDR included."""
    said = [
        [e.kind, e.code, e.country, e.item_class, *map(_plain, (e.forms, e.context, e.unless))]
        for e in sorted(entries, key=lambda entry: (entry.kind, entry.code))
    ]
    text = json.dumps([said, _plain(compounds)], sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:VERSION_LENGTH]


def shared_names(gazetteer: Gazetteer) -> dict[tuple[str, str], list[str]]:
    """Terms that name several entries of one kind, by (language, term): each is a mistake or a true homonym."""
    owners: dict[tuple[str, str], dict[str, None]] = {}
    for entry in gazetteer.entries:
        for form, terms in entry.forms.items():
            for language, listed in terms.items():
                for term in listed if form != "weak" else ():
                    owners.setdefault((language, term), {})[f"{entry.kind}/{entry.code}"] = None
    return {key: sorted(named) for key, named in owners.items() if len(named) > 1}


def _plain(value: Any) -> Any:
    return (
        {key: _plain(inner) for key, inner in value.items()}
        if isinstance(value, Mapping)
        else sorted(set(value))
    )


def _files(path: Path | None) -> Iterator[Path]:
    for folder in (packaged_gazetteer(), path):
        if folder is not None and folder.is_dir():
            yield from sorted(folder.glob("*.yaml"))


def _compounds(document: Document) -> dict[str, dict[str, tuple[str, ...]]]:
    """Abbreviations by language: as many codes as signs."""
    data = document.data.get("compounds", {}) if isinstance(document.data, dict) else {}
    found: dict[str, dict[str, tuple[str, ...]]] = {}
    for language, terms in data.items():
        for term, codes in terms.items():
            listed = tuple(str(codes).split())
            if len(listed) != len(term.strip("*")):
                hint = "write one code a sign: 한미: KR US"
                document.complain(
                    ("compounds", language, term), f"{term!r} has not as many codes as signs", hint
                )
            found.setdefault(language, {})[term] = listed
    return found


def _entries(document: Document) -> Iterator[GazetteerEntry]:
    data = document.data
    if not isinstance(data, dict):
        document.complain((), "is not a mapping", f"a gazetteer file has the keys {', '.join(_FILE_KEYS)}")
        return
    document.check_keys((), data, _FILE_KEYS)
    entries = data.get("entries", {})
    kind = data.get("kind", "")
    if not isinstance(entries, dict):
        document.complain(("entries",), "is not a mapping of codes", _HINT)
        return
    if entries and kind not in KINDS:
        document.complain(("kind",), f"kind {kind!r} is unknown", f"one of {', '.join(KINDS)}")
        return
    for code, content in entries.items():
        if isinstance(content, dict):
            yield _entry(document, cast(GazetteerKind, kind), code, content)
        else:
            document.complain(("entries", code), f"{code!r} is not a mapping", "write `{en: Name, fr: Nom}`")


def _entry(document: Document, kind: GazetteerKind, code: str, content: dict[str, Any]) -> GazetteerEntry:
    path = ("entries", code)
    forms: dict[str, dict[str, tuple[str, ...]]] = {}
    for key, value in content.items():
        if key in FORMS:
            for language, terms in _by_language(document, (*path, key), value).items():
                forms.setdefault(key, {})[language] = terms
        elif _LANGUAGE.fullmatch(key):
            forms.setdefault("name", {})[key] = _terms(document, (*path, key), value)
        elif key not in _META_KEYS:
            known = ", ".join((*FORMS, *_META_KEYS, "or a language code"))
            document.complain((*path, key), f"unknown key {key!r}", f"known: {known}")
    entry = GazetteerEntry(
        kind=kind,
        code=code,
        name=str(content.get("label") or _label(forms, code)),
        forms=forms,
        country=str(content.get("country", "")),
        item_class=code if kind == "item" else str(content.get("class", "")),
        context=_by_language(document, (*path, "context"), content.get("context", {})),
        unless=_by_language(document, (*path, "unless"), content.get("unless", {})),
    )
    _check(document, entry)
    if kind == "actor" and _STATE.fullmatch(code) and code not in _NOT_STATES:
        return _with_cldr(entry, str(content.get("zone", "")), names=content.get("cldr") != "no")
    return entry


def _label(forms: Mapping[str, Mapping[str, tuple[str, ...]]], code: str) -> str:
    names = forms.get("name", {})
    return next(iter(names.get("en", names.get("any", ()))), code)


def _check(document: Document, entry: GazetteerEntry) -> None:
    path = ("entries", entry.code)
    needs_class = entry.kind in ("weapon", "item")
    if needs_class and entry.item_class not in ITEM_CLASSES:
        document.complain(path, f"class {entry.item_class!r} is unknown", f"one of {', '.join(ITEM_CLASSES)}")
    if not entry.forms and not (entry.kind == "actor" and _STATE.fullmatch(entry.code)):
        document.complain(path, f"{entry.code!r} has no names", _HINT)
    for terms in entry.forms.values():
        for language, listed in terms.items():
            for term in listed:
                if len(term.strip("*")) < 2 and term[:1] < _FIRST_IDEOGRAPH:
                    document.complain(
                        (*path, language), f"{term!r} is too short", "one letter finds everything"
                    )


def _with_cldr(entry: GazetteerEntry, zone: str, *, names: bool) -> GazetteerEntry:
    """The entry with CLDR's names of the state and of its capital added before its own."""
    forms = {form: dict(terms) for form, terms in entry.forms.items()}
    found = {"name": state_names(entry.code) if names else {}, "capital": capital_names(zone) if zone else {}}
    for form, listed in found.items():
        for language in LANGUAGES:
            weak = {folded_word(term) for term in forms.get("weak", {}).get(language, ())}
            own = forms.get(form, {}).get(language, ())
            added = tuple(term for term in listed.get(language, ()) if folded_word(term) not in weak)
            if own or added:
                forms.setdefault(form, {})[language] = tuple(dict.fromkeys((*added, *own)))
    label = (
        entry.name
        if entry.name != entry.code
        else next(iter(state_names(entry.code).get("en", (entry.code,))))
    )
    return replace(entry, forms=forms, name=label)


def _by_language(document: Document, path: tuple[str | int, ...], value: Any) -> dict[str, tuple[str, ...]]:
    if not isinstance(value, dict):
        document.complain(path, "is not a mapping of languages", "write `{en: term / term, fr: terme}`")
        return {}
    for language in value:
        if not _LANGUAGE.fullmatch(language):
            document.complain((*path, language), f"{language!r} is no language code", "ISO 639-1 or `any`")
    return {language: _terms(document, (*path, language), listed) for language, listed in value.items()}


def _terms(document: Document, path: tuple[str | int, ...], listed: Any) -> tuple[str, ...]:
    """Terms as a list, or as one text with ` / ` between them."""
    if isinstance(listed, str):
        listed = re.split(r"\s+/\s+", listed.strip())
    if not isinstance(listed, list) or not all(isinstance(item, str) for item in listed):
        document.complain(path, "is no list of terms", "write `term / term` or `[term, term]`")
        return ()
    return tuple(dict.fromkeys(term for item in listed if (term := " ".join(item.split()))))
