"""Reads a person's own watchlist: a CSV of names, aliases and identifiers, OpenSanctions' columns accepted.

Columns (the first line names them, case does not matter; others are ignored):
`id`, `schema`, `name`, `aliases`, `identifiers`, `imo`, `mmsi`. Several values in a cell stand with `;` between them.
The layout `id, schema, name, aliases, birth_date, countries, addresses, identifiers, …` is that of
OpenSanctions' simple CSV export (targets.simple.csv).
"""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from monitor.annotate.watchlist import LEAST_LETTERS, imo_is_valid
from monitor.catalogue.yamlfile import Problem, raise_problems
from monitor.types.watchlist import Proposal, WatchedName, Watchlist

_COLUMNS = ("id", "schema", "name", "aliases", "identifiers", "imo", "mmsi")
_LEAST_IDENTIFIER = 6
_YES = ("yes", "y", "1", "true", "x")


def read_watchlist(name: str, path: Path, approved: Path | None = None) -> tuple[Watchlist, list[Problem]]:
    """The list in `path` with the spellings that a person approved, and what is doubtful in it, by line.

    Raises CatalogueError where the file cannot be read, lacks a column, or an id stands twice.
    """
    errors: list[Problem] = []
    doubts: list[Problem] = []
    spellings = _approved(approved, errors) if approved is not None and approved.exists() else {}
    entries: dict[str, WatchedName] = {}
    for line, row in _rows(path, ("name",), errors):
        entry = _entry(row, Problem(path.name, line, ""), doubts, spellings)
        if entry is None:
            continue
        if entry.external_id in entries:
            errors.append(
                Problem(path.name, line, f"id {entry.external_id!r} stands twice", "give each its own")
            )
        entries[entry.external_id] = entry
    raise_problems(errors, f"the watchlist {name!r}")
    listed = tuple(entries[key] for key in sorted(entries))
    return Watchlist(name=name, entries=listed, version=_version(listed)), doubts


def write_proposals(path: Path, proposals: Sequence[Proposal]) -> int:
    """Write spellings for a person to approve; how many are new. Lines that are there already stay as they are."""
    known: set[tuple[str, str]] = set()
    rows: list[Mapping[str, str]] = []
    if path.exists():
        problems: list[Problem] = []
        for _, row in _rows(path, ("id", "proposed"), problems):
            rows.append(row)
            known.add((row["id"], row["proposed"]))
        raise_problems(problems, "the proposals")
    new = [one for one in proposals if (one.external_id, one.proposed) not in known]
    fields = ("id", "name", "proposed", "method", "approve")
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, fields, extrasaction="ignore")
        writer.writeheader()
        writer.writerows(rows)
        for one in new:
            row = {"id": one.external_id, "name": one.name, "proposed": one.proposed, "method": one.method}
            writer.writerow({**row, "approve": ""})
    return len(new)


def _approved(path: Path, errors: list[Problem]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for _, row in _rows(path, ("id", "proposed", "approve"), errors):
        if row["approve"].casefold() in _YES:
            found.setdefault(row["id"], []).append(row["proposed"])
    return found


def _rows(path: Path, needed: Sequence[str], errors: list[Problem]) -> Iterator[tuple[int, dict[str, str]]]:
    """(line, cells by lower-case column) of a CSV file in UTF-8, with or without a byte order mark."""
    try:
        content = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        errors.append(
            Problem(path.name, 1, f"cannot be read: {error.strerror}", "see watchlists in config.yaml")
        )
        return
    except UnicodeDecodeError:
        errors.append(Problem(path.name, 1, "is not UTF-8", "save it as CSV UTF-8"))
        return
    reader = csv.DictReader(content.splitlines(keepends=True), strict=True)
    try:
        columns = {str(name).strip().casefold(): name for name in reader.fieldnames or ()}
        missing = [name for name in needed if name not in columns]
        if missing:
            hint = f"the first line names the columns: {', '.join(_COLUMNS)}"
            errors.append(Problem(path.name, 1, f"has no column {', '.join(missing)}", hint))
            return
        for row in reader:
            yield reader.line_num, {name: str(row.get(own) or "").strip() for name, own in columns.items()}
    except csv.Error as error:
        errors.append(
            Problem(path.name, reader.line_num, f"is no CSV: {error}", "quote cells that hold quotes")
        )


def _entry(
    row: Mapping[str, str], at: Problem, doubts: list[Problem], spellings: Mapping[str, Sequence[str]]
) -> WatchedName | None:
    name = row["name"]
    if not name:
        doubts.append(Problem(at.file, at.line, "has no name and is left out"))
        return None
    if (
        len([char for char in name if char.isalnum()]) < LEAST_LETTERS
        and not name.isupper()
        and name.isascii()
    ):
        doubts.append(
            Problem(at.file, at.line, f"{name!r} is too short to be looked for", "add a longer alias")
        )
    key = row.get("id") or name
    aliases = [*_values(row.get("aliases", "")), *spellings.get(key, ())]
    return WatchedName(
        external_id=key,
        name=name,
        schema=row.get("schema", ""),
        aliases=tuple(dict.fromkeys(alias for alias in aliases if alias != name)),
        identifiers={kind: codes for kind, codes in _identifiers(row, at, doubts).items() if codes},
    )


def _identifiers(row: Mapping[str, str], at: Problem, doubts: list[Problem]) -> dict[str, tuple[str, ...]]:
    """Codes by kind. A bare number of seven digits under `identifiers` is an IMO number if its check digit fits."""
    imo: list[str] = []
    others: list[str] = []
    for code in _values(row.get("imo", "")):
        number = code.upper().removeprefix("IMO").strip(" :-")
        if imo_is_valid(number):
            imo.append(number)
        else:
            doubts.append(Problem(at.file, at.line, f"{code!r} is no IMO number: its check digit is wrong"))
    for code in _values(row.get("identifiers", "")):
        number = code.upper().removeprefix("IMO").strip(" :-")
        if imo_is_valid(number) and (number == code or code.upper().startswith("IMO")):
            imo.append(number)
        elif code.upper().startswith("IMO") and number.isdigit():
            doubts.append(Problem(at.file, at.line, f"{code!r} is no IMO number: its check digit is wrong"))
        elif len(code) < _LEAST_IDENTIFIER or not any(char.isdigit() for char in code):
            doubts.append(Problem(at.file, at.line, f"identifier {code!r} is too short to be looked for"))
        else:
            others.append(code)
    mmsi = [code for code in _values(row.get("mmsi", "")) if code.isdigit() and len(code) == 9]
    kinds = {"imo": imo, "id": others, "mmsi": mmsi}
    return {kind: tuple(dict.fromkeys(codes)) for kind, codes in kinds.items()}


def _values(cell: str) -> list[str]:
    return [value for part in cell.split(";") if (value := " ".join(part.split()))]


def _version(entries: Sequence[WatchedName]) -> str:
    said = [
        [one.external_id, one.name, sorted(one.aliases), {k: sorted(v) for k, v in one.identifiers.items()}]
        for one in entries
    ]
    return hashlib.sha256(json.dumps(said, sort_keys=True, ensure_ascii=False).encode()).hexdigest()[:16]
