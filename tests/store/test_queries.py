"""The documented queries run on both databases and answer what they say."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from monitor.catalogue.queries import KnownQuery, known_queries
from monitor.store import Store
from monitor.types.annotations import Citation, Claim, Mention
from monitor.types.source import Ownership
from tests.store.making import DAY, HOUR, NOW, annotation, decision, entry, ingest, outlet, source

PAGE = Path(__file__).resolve().parents[2] / "docs" / "reference" / "queries.md"
QUERIES = {query.name: query for query in known_queries()}


@pytest.fixture
def told(store: Store) -> Store:
    """One report that two outlets tell, alleged and then denied, beside another."""
    outlets = [("alpha", Ownership.STATE), ("beta", Ownership.PRIVATE)]
    for number, (slug, ownership) in enumerate(outlets):
        feed = source(slug, outlet=outlet(slug.title(), ownership=ownership))
        ingest(store, entry(f"{slug}1", published_at=NOW - DAY + number * HOUR), feed=feed)
        ingest(store, entry(f"{slug}2", published_at=NOW - number * HOUR), feed=feed)
    for text in store.pending_texts(limit=9):
        slug = text.title.removeprefix("Report ")
        claim = Claim(
            supplier=("KP",), recipient=("RU",), items=("drones",), evidence="A convoy", field="body", start_char=0, end_char=8,
            rule="r", confidence=0.5, status="denied" if slug.startswith("beta") else "alleged",
        )  # fmt: skip
        cited = Citation(outlet="Alpha", kind="media", rule="r", field="body", start_char=0, end_char=4)
        mention = Mention(topic="sanctions", term="convoy", field="body", start_char=2, end_char=8, rule="r")
        first = slug.endswith("1")
        parts: dict[str, Any] = {"claims": (claim,), "mentions": (mention,)} if first else {}
        if slug == "beta1":
            parts["citations"] = (cited,)
        said = annotation(
            text, *(["sanctions"] if first else []), language="fr" if slug == "beta2" else "en", **parts
        )
        store.save_annotations([said], now=NOW)
    items = {item.uid: item for item in store.pending_stories(limit=9)}
    ids = {e["external_id"]: e["entry_id"] for e in store.frame("report_entries").to_dict("records")}
    made = [
        decision(i.entry_id, ids["alpha1"] if i.entry_id == ids["beta1"] else None) for i in items.values()
    ]
    store.save_stories(list(items.values()), [], made, now=NOW)
    return store


def ask(store: Store, query: KnownQuery) -> list[dict[str, Any]]:
    values = {"since": (NOW - 3 * DAY).date(), "topic": "sanctions"}
    used = {name: values[name] for name in query.parameters}
    return store.frame(query.text(store._database.dialect), used).to_dict("records")  # type: ignore[return-value]


@pytest.mark.parametrize("name", sorted(QUERIES))
def test_every_query_runs_on_an_empty_database(store: Store, name: str) -> None:
    assert ask(store, QUERIES[name]) == []


def test_the_queries_answer_what_they_say(told: Store) -> None:
    found = {name: ask(told, query) for name, query in QUERIES.items()}
    [broken] = found["outlets-that-broke-stories"]
    assert (broken["first_outlet"], broken["broken"], broken["widest"]) == ("Alpha", 1, 2)
    [share] = found["attention-by-day"]
    assert (share["day"].date(), share["stories"], share["all_stories"]) == ((NOW - DAY).date(), 1, 1)
    assert {row["topic"]: row["stories"] for row in found["topics-of-a-window"]} == {
        "": 3,
        "*": 1,
        "sanctions": 1,
    }
    [week] = found["state-media-by-week"]
    assert (week["state_stories"], week["cell_stories"], float(week["percent"])) == (1, 2, 50.0)
    [denied] = found["claims-denied-within-a-day"]
    assert (denied["alleged_by"], denied["denied_by"]) == ("Alpha", "Beta")
    assert [row["status"] for row in found["latest-claims"]] == ["denied", "alleged"]
    [supply] = found["suppliers-and-recipients"]
    assert (supply["supplier"], supply["recipient"], supply["claims"], supply["denials"]) == (
        "KP",
        "RU",
        2,
        1,
    )
    [cites] = found["who-cites-whom"]
    assert (cites["outlet"], cites["cited_outlet"], cites["entries"]) == ("Beta", "Alpha", 1)
    languages = {
        row["language"]: (row["stories"], row["all_stories"]) for row in found["languages-of-a-topic"]
    }
    assert languages == {"en": (1, 2), "fr": (0, 1)}
    [term] = found["terms-that-fire"]
    assert (term["term"], term["entries"]) == ("convoy", 2)
    assert found["edited-after-publication"] == found["vanished-posts"] == found["feeds-in-trouble"] == []
    assert {row["panel_change"] for row in found["gaps-in-coverage"]} >= {"joined"}


def test_there_are_a_dozen_and_each_says_what_it_answers() -> None:
    assert len(QUERIES) >= 12
    for query in QUERIES.values():
        assert query.title and query.about.endswith(".") and "report_" in query.sql


def test_the_page_has_every_query_as_it_runs() -> None:
    page = PAGE.read_text(encoding="utf-8")
    for query in QUERIES.values():
        assert f"## {query.title}\n\n`{query.name}`: {query.about}\n" in page
        for text in filter(None, (query.sql, query.postgresql)):
            assert f"```sql\n{text}\n```" in page, f"python -m tools.query_page ({query.name})"
