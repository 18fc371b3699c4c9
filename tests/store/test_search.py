"""Both databases find the same, in every script, and nothing that is gone."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from monitor.pipeline.search import build_index
from monitor.store import Store, search
from monitor.store.schema.entries import entries, revisions, search_documents
from monitor.text.query import parse
from monitor.text.snippets import marks
from monitor.types.plans import Disposition
from monitor.types.search import AllOf, AnyOf, Filters, Phrase, Query
from tests.store.making import (
    DAY,
    HOUR,
    NOW,
    annotate_all,
    annotation,
    change,
    entry,
    ingest,
    leased,
    plan,
)

TEXTS = {
    "en": ("Navy buys F-16 radar", "The arms deal was signed. Sanctions did not stop it."),
    "drill": ("Arms for a drill", "A deal about a naval drill, and no sanction."),
    "zh": ("财政部公布制裁名单", "新一轮制裁针对伊朗导弹零部件。"),
    "tw": ("財政部公佈出口管制", "對伊朗的制裁。"),
    "ar": ("العقوبات على الشحنة", "قال الوزير إن الهدنة قائمة."),
    "ar2": ("بيان الوزير", "تقرير عن شحنة مشمولة بالعقوبات وللهدنة شروط."),
    "fa": ("تحریم تازه", "آتش‌بس در مرز و تحریم‌های نفتی."),
    "ko": ("북한의 미사일을 규탄", "정부는 제재를 발표했다. 호위함장관"),
    "ko2": ("제재가 풀렸다", "대만에서 온 소식"),
    "ru": ("Ещё одна ракета 9М729", "Санкции не помогли; объём поставок вырос."),
    "ru2": ("Еще две ракеты", "Объем невелик."),
    "uk": ("Об’єкт уражено", "Санкції діють; Су-35 над морем."),
    "fr": ("Cessez-le-feu", "L’été, la frégate «Aconit» a tiré."),
    "de": ("Straße gesperrt", "Fregatte mit 16 Raketen, 30.000 Schuss."),
}  # fmt: skip
GOLDEN = {
    "F-16": "en", "F16": "en", "f 16": "en", "16": "de en", '"arms deal"': "en", "arms deal": "drill en",
    "arms deal NOT drill": "en", "sanction*": "drill en", "deal -drill": "en", "title:arms": "drill",
    "title:(arms OR radar)": "drill en", "制裁": "tw zh", "名单": "zh", "制裁名单": "zh", "單": "zh",
    "制": "tw zh", "管制": "tw", "财政部": "tw zh", "公布": "zh", "导弹": "zh", "制裁 AND 导弹": "zh",
    "伊朗的": "tw", "عقوبات": "ar ar2", "العقوبات": "ar ar2", "شحنة": "ar ar2", "الشحنه": "ar ar2",
    "الهدنة": "ar ar2", "تحریم": "fa", "تحريم*": "fa", "آتش‌بس": "fa", "آتشبس": "fa", "북한": "ko", "미사일": "ko",
    '"북한 미사일"': "ko", "제재": "ko ko2", "제재를": "ko ko2", "대만": "ko2", "호위함": "ko", "ещё": "ru ru2",
    "еще": "ru ru2", "объем": "ru ru2", "9М729": "ru", "Санкции": "ru", "санкці*": "uk", "Су-35": "uk",
    "Об'єкт": "uk", "ete": "fr", "cessez-le-feu": "fr", '"cessez le feu"': "fr", "frégate OR Fregatte": "de fr",
    "strasse": "de", "Straße": "de", "nothing": "", "radar The": "en", '"radar The"': "",
}  # fmt: skip


@pytest.fixture
def stored(store: Store) -> Store:
    ingest(store, *(entry(key, body, title=title) for key, (title, body) in TEXTS.items()))
    for text in store.pending_texts(limit=100):
        key = next(key for key, (title, _) in TEXTS.items() if title == text.title)
        store.save_annotations(
            [annotation(text, *(["nuclear"] if key == "zh" else []), language=key[:2])], now=NOW
        )
    return store


def find(store: Store, query: str | Query, **filters: Any) -> str:
    asked = parse(query) if isinstance(query, str) else query
    found = store.search(asked, Filters(**filters), limit=50, now=NOW)
    by_title = {title: key for key, (title, _) in TEXTS.items()}
    return " ".join(sorted(by_title.get(one.title, one.title) for one in found))


def test_what_is_found_is_the_same_in_every_script(stored: Store) -> None:
    assert {query: find(stored, query) for query in GOLDEN} == GOLDEN


def test_filters_narrow_what_is_found(stored: Store) -> None:
    assert find(stored, "制裁 OR sanction*", languages=("zh",)) == "zh"
    assert find(stored, "制裁", topics=("nuclear",)) == "zh"
    assert find(stored, "制裁", outlets=("gazette",)) == "tw zh"
    assert find(stored, "制裁", outlets=("nobody",)) == ""
    assert find(stored, "制裁", since=NOW) == "" and find(stored, "制裁", until=NOW - DAY) == ""
    assert find(stored, "制裁", since=NOW - DAY, until=NOW) == "tw zh"
    assert find(stored, "制裁", since=NOW - 40_000 * DAY) == "tw zh"


def test_the_latest_come_first_and_no_more_than_asked_for(stored: Store) -> None:
    found = stored.search(parse("制裁 OR sanction*"), Filters(), limit=2, now=NOW)
    ids = [one.entry_id for one in found]
    assert len(ids) == 2 and ids == sorted(ids, reverse=True)
    assert found[0].body and found[0].outlet == "Gazette"


@pytest.mark.parametrize("newest", [1, 5, 100])
def test_what_is_rare_or_old_is_found_behind_the_newest(
    stored: Store, newest: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = stored.search(parse("制裁 OR sanction*"), Filters(), limit=50, now=NOW)
    monkeypatch.setattr(search, "NEWEST", newest)
    for limit in range(len(whole) + 2):
        found = stored.search(parse("制裁 OR sanction*"), Filters(), limit=limit, now=NOW)
        assert found == whole[:limit]
    assert find(stored, "制裁", topics=("nuclear",)) == "zh" and find(stored, "nothing") == ""


def test_an_edited_text_is_found_by_its_new_words_once_it_is_read(stored: Store) -> None:
    [lease] = leased(stored, now=NOW + HOUR)
    [known] = [e for e in stored.frame("report_entries").to_dict("records") if e["external_id"] == "en"]
    edited = entry("en", "The contract was torn up.", title="Navy buys nothing")
    revised = change(edited, Disposition.REVISED, entry_id=int(known["entry_id"]))
    stored.apply([plan(lease, revised, at=NOW + HOUR)], now=NOW + HOUR)
    annotate_all(stored)
    assert find(stored, "contract") == "Navy buys nothing" and find(stored, '"arms deal"') == ""


def test_a_new_tag_moves_the_filter(stored: Store) -> None:
    texts = [one.text for one in stored.archived_texts(limit=100)]
    again = [annotation(t, "sanctions", language="en", taxonomy_version="t2") for t in texts]
    stored.save_annotations(again, now=NOW + HOUR)
    assert (
        find(stored, "制裁", topics=("nuclear",)) == ""
        and find(stored, "制裁", topics=("sanctions",)) == "tw zh"
    )


def test_what_is_gone_purged_or_deleted_is_not_found(stored: Store) -> None:
    def work(connection: sa.Connection) -> None:
        ids = dict(connection.execute(sa.select(entries.c.external_id, entries.c.id)).tuples().all())
        connection.execute(sa.update(entries).where(entries.c.id == ids["zh"]).values(gone_at=NOW))
        purged = sa.update(revisions).where(revisions.c.entry_id == ids["tw"])
        connection.execute(purged.values(body="", purged_at=NOW))
        connection.execute(sa.delete(search_documents).where(search_documents.c.entry_id == ids["tw"]))
        connection.execute(sa.delete(entries).where(entries.c.id == ids["en"]))

    stored._database.write(work)
    assert find(stored, "制裁 OR radar") == ""
    assert build_index(stored) == 0
    build_index(stored, rebuild=True)
    assert find(stored, "制裁 OR radar") == "" and find(stored, "drill") == "drill"


def test_the_index_is_built_anew_from_texts(stored: Store) -> None:
    stored._database.write(lambda c: c.execute(sa.delete(search_documents)))
    assert find(stored, "制裁") == ""
    assert build_index(stored) == len(TEXTS)
    assert {query: find(stored, query) for query in GOLDEN} == GOLDEN
    stored._database.write(lambda c: c.execute(sa.update(search_documents).values(version="0")))
    assert build_index(stored) == len(TEXTS) and build_index(stored) == 0


def test_sqlite_s_index_agrees_with_its_documents(sqlite_url: str) -> None:
    with Store.open(sqlite_url) as store:
        ingest(store, entry("1", "制裁 F-16"), entry("2"))
        annotate_all(store)
        check = "INSERT INTO search_index (search_index, rank) VALUES ('integrity-check', 1)"
        store._database.write(lambda c: c.exec_driver_sql(check))
        store.index_entries([1, 2])
        store._database.write(lambda c: c.execute(sa.delete(entries).where(entries.c.id == 1)))
        store._database.write(lambda c: c.exec_driver_sql(check))


def test_months_bound_a_window_without_losing_its_edges(stored: Store) -> None:
    assert find(stored, "制裁", since=dt.datetime(2026, 3, 1, tzinfo=dt.UTC)) == "tw zh"
    assert find(stored, "制裁", since=dt.datetime(2026, 1, 31, tzinfo=dt.UTC), until=NOW) == "tw zh"


words = st.sampled_from(
    ["arms", "deal", "制裁", "制", "名单", "العقوبات", "제재", "f 16", "ещё", "sanction", "the"]
)
phrases = st.builds(lambda text, prefix: parse(f'"{text}{"*" if prefix else ""}"'), words, st.booleans())
queries: st.SearchStrategy[Query] = st.recursive(
    phrases,
    lambda inner: st.one_of(
        st.builds(lambda a, b: AnyOf((a, b)), inner, inner),
        st.builds(lambda a, b, c: AllOf((a, b), c), inner, inner, st.lists(inner, max_size=1).map(tuple)),
    ),
    max_leaves=5,
)


def meets(query: Query, key: str) -> bool:
    """Whether a text meets a query, by reading it."""
    if isinstance(query, Phrase):
        return bool(marks(query, *TEXTS[key]))
    if isinstance(query, AnyOf):
        return any(meets(one, key) for one in query.choices)
    return all(meets(one, key) for one in query.wanted) and not any(meets(one, key) for one in query.unwanted)


@given(query=queries)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_query_finds_what_reading_finds(stored: Store, query: Query) -> None:
    assert find(stored, query) == " ".join(sorted(key for key in TEXTS if meets(query, key)))
