"""Loads the register of outlets: generated facts, hand-written names, then the user's own files.

    monitor/data/register/*.yaml, generated ─┐
    monitor/data/register/*.yaml, by hand  ──┼─► layers by name ──► checked entries ──► Register, or all problems
    the user's own *.yaml ───────────────────┘

A hand-written entry adds names and addresses to the generated one of the same name and replaces its other fields.
A user's entry replaces each field that it gives, names and addresses too.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from importlib import resources
from pathlib import Path
from typing import Any, cast

from babel import Locale

from monitor.catalogue.territories import LANGUAGES
from monitor.catalogue.yamlfile import Document, raise_problems, read_yaml
from monitor.text.fold import folded_word
from monitor.types.register import (
    OUTLET_KINDS,
    TYPOLOGY,
    UNVERIFIED,
    OutletKind,
    Register,
    RegisterEntry,
    every_name,
)
from monitor.types.source import Ownership
from monitor.types.taxonomy import ANY_LANGUAGE

VERSION_LENGTH = 16
"""Hexadecimal digits of the content hash that are kept, as for the taxonomy."""

_FILE_KEYS = ("generated", "defaults", "outlets")
_FIELDS = ("kind", "country", "ownership", "typology", "owner", "period", "source", "family", "edition_of")
_LISTS = ("domains", "telegram")
_WEAK = "needs_context"
_LANGUAGE = re.compile(r"[a-z]{2,3}")
_DATE = r"\d{4}(?:-\d{2}(?:-\d{2})?)?"
_PERIOD = re.compile(rf"{_DATE}|{_DATE}/(?:{_DATE})?|/{_DATE}")
_DOMAIN = re.compile(r"[\w-]+(?:\.[\w-]+)+(?:/[^\s/?#]+)*")
_CHANNEL = re.compile(r"[A-Za-z]\w{2,31}")
_SPACES = re.compile(r"[\W_]+")
_SEPARATOR = "\ua66e"
_Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class _Place:
    """Where the last layer of an entry stands, for messages."""

    document: Document
    path: _Path
    layer: int


def packaged_register() -> Path:
    """The directory of the register that ships with the package."""
    return Path(str(resources.files("monitor") / "data" / "register"))


def load_register(path: Path | None = None, *, base: Path | None = None) -> Register:
    """The packaged register (or `base` in its stead) with the files of `path`, a directory or a file, over it.

    Raises CatalogueError with every problem found, its file, line and a hint.
    """
    packaged = sorted((read_yaml(file) for file in _files(base or packaged_register())), key=_is_written)
    documents = [*packaged, *(read_yaml(file, str(file)) for file in _files(path))]
    fields: dict[str, dict[str, Any]] = {}
    places: dict[str, _Place] = {}
    for layer, document in enumerate(documents):
        own = layer >= len(packaged)
        for name, content in _contents(document):
            if not own and name in places and _is_written(places[name].document):
                document.complain(
                    ("outlets", name), f"{name!r} stands in {places[name].document.file} too", "merge them"
                )
            fields[name] = _layered(fields.get(name, {}), content, own=own)
            places[name] = _Place(document, ("outlets", name), layer)
    entries = [_entry(name, content) for name, content in fields.items()]
    _check(entries, places)
    raise_problems((problem for document in documents for problem in document.problems), "the register")
    return build_register(entries, {name: place.document.file for name, place in places.items()})


def build_register(entries: Iterable[RegisterEntry], sources: Mapping[str, str] | None = None) -> Register:
    """A register of `entries`. An address that several claim goes to the outlet that `_claim` puts first."""
    ordered = sorted(entries, key=lambda entry: entry.name)
    return Register(
        entries={entry.name: entry for entry in ordered},
        version=content_hash(ordered),
        domains=_owners(ordered, lambda entry: map(_domain_key, entry.domains)),
        channels=_owners(ordered, lambda entry: map(str.lower, entry.telegram)),
        folder=fold_all,
        sources=dict(sources or {}),
    )


def extend(register: Register, entries: Iterable[RegisterEntry]) -> Register:
    """`register` with `entries` added; one of the same name replaces the whole entry. The version changes with it.

    An entry's own name counts in every language unless it needs context, as for entries read from a file.
    """
    added = {entry.name: _with_own_name(entry) for entry in entries}
    return build_register({**register.entries, **added}.values(), register.sources)


def for_feed(register: Register, address: str) -> RegisterEntry | None:
    """The outlet behind a feed's URL, or behind a Telegram channel (name, @name or t.me address); None if unknown."""
    if "." not in address or re.match(
        r"(?:https?://)?(?:www\.)?(?:t|telegram)\.(?:me|dog)/", address, re.IGNORECASE
    ):
        return register.by_telegram(address)
    return register.by_domain(address)


