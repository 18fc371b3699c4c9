"""The data dictionary that travels with the exports: what each file holds and each column means."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import pandas as pd

FILES: Final[Mapping[str, str]] = {
    "attention_daily": "stories and share of attention by day and topic, counted over the whole panel",
    "attention_window": "the same over the window, by language, outlet, country and ownership",
    "topics_daily": "the view report_topics_daily: by day, topic, language, country and ownership",
    "coverage_daily": "what each feed brought each day, and when the panel changed",
    "entries": "every entry of the window, with its story and cluster",
    "stories": "the stories of the window",
    "clusters": "the same happening across outlets and languages",
    "cluster_sources": "which outlets were counted as one source, and why",
    "mentions": "the terms found, with their places in the text",
    "citations": "who cites whom",
    "claims": "claims of arms transfers, with the words that carry them",
    "ledger": "claims put together by cluster, parties and item",
    "flows": "claims that agree in parties and item, across clusters",
    "feed_health": "how each feed does",
}

# adds up: whether values may be summed over rows of the file (design: distinct counts and shares may not)
_NO: Final = "no"
_ADDS: Final[Mapping[tuple[str, str], str]] = {
    ("topics_daily", "entries"): "over days, languages, countries and ownership; not over topics",
    ("coverage_daily", "entries"): "yes",
    ("coverage_daily", "fetches"): "yes",
    ("ledger", "allegations"): "yes",
    ("ledger", "denials"): "yes",
    ("ledger", "confirmations"): "yes",
    ("feed_health", "entries_7d"): "yes",
}
_COUNTS: Final = frozenset(
    {"stories", "all_stories", "share", "outlets", "independent_sources", "unresolved_sources", "entries",
     "clusters", "roots", "denials", "confirmations", "allegations", "entries_7d", "fetches"}
)  # fmt: skip

MEANINGS: Final[Mapping[str, str]] = {
    "entry_id": "number of the entry in this database; opaque",
    "uid": "public identifier, derived from content keys; stable across databases and re-tagging",
    "kind": "rss (RSS, Atom, RDF, JSON Feed) or telegram",
    "feed": "short name of the feed, for display; its identity is kind and address",
    "feed_url": "address of the feed",
    "outlet": "publisher",
    "country": "country of the outlet, ISO 3166-1 alpha-2",
    "ownership": "who controls the outlet: private, public, state, party, unknown",
    "external_id": "identifier that the source gave, or the key derived where it gave none",
    "url": "address of the original",
    "title": "headline as published",
    "language": "ISO 639-1 code; und: not determined",
    "published_at": "what the source said, UTC; missing where it said nothing plausible",
    "observed_at": "when this monitor first saw it, UTC; never changed",
    "effective_at": "published_at, else observed_at, UTC",
    "story_id": "story of the entry; opaque, missing before grouping",
    "cluster_id": "cluster of the story; opaque, missing before grouping",
    "first_outlet": "outlet of the earliest entry",
    "first_seen_at": "time of the earliest entry, UTC",
    "last_seen_at": "time of the latest entry, UTC",
    "entries": "number of entries",
    "outlets": "number of distinct outlets",
    "day": "UTC date of effective_at",
    "topic": "slug of the topic in the taxonomy",
    "stories": "number of distinct stories",
    "all_stories": "denominator: distinct stories of the same cell, with or without the topic",
    "share": "share of attention: stories / all_stories of the same row",
    "dimension": "what value is one of: language, outlet, country, ownership",
    "value": "language, outlet, country or ownership; empty where unknown",
    "state": "state of the feed (on that day, in coverage_daily)",
    "panel_change": "joined or left where the panel changed with this feed on this day",
    "languages": "languages of the stories, a sorted JSON list",
    "independent_sources": "upper bound of independent sources",
    "unresolved_sources": "sources whose origin is not settled",
    "folded_into": "the source that this outlet is counted with",
    "reason": "rule by which it was folded",
    "revision_id": "revision of the text that was read",
    "term": "the term as it stands in the text",
    "field": "title or body",
    "start_char": "first code point of the span in the field",
    "end_char": "code point after the span",
    "taxonomy_version": "version of the taxonomy that found it",
    "cited_outlet": "outlet to which information is attributed",
    "root_outlet": "outlet at the start of the chain of citations",
    "claim_id": "number of the claim in this database; opaque",
    "supplier": "supplying states or groups (ISO codes or English names), a sorted JSON list in claims",
    "recipient": "receiving states or groups, a sorted JSON list in claims",
    "via": "states of transit, a sorted JSON list",
    "items": "classes of items, a sorted JSON list",
    "item": "class of item",
    "quantity_min": "least number stated for the item",
    "quantity_max": "greatest number stated for the item",
    "status": "alleged, announced, confirmed, denied or refused; disputed in the ledger",
    "speaker": "who makes the statement",
    "evidence": "words of the text that carry the claim",
    "confidence": "score of the rule, 0 to 1",
    "decision": "what a person decided on the claim, if anyone did",
    "first_alleged_at": "time of the first allegation, UTC",
    "first_alleged_by": "outlet of the first allegation",
    "allegations": "number of claims that allege it",
    "denials": "number of claims that deny it",
    "confirmations": "number of claims that confirm it",
    "changed_at": "when the line last changed, UTC",
    "first_at": "time of the first claim, UTC",
    "last_at": "time of the last claim, UTC",
    "clusters": "number of clusters that speak of it",
    "roots": "number of distinct roots",
    "last_success_at": "last time the feed answered, UTC",
    "last_error": "last error, a stable code first",
    "failures": "failures in a row",
    "interval_s": "seconds between polls",
    "entries_7d": "entries of the last seven days",
    "silent": "whether the feed brings less than it should",
}  # fmt: skip


def describe(frames: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """One row for each column of each file: file, column, type, adds_up, meaning."""
    rows = [
        (
            name,
            column,
            kind_of(frame[column]),
            adds_up(name, column),
            MEANINGS.get(column, "see docs/reference/sql.md"),
        )
        for name, frame in frames.items()
        for column in frame.columns
    ]
    return pd.DataFrame(rows, columns=["file", "column", "type", "adds_up", "meaning"])


def adds_up(name: str, column: str) -> str:
    """Whether the column may be summed over rows of the file: yes, no, how, or empty where it counts nothing."""
    if column not in _COUNTS:
        return ""
    return _ADDS.get((name, column), _NO)


def kind_of(values: pd.Series) -> str:
    """Type of a column in words: integer, number, flag, time, day or text."""
    kind = str(values.dtype)
    if kind.startswith("datetime"):
        return "time"
    if kind in {"Int64", "int64"}:
        return "integer"
    if kind == "float64":
        return "number"
    if kind == "boolean":
        return "flag"
    return "day" if values.name == "day" else "text"
