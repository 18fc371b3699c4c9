"""Writes monitor/data/register/state-media-*.yaml from the State Media Matrix (CSV).

    python tools/state_media_to_register.py ../shared/data/state_media/State_Media_Matrix.csv

The matrix is seed data of State Media Monitor via ASD-at-GMF/state-media-profiles (MIT), February 2024. Facts are
carried over: name, company, country, typology, address, Telegram channel. The same matrix gives the same files.
Rows that name one medium twice become one entry with both addresses. Edit the tables below, never its output.
"""

from __future__ import annotations

import csv
import json
import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from babel import Locale

SOURCE = "State Media Monitor seed data via ASD-at-GMF/state-media-profiles (MIT), February 2024"
PERIOD = "2024-02"
OUT = Path(__file__).resolve().parent.parent / "monitor" / "data" / "register"

TABLES: dict[str, Any] = yaml.safe_load(
    Path(__file__).with_name("state_media_names.yaml").read_text(encoding="utf-8")
)
"""Preferred names, editions, words and addresses that need judgement: beside this file, to be edited by hand."""

SITES_OF_OTHERS = frozenset(TABLES["sites_of_others"].split())
GENERIC = frozenset(TABLES["generic"].split())

_PREFIX = re.compile(r"^(?:Print media|Print|Television|Radio|News agency|News portals|Online): (.+)$")
_KIND_BY_PREFIX = {
    "Print": "newspaper", "Print media": "newspaper", "Television": "broadcaster", "Radio": "broadcaster",
    "News agency": "agency", "News portals": "site", "Online": "site",
}  # fmt: skip
_AGENCIES = "|".join(TABLES["agencies"].split())
_AGENCY = (
    "news agency|press agency|press service|agence|agencia|agência|information agency|telegraphic agency|ria novosti"
    rf"|\b(?:{_AGENCIES})\b"
)
_BROADCASTER = (
    r"\b(?:tv\d?|television|télévision|televisión|televisão|televizion\w*|radio\w*|rádio|radyo\w*|channel|canal|fm"
    r"|broadcast\w*|télé|tele\w*|[a-z]?tv|bbc|nhk|kbs|mbc|ebs)\b|rundfunk"
)
_NEWSPAPER = (
    r"daily|times|gazet|ribao|\bbào\b|newspaper|herald|tribune|pravda|sinmun|post\b|observer|slovo|dziennik|kurier"
    "|głos|izvestia|journal|diario|jornal"
)
_KINDS = (
    ("agency", re.compile(_AGENCY, re.IGNORECASE)),
    ("broadcaster", re.compile(_BROADCASTER, re.IGNORECASE)),
    ("newspaper", re.compile(_NEWSPAPER, re.IGNORECASE)),
    ("magazine", re.compile(r"magazine|weekly|review|monitor\b", re.IGNORECASE)),
    (
        "site",
        re.compile(r"\.(?:ru|com|org|hu|info|su|tv|net|news|today|kz|cn)\b|online|today$", re.IGNORECASE),
    ),
)
_ACRONYM = re.compile(r"\(([^()]+)\)")
_SAFE = re.compile(r"[^\W\d_][^:#,\[\]{}&*!|>'\"%@`?]*")


@dataclass
class Medium:
    """One entry of the register in the making."""

    name: str
    region: str
    kind: str
    country: str
    typology: str
    owner: str
    edition_of: str = ""
    short: list[str] = field(default_factory=list)
    domains: list[str] = field(default_factory=list)
    telegram: list[str] = field(default_factory=list)


def main(matrix: Path, out: Path = OUT) -> int:
    """Write one file a region and say how many rows became how many entries."""
    with matrix.open(encoding="utf-8-sig", newline="") as lines:
        rows = [row for row in csv.DictReader(lines) if row["Country"].strip()]
    media = merged(rows)
    out.mkdir(parents=True, exist_ok=True)
    for region in sorted({medium.region for medium in media}):
        listed = sorted((m for m in media if m.region == region), key=lambda m: (m.country, m.owner, m.name))
        (out / f"state-media-{_slug(region)}.yaml").write_text("".join(_file(listed)), encoding="utf-8")
    sys.stdout.write(f"{len(rows)} rows, {len(media)} entries\n")
    return 0


def merged(rows: Iterable[dict[str, str]]) -> list[Medium]:
    """One medium a name and country; names that two countries share get the country added."""
    countries = _countries()
    media: dict[tuple[str, str], Medium] = {}
    for row in rows:
        country = countries[row["Country"].strip()]
        found = _medium(row, country)
        known = media.setdefault((country, found.name), found)
        for field_name in ("domains", "telegram", "short"):
            kept = getattr(known, field_name)
            kept.extend(item for item in getattr(found, field_name) if item not in kept)
    names = [name for _, name in media]
    english = Locale("en").territories
    for medium in media.values():
        if names.count(medium.name) > 1:
            medium.name = f"{medium.name} ({english[medium.country]})"
    return list(media.values())


