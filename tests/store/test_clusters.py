"""Clusters in the database: placed, merged with redirects, parted and joined by people, sources folded."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
from collections.abc import Sequence

import numpy as np
import pytest

from monitor.errors import UsageError
from monitor.group.origin import timeline
from monitor.group.sources import fold_sources
from monitor.store import Store
from monitor.types.annotations import Citation, Entity
from monitor.types.clusters import ClusterCounts, ClusterDecision, Evidence, StoryText
from monitor.types.entries import DateSource
from tests.store.making import (
    DAY,
    HOUR,
    NOW,
    annotate_all,
    annotation,
    decision,
    entry,
    ingest,
    outlet,
    place_all,
    source,
)
from tests.store.test_stories import column

FACTS = Evidence(codes=("actor:KP", "place:tobruk"), figures=("40000",))


def stored(store: Store, *names: str) -> list[StoryText]:
    """A story each of an outlet of that name, an hour apart, waiting for a cluster."""
    for hours, name in enumerate(names):
        ingest(store, entry(name, published_at=NOW - DAY + hours * HOUR), feed=source(f"feed-{name}"))
    annotate_all(store)
    place_all(store)
    return store.pending_clusters(limit=100)


def placed(text: StoryText, joined: StoryText | None = None, **values: object) -> ClusterDecision:
    head = joined or text
    defaults: dict[str, object] = {
        "story_id": text.story_id, "cluster": head.story_id, "joined": joined.story_id if joined else None,
        "rule": "same" if joined else "new", "score": 0.8 if joined else 0.0, "version": "c1",
        "parts": {"vectors": 0.8} if joined else {}, "shared": {"codes": ("actor:KP",)} if joined else {},
    }  # fmt: skip
    return ClusterDecision(**(defaults | values))  # type: ignore[arg-type]


def save(store: Store, texts: Sequence[StoryText], *decisions: ClusterDecision) -> ClusterCounts:
    return store.save_clusters(
        texts,
        {text.story_id: FACTS for text in texts},
        {text.story_id: ("key one", "key two") for text in texts},
        decisions,
        vectors={text.story_id: np.full(4, 0.5, np.float32) for text in texts},
        model="m",
        now=NOW,
    )


def homes(store: Store) -> dict[str, int]:
    frame = store.frame("report_entries")
    return {key: int(cluster) for key, cluster in zip(frame["external_id"], frame["cluster_id"], strict=True)}


# the queue


def test_a_story_waits_for_a_cluster_until_it_is_placed(store: Store) -> None:
    texts = stored(store, "a", "b")
    assert [text.title for text in texts] == ["Report a", "Report b"]
    save(store, texts, *map(placed, texts))
    assert store.pending_clusters(limit=9) == []
    assert [text.title for text in stored(store, "c")] == ["Report c"]


def test_a_story_comes_with_the_entities_of_its_first_entry(store: Store) -> None:
    ingest(store, entry("a"))
    [text] = store.pending_texts(limit=9)
    entity = Entity(kind="actor", code="KP", field="title", start_char=0, end_char=6)
    store.save_annotations([annotation(text, entities=(entity,))], now=NOW)
    place_all(store)
    [waiting] = store.pending_clusters(limit=9)
    assert waiting.codes == (("actor", "KP", "title", 0),)
    assert waiting.uids == (text.uid,)


# placing


def test_stories_of_one_happening_share_the_smaller_cluster(store: Store) -> None:
    one, two, other = stored(store, "a", "b", "c")
    counts = save(store, [one, two, other], placed(one), placed(two, one), placed(other))
    assert counts == ClusterCounts(stories=3, joined=1, merged=1)
    found = homes(store)
    assert found["a"] == found["b"] == one.cluster_id < found["c"]
    assert store.final_cluster(two.cluster_id) == one.cluster_id
    assert column(store, "select rule from cluster_evidence order by story_id") == ["new", "same", "new"]


def test_the_same_decisions_again_change_nothing(store: Store) -> None:
    texts = stored(store, "a", "b")
    decided = [placed(texts[0]), placed(texts[1], texts[0])]
    save(store, texts, *decided)
    before = homes(store)
    save(store, texts, *decided)
    assert homes(store) == before


def test_a_new_story_brings_two_clusters_together(store: Store) -> None:
    one, two = stored(store, "a", "b")
    save(store, [one, two], placed(one), placed(two))
    [three] = stored(store, "c")
    save(store, [three], placed(three, one, cluster=1, merges=(one.cluster_id, two.cluster_id)))
    assert set(homes(store).values()) == {one.cluster_id}
    assert store.final_cluster(three.cluster_id) == one.cluster_id
    assert column(store, "select count(*) from cluster_redirects") == [2]


def test_candidates_are_found_by_key_with_the_whole_of_their_cluster(store: Store) -> None:
    one, two = stored(store, "a", "b")
    save(store, [one, two], placed(one), placed(two, one))
    found = store.cluster_candidates(
        keys=["key one"], story_ids=[], since=NOW - 9 * DAY, until=NOW, model="m", with_uids=True
    )
    assert [story.story_id for story in found] == [one.story_id, two.story_id]
    assert {story.cluster_id for story in found} == {one.cluster_id}
    assert found[0].evidence == FACTS
    assert found[0].vector is not None
    assert found[0].vector.tolist() == [0.5] * 4
    assert found[0].uids == one.uids
    named = store.cluster_candidates(keys=[], story_ids=[two.story_id], since=NOW - 9 * DAY, until=NOW)
    assert [story.vector for story in named] == [None, None]
    assert store.cluster_candidates(keys=["key one"], story_ids=[], since=NOW, until=NOW) == []


def test_vectors_of_the_window_and_means_of_the_archive(store: Store) -> None:
    one, two = stored(store, "a", "b")
    save(store, [one, two], placed(one), placed(two))
    ids, languages, rows = store.window_vectors(model="m", since=NOW - 9 * DAY, until=NOW, limit=1)
    assert (ids, languages, rows.shape) == ([two.story_id], ["en"], (1, 4))
    means = store.archive_means(model="m")
    assert (means.counts, means.means["en"].tolist()) == ({"en": 2}, [0.5] * 4)
    assert store.window_vectors(model="other", since=NOW - 9 * DAY, until=NOW, limit=9)[0] == []
    assert store.prune_vectors(before=NOW) == 2


def test_stories_that_merge_keep_one_word_of_evidence(store: Store) -> None:
    one, two = stored(store, "a", "b")
    save(store, [one, two], placed(one), placed(two))
    ingest(store, entry("c"), feed=source("feed-c"))
    annotate_all(store)
    [item] = store.pending_stories(limit=9)
    joins = decision(item.entry_id, one.entry_id, merges=(two.story_id,))
    store.save_stories([item], [], [joins], now=NOW)
    assert len(set(homes(store).values())) == 1
    found = store.cluster_candidates(keys=["key one"], story_ids=[], since=NOW - 9 * DAY, until=NOW)
    assert [story.story_id for story in found] == [one.story_id]


# sources


def fold(store: Store) -> None:
    ids = store.stale_clusters(limit=99)
    store.save_sources([fold_sources(c, rows) for c, rows in store.appearances(ids).items()], now=NOW)


def test_sources_are_folded_row_by_row(store: Store) -> None:
    for hours, name in enumerate(("a", "b")):
        owned = outlet(f"Outlet {name}", owner="Harbour Group")
        ingest(
            store,
            entry(name, published_at=NOW - DAY + hours * HOUR),
            feed=source(f"feed-{name}", outlet=owned),
        )
    annotate_all(store)
    place_all(store)
    texts = store.pending_clusters(limit=9)
    save(store, texts, placed(texts[0]), placed(texts[1], texts[0]))
    fold(store)
    assert store.stale_clusters(limit=9) == []
    [cluster] = store.frame("report_clusters").to_dict("records")
    assert (cluster["independent_sources"], cluster["unresolved_sources"]) == (1, 0)
    assert store.independent_sources([texts[0].cluster_id]) == {texts[0].cluster_id: 1}
    rows = store.frame("report_cluster_sources").set_index("outlet")
    assert rows.loc["Outlet b", "folded_into"] == "Outlet a"
    assert rows.loc["Outlet b", "reason"] == "owner"


def test_a_copy_that_comes_later_is_counted_anew(store: Store) -> None:
    [one] = stored(store, "a")
    save(store, [one], placed(one))
    fold(store)
    assert store.independent_sources([one.cluster_id]) == {}
    ingest(store, entry("b"), feed=source("feed-b"))
    annotate_all(store)
    [item] = store.pending_stories(limit=9)
    store.save_stories([item], [], [decision(item.entry_id, one.entry_id)], now=NOW)
    assert store.stale_clusters(limit=9) == [one.cluster_id]
    fold(store)
    assert len(store.frame("report_cluster_sources")) == 2


# people


def three_together(store: Store) -> list[StoryText]:
    texts = stored(store, "a", "b", "c")
    save(store, texts, placed(texts[0]), placed(texts[1], texts[0]), placed(texts[2], texts[0]))
    return texts


def test_a_person_parts_a_cluster_and_the_larger_part_keeps_the_id(store: Store) -> None:
    one, two, three = three_together(store)
    new, rest = store.split_cluster(
        one.cluster_id, [three.story_id], who="desk", reason="another ship", now=NOW
    )
    assert rest == one.cluster_id != new
    assert homes(store) == {"a": rest, "b": rest, "c": new}
    [row] = store.frame("report_decisions").to_dict("records")
    assert (row["who"], row["reason"], json.loads(row["new"])["verdict"]) == ("desk", "another ship", "apart")
    [ruling] = store.rulings()
    assert ruling.groups == (three.uids, tuple(sorted((*one.uids, *two.uids))))


def test_the_larger_part_keeps_the_id_also_where_it_is_the_one_named(store: Store) -> None:
    one, two, three = three_together(store)
    named, rest = store.split_cluster(
        one.cluster_id, [two.story_id, three.story_id], who="desk", reason="x", now=NOW
    )
    assert named == one.cluster_id
    assert homes(store) == {"a": rest, "b": named, "c": named}


def test_a_person_joins_clusters_under_the_smallest_id(store: Store) -> None:
    one, two = stored(store, "a", "b")
    save(store, [one, two], placed(one), placed(two))
    assert (
        store.merge_clusters([two.cluster_id, one.cluster_id], who="desk", reason="same", now=NOW)
        == one.cluster_id
    )
    assert store.final_cluster(two.cluster_id) == one.cluster_id
    assert [ruling.verdict for ruling in store.rulings()] == ["together"]


def test_what_cannot_be_done_is_said(store: Store) -> None:
    one, two, three = three_together(store)
    for wrong in ([one.story_id, two.story_id, three.story_id], [], [999]):
        with pytest.raises(UsageError, match="no part of cluster"):
            store.split_cluster(one.cluster_id, wrong, who="desk", reason="x", now=NOW)
    with pytest.raises(UsageError, match="there is no cluster 999"):
        store.split_cluster(999, [one.story_id], who="desk", reason="x", now=NOW)
    with pytest.raises(UsageError, match="two clusters"):
        store.merge_clusters([one.cluster_id, two.cluster_id], who="desk", reason="x", now=NOW)
    assert store.rulings() == []


def test_evidence_tells_why_a_story_is_there(store: Store) -> None:
    one, two, _ = three_together(store)
    rows = store.cluster_evidence(one.cluster_id)
    assert (rows[one.story_id].rule, rows[two.story_id].other_story_id) == ("new", one.story_id)
    assert rows[two.story_id].why == "codes actor:KP"
    assert dataclasses.asdict(rows[two.story_id])["score"] == 0.8


# who had it first

MIDNIGHT = dt.datetime(2026, 3, 1, tzinfo=dt.UTC)
DATES: dict[str, dict[str, object]] = {
    "sound": {"published_at": NOW - 6 * HOUR, "published_raw": "Mon, 02 Mar 2026 02:00:00 GMT"},
    "ten": {"published_at": MIDNIGHT + 10 * HOUR, "published_raw": "Sun, 01 Mar 2026 10:00:00 GMT"},
    "undated": {"published_at": None, "published_raw": None},
    "ahead": {"published_at": None, "date_source": DateSource.FUTURE, "published_raw": "2030-01-01"},
    "later": {"published_at": NOW + HOUR, "published_raw": "2026-03-02T09:00:00Z"},
    "edited": {"published_at": NOW - 7 * HOUR, "date_source": DateSource.UPDATED},
    "midnight": {"published_at": MIDNIGHT, "published_raw": "2026-03-01"},
    "midnight today": {"published_at": MIDNIGHT + DAY, "published_raw": "2026-03-02"},
    "theirs": {"published_at": MIDNIGHT - 3 * HOUR, "published_raw": "Sun, 01 Mar 2026 00:00:00 +0300"},
    "theirs in ISO": {"published_at": MIDNIGHT + 5 * HOUR, "published_raw": "2026-03-01T00:00-05:00"},
    "seconds": {"published_at": MIDNIGHT + dt.timedelta(seconds=7), "published_raw": "2026-03-01 00:00:07"},
}


def test_the_timeline_believes_the_dates_that_the_code_believes(store: Store) -> None:
    for name, dates in DATES.items():
        ingest(store, entry(name, **dates), feed=source(f"feed-{name.replace(' ', '-')}"))
    annotate_all(store)
    place_all(store)
    texts = store.pending_clusters(limit=100)
    save(store, texts, *(placed(text, texts[0] if text is not texts[0] else None) for text in texts))
    [cluster] = {row["cluster_id"] for row in store.frame("report_clusters").to_dict("records")}
    told = timeline(store.appearances([cluster])[cluster])
    view = store.frame("report_cluster_timeline").sort_values("place")
    assert view["uid"].tolist() == [one.appearance.uid for one in told]
    assert view["reason"].tolist() == [one.doubt for one in told]
    assert [when.to_pydatetime() for when in view["believed_at"]] == [one.at for one in told]
    assert {*view["reason"]} == {"", "undated", "future", "edited", "midnight"}
    assert view["is_first"].tolist() == [True] + [False] * (len(DATES) - 1)


def test_the_timeline_says_who_cites_whom(store: Store) -> None:
    ingest(store, entry("a"))
    [text] = store.pending_texts(limit=1)
    found = [("media", 'The "Bell"'), ("media", "Reuters"), ("official", "Ministry"), ("media", "Reuters")]
    cites = tuple(
        Citation(outlet=name, kind=kind, rule="said", field="body", start_char=0, end_char=1)  # type: ignore[arg-type]
        for kind, name in found
    )
    store.save_annotations([annotation(text, citations=cites)], now=NOW)
    place_all(store)
    [row] = store.frame("report_cluster_timeline").to_dict("records")
    assert json.loads(row["citing"]) == ["Reuters", 'The "Bell"']
    assert (row["place"], row["is_first"], row["reason"]) == (1, True, "")
