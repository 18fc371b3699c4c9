"""A bundle of evidence as files: a page that explains itself, the texts, the record, a citation, captures, hashes.

Everything is made from the rows it is given; names of files never come from what a feed wrote.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
import io
import json
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any, Final

from babel import Locale
from jinja2 import Environment, PackageLoader, StrictUndefined

from monitor.render.labels import Labels
from monitor.types.evidence import Bundle

#: The page is in English, as the record is.
_LABELS: Final = Labels()

ENDINGS: Final[Mapping[str, str]] = {
    "root": "The chain ends here: that outlet's own report cites no other medium.",
    "not_polled": "The chain ends here: that medium is not followed, so whom it had it from is not known.",
    "missing": "The chain breaks here: that outlet is followed, but no earlier report of it is stored.",
    "cycle": "The chain goes round: these outlets quote each other. The first of them stands for the root.",
}
_ASIDE: Final[Mapping[str, str]] = {
    "direction": "surer claims have supplier and recipient the other way round",
    "status": "a surer claim of the same text has another status",
    "party": "surer claims name another supplier or recipient",
}
_LISTS = ("supplier", "recipient", "via", "items")
_CLAIM = (
    ("supplier", "supplier"), ("recipient", "recipient"), ("via", "by way of"), ("items", "items"),
    ("quantity", "quantity"), ("period", "period"), ("status", "status"), ("speaker", "said by"),
    ("evidence", "words that carry it"), ("confidence", "confidence of the rule"), ("rule", "rule"),
    ("root_outlet", "root of the report"), ("set_aside", "not counted in the ledger"),
    ("decision", "decision of a person"), ("uid", "claim"),
)  # fmt: skip


def bundle_zip(bundle: Bundle) -> bytes:
    """The bundle as a ZIP; the same bundle gives the same bytes."""
    files = bundle_files(bundle)
    sums = {name: hashlib.sha256(content).hexdigest() for name, content in sorted(files.items())}
    about = {
        "of": bundle.uid,
        "kind": bundle.kind,
        "made_at": _time(bundle.made_at),
        "software": bundle.software,
    }
    files["manifest.json"] = _json(about | {"sha256": sums})
    sums["manifest.json"] = hashlib.sha256(files["manifest.json"]).hexdigest()
    files["SHA256SUMS"] = "".join(f"{value}  {name}\n" for name, value in sums.items()).encode()
    buffer = io.BytesIO()
    stamp = max(bundle.made_at.astimezone(dt.UTC).timetuple()[:6], (1980, 1, 1, 0, 0, 0))
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as folder:
        for name, content in sorted(files.items()):
            info = zipfile.ZipInfo(f"{_folder(bundle)}/{name}", date_time=stamp)
            info.compress_type, info.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
            folder.writestr(info, content)
    return buffer.getvalue()


def _folder(bundle: Bundle) -> str:
    return f"evidence-{bundle.kind}-{hashlib.sha256(bundle.uid.encode()).hexdigest()[:12]}"


def bundle_files(bundle: Bundle) -> dict[str, bytes]:
    """File name to content, without the hashes."""
    files = {
        "index.html": page(bundle).encode("utf-8", "replace"),
        "text.txt": f"{bundle.text['title']}\n\n{bundle.text['body']}\n".encode("utf-8", "replace"),
        "record.json": _json({"format": "monitor evidence 1", **_record(bundle)}),
        "citation.txt": (citation(bundle) + "\n").encode("utf-8", "replace"),
        "citation.json": _json([_csl(bundle)]),
    }
    for revision in bundle.revisions:
        said = f"{revision['title']}\n\n{revision['body']}\n"
        files[_version_file(revision)] = said.encode("utf-8", "replace")
    return files | {f"captures/{name}": content for name, content in bundle.files.items()}


def _version_file(revision: Mapping[str, Any]) -> str:
    return f"versions/{int(revision['number']):03}.txt"


def _record(bundle: Bundle) -> dict[str, Any]:
    said = {item.name: getattr(bundle, item.name) for item in dataclasses.fields(bundle)}
    del said["files"]
    return said


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=2, sort_keys=True, default=_plain).encode(
        "utf-8", "replace"
    )


def _plain(value: Any) -> Any:
    if isinstance(value, dt.datetime):
        return _time(value)
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return dict(value)
    return list(value) if isinstance(value, Iterable) else str(value)


def _time(value: Any) -> str:
    return value.astimezone(dt.UTC).isoformat(timespec="seconds").replace("+00:00", "Z") if value else ""


def _shown(value: Any) -> str:
    """A time as a person reads it."""
    return (
        f"{value.astimezone(dt.UTC):%Y-%m-%d %H:%M:%S}"
        if isinstance(value, dt.datetime)
        else str(value or "")
    )


def _utc(value: Any) -> str:
    return f"{_shown(value)} UTC" if value else ""


@lru_cache(maxsize=1)
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("monitor.report", "templates"), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip


def page(bundle: Bundle) -> str:
    """The page that explains the bundle."""
    entry, text = bundle.entry, bundle.text
    spans = [(claim["field"], claim["start_char"], claim["end_char"]) for claim in bundle.claims]
    return _environment().get_template("evidence.html").render(
        bundle=bundle,
        heading=_heading(bundle),
        made=f"{_shown(bundle.made_at)} UTC",
        claims=[_claim(claim) for claim in bundle.claims],
        language=entry["language"] or "und",
        title_parts=marked(str(text["title"]), [span[1:] for span in spans if span[0] == "title"]),
        body_parts=marked(str(text["body"]), [span[1:] for span in spans if span[0] == "body"]),
        text_note=_text_note(bundle),
        source=_source(bundle),
        chains=[_chain(row) for row in bundle.citations],
        lines=[_line(row) for row in bundle.ledger],
        revisions=[_revision(row, text) for row in bundle.revisions],
        annotations=[
            {
                "since": _shown(row["valid_from"]), "until": _shown(row["valid_to"]) or "now",
                "taxonomy": str(row["taxonomy_version"])[:12], "code": row["code_version"],
            }
            for row in bundle.annotations
        ],
        decisions=[
            {"at": _shown(row["at"]), **{name: row[name] for name in ("who", "object", "new", "reason")}}
            for row in bundle.decisions
        ],
        citation=citation(bundle),
        captures=[
            {
                "file": f"captures/{row['file']}", "at": _shown(row["captured_at"]), "url": row["url"],
                "sha256": row["sha256"], "body_sha256": row["body_sha256"],
            }
            for row in bundle.captures
        ],
    )  # fmt: skip


def marked(text: str, spans: Sequence[tuple[int, int]]) -> list[tuple[str, bool]]:
    """`text` in pieces, those inside a span marked. Spans are code points, half-open; they may overlap."""
    inside = [False] * len(text)
    for start, end in spans:
        inside[start:end] = [True] * (min(end, len(text)) - max(0, min(start, len(text))))
    pieces: list[tuple[str, bool]] = []
    for char, on in zip(text, inside, strict=True):
        if pieces and pieces[-1][1] == on:
            pieces[-1] = (pieces[-1][0] + char, on)
        else:
            pieces.append((char, on))
    return pieces


def _names(claim: Mapping[str, Any], name: str) -> str:
    return ", ".join(_item(one) if name == "items" else _party(one) for one in claim[name])


def _item(slug: str) -> str:
    """A class of items in words."""
    return _LABELS.either("item", slug)


def _party(code: str) -> str:
    """A state by its English name with its code; a group as it is."""
    name = Locale("en").territories.get(code) if len(code) == 2 else None
    return f"{name} ({code})" if name else code or "not stated"


def _transfer(claim: Mapping[str, Any]) -> str:
    sides = [_names(claim, name) or "not stated" for name in ("supplier", "recipient")]
    return f"{sides[0]} → {sides[1]}, {_names(claim, 'items')}"


def _heading(bundle: Bundle) -> str:
    if bundle.kind == "claim":
        claim = bundle.claims[0]
        return f"{_transfer(claim)}: {claim['status']}"
    return str(bundle.text["title"] or bundle.entry["url"] or bundle.uid)


def _claim(claim: Mapping[str, Any]) -> list[tuple[str, str]]:
    bounds = [str(claim[name]) for name in ("quantity_min", "quantity_max") if claim[name] is not None]
    said = {name: _names(claim, name) for name in _LISTS} | {
        "quantity": f"{'–'.join(dict.fromkeys(bounds))} {claim['unit'] or ''}".strip() if bounds else "",
        "set_aside": _ASIDE.get(claim.get("set_aside") or "", ""),
    }
    rows = [(label, said.get(name, claim.get(name))) for name, label in _CLAIM]
    return [(label, str(value)) for label, value in rows if value not in (None, "", [])]


def _text_note(bundle: Bundle) -> str:
    where = "the article's page" if bundle.text["source"] == "article" else "the outlet's feed"
    note = f"Version {bundle.text['number']}, seen {_shown(bundle.text['observed_at'])} UTC, from {where}."
    if bundle.text.get("purged_at") is not None:
        return f"{note} Its body was taken away by retention."
    return f"{note} The marked words carry the claim." if bundle.claims else note


def _source(bundle: Bundle) -> list[tuple[str, str]]:
    entry = bundle.entry
    rows = [
        ("outlet", entry["outlet"]), ("country", _party(entry["country"] or "")), ("ownership", entry["ownership"]),
        ("address", entry["url"]), ("published (as the outlet says)", _utc(entry["published_at"])),
        ("written so in the feed", entry["published_raw"]), ("first seen", _utc(entry["observed_at"])),
        ("feed", entry["feed_url"]), ("language", _LABELS.language_name(entry["language"])), ("entry", entry["uid"]),
    ]  # fmt: skip
    return [(name, str(value)) for name, value in rows if value]


def _chain(row: Mapping[str, Any]) -> dict[str, Any]:
    links = [{"outlet": link["outlet"], "entry": link.get("uid")} for link in row["chain"]]
    return {
        "outlet": row["outlet"], "cited": row["cited_outlet"], "decision": row["decision"], "links": links,
        "ending": ENDINGS.get(row["chain_state"] or "", "The chain has not been followed yet."),
    }  # fmt: skip


def _line(row: Mapping[str, Any]) -> dict[str, Any]:
    counts = [(row["allegations"], "allege"), (row["denials"], "deny"), (row["confirmations"], "confirm")]
    first = f"{row['first_alleged_by']}, {_utc(row['first_alleged_at'])}" if row["first_alleged_by"] else ""
    return {
        "transfer": f"{_party(row['supplier'])} → {_party(row['recipient'])}, {_item(row['item'])}",
        "status": row["status"], "counts": ", ".join(f"{number} {verb}" for number, verb in counts if number),
        "sources": row["independent_sources"], "first": first, "root": row["root_outlet"],
        "history": [event | {"at": str(event["at"])[:16].replace("T", " ")} for event in row["history"]],
    }  # fmt: skip


def _revision(row: Mapping[str, Any], text: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "number": row["number"], "current": row["revision_id"] == text["revision_id"], "at": _shown(row["observed_at"]),
        "source": row["source"], "sha256": row["sha256"], "file": _version_file(row),
    }  # fmt: skip


def citation(bundle: Bundle) -> str:
    """A ready citation in plain text."""
    entry, text = bundle.entry, bundle.text
    title = str(text["title"] or "").strip() or f"{str(text['body'])[:80].strip()}…"
    when = entry["published_at"] or entry["observed_at"]
    parts = [f"{entry['outlet']}, “{title}”", f"{when.astimezone(dt.UTC):%-d %B %Y}"]
    if entry["url"]:
        parts.append(str(entry["url"]))
    seen = f"seen {_shown(text['observed_at'])} UTC"
    captured = [f"capture SHA-256 {row['sha256']}" for row in bundle.captures[:1]]
    return f"{', '.join(parts)} ({', '.join([seen, *captured, f'{bundle.kind} {bundle.uid}'])})."


def _csl(bundle: Bundle) -> dict[str, Any]:
    entry = bundle.entry
    when, seen = entry["published_at"] or entry["observed_at"], bundle.text["observed_at"]
    return {
        "id": bundle.uid, "type": "post-weblog" if entry["kind"] == "telegram" else "article-newspaper",
        "title": bundle.text["title"] or str(bundle.text["body"])[:80], "container-title": entry["outlet"],
        "URL": entry["url"] or "", "language": entry["language"] or "",
        "issued": {"date-parts": [[when.year, when.month, when.day]]},
        "accessed": {"date-parts": [[seen.year, seen.month, seen.day]]},
    }  # fmt: skip