def collisions(entries: Iterable[RegisterEntry]) -> dict[tuple[str, str], list[str]]:
    """Names that several outlets have without needing context, by (language, plain name).

    A name in `any` meets those of every language. Editions share the names of their outlet.
    """
    owners: dict[str, dict[tuple[str, str], None]] = {}
    for alias, language, entry, weak in every_name(entries):
        if not weak:
            owners.setdefault(_plain(alias), {})[language, entry.edition_of or entry.name] = None
    found: dict[tuple[str, str], list[str]] = {}
    for key, claims in owners.items():
        for language, name in claims:
            meets = {other for of, other in claims if of == language or ANY_LANGUAGE in (of, language)}
            if len(meets | {name}) > 1:
                found[language, key] = sorted(meets | {name})
    return found


def content_hash(entries: Iterable[RegisterEntry]) -> str:
    """The version of a register: SHA-256 of its entries in order of names."""
    said = [
        [
            *(str(getattr(entry, field) or "") for field in ("name", *_FIELDS)),
            entry.domains,
            entry.telegram,
            dict(entry.aliases),
            dict(entry.needs_context),
        ]
        for entry in sorted(entries, key=lambda entry: entry.name)
    ]
    text = json.dumps(said, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:VERSION_LENGTH]


def fold_all(texts: Sequence[str]) -> list[str]:
    """Each text folded as the matcher folds it, in one pass: one call for all is many times faster than one each."""
    folded = folded_word(f" {_SEPARATOR} ".join(texts))
    return [" ".join(part.split()) for part in folded.split(_SEPARATOR)]


def _files(path: Path | None) -> Iterator[Path]:
    if path is not None and path.is_dir():
        yield from sorted(path.glob("*.yaml"))
    elif path is not None and path.is_file():
        yield path


def _is_written(document: Document) -> bool:
    return not (isinstance(document.data, dict) and "generated" in document.data)


def _contents(document: Document) -> Iterator[tuple[str, dict[str, Any]]]:
    """The outlets of a file with its defaults filled in, values parsed and checked one by one."""
    data = document.data
    if not isinstance(data, dict):
        document.complain((), "is not a mapping", f"a register file has the keys {', '.join(_FILE_KEYS)}")
        return
    document.check_keys((), data, _FILE_KEYS)
    outlets, defaults = data.get("outlets", {}), data.get("defaults", {})
    if not isinstance(outlets, dict) or not isinstance(defaults, dict):
        document.complain(
            ("outlets",), "is not a mapping of names", "write `outlets:` and under it `Name: {kind: …}`"
        )
        return
    for name, content in outlets.items():
        if isinstance(content, dict):
            yield name, _parsed(document, name, {**defaults, **content})
        else:
            document.complain(
                ("outlets", name), f"{name!r} is not a mapping", "write `Name: {kind: newspaper, en: Name}`"
            )


def _parsed(document: Document, name: str, content: dict[str, Any]) -> dict[str, Any]:
    path = ("outlets", name)
    parsed: dict[str, Any] = {}
    names: dict[str, tuple[str, ...]] = {}
    for key, value in content.items():
        if key in _FIELDS:
            parsed[key] = _text(document, (*path, key), value)
        elif key in _LISTS:
            parsed[key] = _terms(document, (*path, key), value)
        elif key == _WEAK:
            parsed[key] = _by_language(document, (*path, key), value)
        elif _is_language(key):
            names[key] = _terms(document, (*path, key), value)
        else:
            document.check_keys(path, {key: value}, (*_FIELDS, *_LISTS, _WEAK, "a language code"))
    parsed["aliases"] = names
    _check_fields(document, path, parsed)
    return parsed