def _medium(row: dict[str, str], country: str) -> Medium:
    company = row["Media company"].strip().rstrip("*")
    asset = " ".join(row["Main assets"].split())
    prefix = _PREFIX.match(asset)
    bare = prefix.group(1) if prefix else asset
    name, short = _named(country, bare, company)
    edition = next(
        (
            main
            for pattern, main in TABLES["editions"].items()
            if re.fullmatch(pattern, name) and name != main
        ),
        "",
    )
    kind = _KIND_BY_PREFIX.get(asset.partition(":")[0]) if prefix else None
    return Medium(
        name=name,
        region=row["Region"].strip(),
        kind=kind or _kind(f"{bare} {name}") or _company_kind(company, bare),
        country=country,
        typology="" if "?" in row["Typology"] else row["Typology"].strip(),  # ISFM? stays unknown
        owner=re.sub(r"\s*\(.*", "", company) if company.endswith(")") else company,
        edition_of=edition,
        short=short,
        domains=list(_domains(row["URL"])),
        telegram=list(_channels(row["Telegram Link"])),
    )


def _named(country: str, asset: str, company: str) -> tuple[str, list[str]]:
    """The name and the acronyms beside it: `BSS` of `Bangladesh Sangbad Sangstha (BSS)` is the company's name."""
    in_company = _ACRONYM.findall(company)
    preferred = TABLES["names"].get(country, {}).get(asset)
    acronyms = [text for text in _ACRONYM.findall(asset) if text.isupper() and " " not in text]
    if asset in in_company:
        return preferred or re.sub(r"\s*\(.*", "", company), [asset] if asset != preferred else []
    plain = re.sub(r"\s*\([^()]*\)?$", "", asset) if acronyms else asset.rstrip("*")
    plain = re.sub(
        r"^(?:Dziennik|Gazeta|Kurier|Głos) dailies ?- ?", lambda m: m.group().split()[0] + " ", plain
    )
    return preferred or plain, acronyms


def _kind(text: str) -> str:
    return next((kind for kind, pattern in _KINDS if pattern.search(text)), "")


def _company_kind(company: str, asset: str) -> str:
    """A broadcaster's media are broadcasters; an agency also publishes papers, so only its namesake is one."""
    kind = _kind(company)
    return kind if kind == "broadcaster" or (kind == "agency" and f"({asset})" in company) else "unknown"


def _domains(url: str) -> Iterator[str]:
    host, _, path = re.sub(r"^https?://", "", url.strip()).partition("/")
    host = re.sub(r"^www?\.", "", host.lower())
    path = path.partition("?")[0].partition("#")[0].rstrip("/")
    if re.fullmatch(
        r"(?:en|fr|news|kz|fr|eng|home|es|ao|ip|w)?|.*\.aspx|main/.*|home/.*|socar/.*|EN/.*", path
    ):
        path = ""
    if "." in host and host not in SITES_OF_OTHERS:
        yield f"{host}/{path}" if path else host


def _channels(url: str) -> Iterator[str]:
    name = url.strip().rstrip("/").rpartition("/")[2]
    if name and not name.lower().endswith("bot"):
        yield name


def _file(media: list[Medium]) -> Iterator[str]:
    yield "# Generated by tools/state_media_to_register.py; do not edit: names and corrections belong in other files.\n"
    yield "generated: tools/state_media_to_register.py\n"
    yield f"defaults: {{period: {PERIOD}, source: {json.dumps(SOURCE)}}}\noutlets:\n"
    for medium in media:
        fields = {"kind": medium.kind, "country": medium.country, "typology": medium.typology}
        if medium.owner != medium.name:
            fields["owner"] = medium.owner
        if medium.edition_of:
            fields["edition_of"] = medium.edition_of
        for key, values in (("domains", medium.domains), ("telegram", medium.telegram)):
            if values:
                fields[key] = " / ".join(values)
        weak = list(medium.short)
        if needs_context(medium.name):
            weak.insert(0, re.sub(r" \(.*", "", medium.name))
        weak = list(dict.fromkeys(weak))
        said = ", ".join(f"{key}: {_scalar(value)}" for key, value in fields.items() if value)
        context = f", needs_context: {{any: {_scalar(' / '.join(weak))}}}" if weak else ""
        yield f"  {_scalar(medium.name)}: {{{said}{context}}}\n"


def needs_context(name: str) -> bool:
    """Whether a name by itself may be an ordinary phrase: one word, or generic words only, or with a qualifier."""
    words = re.findall(r"\w+", name.casefold())
    distinctive = [word for word in words if word not in GENERIC and not word.isdigit() and len(word) > 1]
    return " (" in name or len(words) < 2 or not distinctive


def _scalar(text: str) -> str:
    plain = (
        _SAFE.fullmatch(text)
        and text.strip() == text
        and text.lower() not in ("no", "yes", "on", "off", "null")
    )
    return text if plain else json.dumps(text, ensure_ascii=False)


def _slug(region: str) -> str:
    return re.sub(r"[^a-z]+", "-", region.lower()).strip("-")


def _countries() -> dict[str, str]:
    names = {
        str(name): code
        for code, name in Locale("en").territories.items()
        if len(code) == 2 and code.isalpha()
    }
    return {**names, **TABLES["countries"]}


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
