"""Claims of arms transfers, the ledger and the flows as the page shows them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from markupsafe import Markup

from monitor.render.escape import anchor, bdi, link, one_line, shorten
from monitor.render.labels import Labels
from monitor.report.reading import listed, typed
from monitor.report.stories import Row, present
from monitor.types.report import ReportData

CLAIMS: Final = 120  # claims listed; the files have all
EVIDENCE: Final = 400
STATES: Final = frozenset({"alleged", "announced", "confirmed", "denied", "refused", "disputed"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Transfer:
    """One line of the ledger or of the flows."""

    parties: Markup
    item: str
    status: str
    status_word: str
    facts: tuple[str, ...]
    when: str
    by: Markup
    cluster: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimCard:
    """One claim with the words that carry it."""

    anchor: str
    parties: Markup
    items: str
    status: str
    status_word: str
    facts: tuple[str, ...]
    evidence: Markup
    language: str
    speaker: Markup
    source: Markup
    root: Markup
    when: str


def parties(supplier: object, recipient: object, via: object, labels: Labels) -> Markup:
    """Supplier, an arrow, recipient and transit states; what is not stated is said so."""

    def names(value: object) -> Markup:
        written = [labels.country_name(code) for code in listed(value)]
        if not written:
            return Markup('<span class="unstated">{}</span>').format(labels.word("unstated"))
        return bdi(labels.join(written), labels.language)

    # the arrow points the way the page reads
    arrow = "←" if labels.dir == "rtl" else "→"
    line = names(supplier) + Markup(' <span class="arrow" aria-hidden="true">{}</span> ').format(arrow)
    line += names(recipient)
    through = listed(via)
    if through:
        line += Markup(' <span class="via">{} {}</span>').format(labels.word("via"), names(via))
    return line


def items(value: object, labels: Labels) -> str:
    """Classes of items in words."""
    return labels.join([labels.either("item", item) for item in listed(value)])


def quantity(row: Row, labels: Labels) -> str:
    """The number stated, or the range, or nothing."""
    bounds = [int(row[name]) for name in ("quantity_min", "quantity_max") if present(row.get(name))]
    return "–".join(labels.number(value) for value in dict.fromkeys(bounds))


def _when(row: Row, names: tuple[str, ...], labels: Labels) -> str:
    days = [labels.date(row[name].date()) for name in names if present(row.get(name))]
    return " – ".join(dict.fromkeys(days))


def _counts(row: Row, labels: Labels, *names: tuple[str, str]) -> list[str]:
    return [
        labels.count(word, int(row[name]))
        for name, word in names
        if present(row.get(name)) and int(row[name])
    ]


def _transfer(row: Row, facts: list[str], when: str, by: Markup, labels: Labels) -> Transfer:
    status = str(row["status"] or "")
    shown = items(row["item"], labels)
    number = quantity(row, labels)
    return Transfer(
        parties=parties(row["supplier"], row["recipient"], row.get("via"), labels),
        item=f"{shown} · {number}" if number else shown,
        status=status if status in STATES else "other",
        status_word=labels.either("status", status),
        facts=tuple(facts),
        when=when,
        by=by,
        cluster=anchor("cluster", row["cluster_id"]) if present(row.get("cluster_id")) else "",
    )


def ledger(data: ReportData, labels: Labels) -> tuple[tuple[Transfer, ...], int]:
    """Lines of the ledger, the last changed first, and how many were left out."""
    frame = typed(data.ledger).sort_values("changed_at", ascending=False, kind="stable", na_position="last")
    lines = []
    for row in frame.to_dict("records"):
        facts = _counts(
            row,
            labels,
            ("allegations", "n_allegations"),
            ("denials", "n_denials"),
            ("confirmations", "n_confirmations"),
            ("independent_sources", "n_independent"),
        )
        named = [("first_alleged", row["first_alleged_by"])]
        if row["root_outlet"] != row["first_alleged_by"]:
            named.append(("root", row["root_outlet"]))
        by = Markup(" · ").join(
            Markup("{}: {}").format(labels.word(word), bdi(outlet)) for word, outlet in named if outlet
        )
        lines.append(_transfer(row, facts, _when(row, ("first_alleged_at",), labels), by, labels))
    return tuple(lines), max(0, data.totals.get("ledger", len(lines)) - len(lines))


def flows(data: ReportData, labels: Labels) -> tuple[tuple[Transfer, ...], int]:
    """Flows of arms over clusters, the latest first, and how many were left out."""
    frame = typed(data.flows).sort_values("last_at", ascending=False, kind="stable", na_position="last")
    lines = []
    for row in frame.to_dict("records"):
        facts = _counts(row, labels, ("denials", "n_denials"), ("confirmations", "n_confirmations"))
        when = _when(row, ("first_at", "last_at"), labels)
        lines.append(_transfer(row, facts, when, Markup(""), labels))
    return tuple(lines), max(0, data.totals.get("flows", len(lines)) - len(lines))


def claims(data: ReportData, labels: Labels) -> tuple[tuple[ClaimCard, ...], int]:
    """Claims, the newest first, and how many were left out."""
    frame = typed(data.claims).sort_values(
        ["published_at", "claim_id"], ascending=[False, True], na_position="last"
    )
    frame = frame[frame["decision"].fillna("") != "rejected"]
    cards = tuple(_claim(row, labels) for row in frame.head(CLAIMS).to_dict("records"))
    return cards, max(0, data.totals.get("claims", len(frame)) - len(cards))


def _claim(row: Row, labels: Labels) -> ClaimCard:
    status = str(row["status"] or "")
    number = quantity(row, labels)
    facts = [f"{labels.word('quantity')}: {number}"] if number else []
    language = str(row["language"] or "und")
    return ClaimCard(
        anchor=anchor("claim", row["uid"]),
        parties=parties(row["supplier"], row["recipient"], row["via"], labels),
        items=items(row["items"], labels),
        status=status if status in STATES else "other",
        status_word=labels.either("status", status),
        facts=tuple(facts),
        evidence=bdi(shorten(row["evidence"], EVIDENCE), language),
        language=labels.language_name(language),
        speaker=bdi(row["speaker"]) if one_line(row["speaker"]) else Markup(""),
        source=link(row["url"], row["outlet"]),
        root=bdi(row["root_outlet"])
        if row["root_outlet"] and row["root_outlet"] != row["outlet"]
        else Markup(""),
        when=labels.datetime(row["published_at"].to_pydatetime(), zone=False)
        if present(row["published_at"])
        else "",
    )