def _text(document: Document, path: _Path, value: Any) -> str:
    if isinstance(value, str):
        return value
    document.complain(path, f"{path[-1]} is no text", "write one value")
    return ""


def _check_fields(document: Document, path: _Path, parsed: dict[str, Any]) -> None:
    known: dict[str, Iterable[str]] = {
        "kind": OUTLET_KINDS,
        "ownership": list(Ownership),
        "typology": TYPOLOGY,
    }
    for key, values in known.items():
        if key in parsed and parsed[key] not in values:
            document.complain(
                (*path, key), f"{key} {parsed[key]!r} is unknown", f"one of {', '.join(values)}"
            )
    country = parsed.get("country")
    if country and country not in _countries():
        document.complain(
            (*path, "country"), f"country {country!r} is unknown", "ISO 3166-1, two capitals: GB, FR; or EU"
        )
    if parsed.get("period") and not _PERIOD.fullmatch(parsed["period"]):
        document.complain(
            (*path, "period"), f"cannot read period {parsed['period']!r}", "2024-02, 2014/, /2013, 2001/2013"
        )
    for domain in parsed.get("domains", ()):
        if not _DOMAIN.fullmatch(domain):
            document.complain(
                (*path, "domains"), f"{domain!r} is no domain", "write example.org or example.org/path"
            )
    for channel in parsed.get("telegram", ()):
        if not _CHANNEL.fullmatch(channel):
            document.complain(
                (*path, "telegram"), f"{channel!r} is no channel name", "write it without @ and t.me/"
            )
    for names in (parsed["aliases"], parsed.get(_WEAK, {})):
        for language, listed in names.items():
            for term in listed:
                if len(_plain(term)) < 2 and not "\u3400" <= term[:1] <= "\u9fff":
                    document.complain(
                        (*path, language), f"{term!r} is too short", "one letter finds everything"
                    )


def _layered(below: dict[str, Any], above: dict[str, Any], *, own: bool) -> dict[str, Any]:
    merged = {**below, **above}
    for key in ("aliases", _WEAK):
        merged[key] = {**(below.get(key, {}) if own else {}), **above.get(key, {})}
    if not own:
        for key in _LISTS:
            merged[key] = tuple(dict.fromkeys((*above.get(key, ()), *below.get(key, ()))))
    return merged


def _entry(name: str, content: Mapping[str, Any]) -> RegisterEntry:
    """The entry; a name that needs context in a language does not stand alone there."""
    aliases, weak = dict(content["aliases"]), dict(content.get(_WEAK, {}))
    needs = {language: {_plain(term) for term in terms} for language, terms in weak.items()}
    for language, terms in aliases.items():
        said = needs.get(language, set()) | needs.get(ANY_LANGUAGE, set())
        aliases[language] = tuple(term for term in terms if _plain(term) not in said)
    typology = content.get("typology") or None
    ownership = content.get("ownership") or TYPOLOGY.get(typology or "", Ownership.UNKNOWN)
    entry = RegisterEntry(
        name=name,
        kind=cast(OutletKind, content.get("kind") or "unknown"),
        country=content.get("country") or None,
        ownership=Ownership(ownership) if ownership in list(Ownership) else Ownership.UNKNOWN,
        typology=typology,
        owner=content.get("owner") or None,
        period=content.get("period") or "",
        source=content.get("source") or UNVERIFIED,
        family=content.get("family") or None,
        edition_of=content.get("edition_of") or None,
        aliases={language: aliases[language] for language in sorted(aliases) if aliases[language]},
        needs_context={language: weak[language] for language in sorted(weak)},
        domains=content.get("domains", ()),
        telegram=content.get("telegram", ()),
    )
    return _with_own_name(entry)


def _with_own_name(entry: RegisterEntry) -> RegisterEntry:
    """The entry with its own name as a name in every language but those in which it needs context."""
    own = _plain(entry.name)
    doubtful = [language for language, terms in entry.needs_context.items() if own in map(_plain, terms)]
    if " (" in entry.name or ANY_LANGUAGE in doubtful:
        return entry
    aliases = dict(entry.aliases)
    for language in (
        [language for language in LANGUAGES if language not in doubtful] if doubtful else [ANY_LANGUAGE]
    ):
        aliases[language] = tuple(dict.fromkeys((entry.name, *aliases.get(language, ()))))
    return replace(entry, aliases={language: aliases[language] for language in sorted(aliases)})


def _check(entries: list[RegisterEntry], places: Mapping[str, _Place]) -> None:
    """What can only be judged once all layers are known: editions and names that several outlets claim."""
    by_name = {entry.name: entry for entry in entries}
    for entry in entries:
        main = by_name.get(entry.edition_of) if entry.edition_of else None
        if entry.edition_of and (main is None or main.edition_of):
            place = places[entry.name]
            message = f"edition_of {entry.edition_of!r} is no outlet of the register"
            place.document.complain(
                (*place.path, "edition_of"), message, "name an outlet that is no edition itself"
            )
    for (language, alias), names in collisions(entries).items():
        place = max((places[name] for name in names), key=lambda found: found.layer)
        message = f"the name {alias!r} ({language}) belongs to {' and '.join(names)}"
        place.document.complain(
            place.path, message, "list it under needs_context in all of them but one at most"
        )


def _by_language(document: Document, path: _Path, value: Any) -> dict[str, tuple[str, ...]]:
    if not isinstance(value, dict):
        document.complain(path, "is not a mapping of languages", "write `{en: Name / Name, ru: Имя}`")
        return {}
    for language in value:
        if not _is_language(language):
            document.complain((*path, language), f"{language!r} is no language code", "ISO 639-1 or `any`")
    return {language: _terms(document, (*path, language), listed) for language, listed in value.items()}


def _terms(document: Document, path: _Path, listed: Any) -> tuple[str, ...]:
    """Names as a list, or as one text with ` / ` between them."""
    if isinstance(listed, str):
        listed = listed.split(" / ")
    if not isinstance(listed, list) or not all(isinstance(item, str) for item in listed):
        document.complain(path, "is no list of names", "write `name / name` or `[name, name]`")
        return ()
    return tuple(dict.fromkeys(term for item in listed if (term := " ".join(item.split()))))


def _owners(
    entries: Iterable[RegisterEntry], addresses: Callable[[RegisterEntry], Iterable[str]]
) -> dict[str, str]:
    claims: dict[str, list[RegisterEntry]] = {}
    for entry in entries:
        for address in addresses(entry):
            claims.setdefault(address, []).append(entry)
    return {address: min(found, key=partial(_claim, address)).name for address, found in claims.items()}


def _claim(address: str, entry: RegisterEntry) -> tuple[bool, bool, int, str]:
    """Outlets before editions; whose name is in the address before others; the best known, with most names, first."""
    label = max(address.partition("/")[0].split(".")[:-1] or [address], key=len)
    names = sum(map(len, entry.aliases.values()))
    return entry.edition_of is not None, label not in _plain(entry.name).replace(" ", ""), -names, entry.name


def _domain_key(domain: str) -> str:
    host, slash, path = domain.partition("/")
    return f"{host.lower().removeprefix('www.')}{slash}{path}"


def _plain(name: str) -> str:
    """A quick folding for comparing names while loading; the lookup itself folds as the matcher does."""
    return _SPACES.sub(" ", name.replace("*", "").casefold()).strip()


def _is_language(key: str) -> bool:
    return key == ANY_LANGUAGE or (_LANGUAGE.fullmatch(key) is not None and key in _languages())


@lru_cache(maxsize=1)
def _languages() -> frozenset[str]:
    return frozenset(Locale("en").languages)


@lru_cache(maxsize=1)
def _countries() -> frozenset[str]:
    codes = [str(code) for code in Locale("en").territories]
    return frozenset(code for code in codes if len(code) == 2 and code.isupper())
