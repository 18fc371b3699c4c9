"""Who had it first, and how many sources stand behind a happening."""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import replace

import pytest

from monitor.group.origin import agency_of, believed, office_of, timeline, unnamed_source
from monitor.group.sources import fold_sources
from monitor.types.clusters import Appearance, FoldedSources
from tests.cluster_stories import MORNING, appearance

HOUR = dt.timedelta(hours=1)


def folds(result: FoldedSources) -> dict[str, tuple[str, str]]:
    return {row.outlet: (row.folded_into, row.reason) for row in result.rows if row.outlet != row.folded_into}


# first


@pytest.mark.parametrize(
    ("changes", "doubt", "at"),
    [
        ({}, "", MORNING),
        ({"published_at": None, "date_source": "missing"}, "undated", MORNING + HOUR),
        ({"published_at": None, "date_source": "future"}, "future", MORNING + HOUR),
        ({"published_at": MORNING + 5 * HOUR}, "future", MORNING + HOUR),
        ({"date_source": "updated"}, "edited", MORNING),
        ({"published_at": MORNING.replace(hour=0), "observed_at": MORNING + 30 * HOUR}, "midnight",
         MORNING.replace(hour=0) + 24 * HOUR),
        ({"published_raw": "Tue, 03 Mar 2026 00:00:00 +0300"}, "midnight", MORNING + HOUR),
        ({"published_raw": "2026-03-03T00:00"}, "midnight", MORNING + HOUR),
        ({"published_raw": "2026-03-03T06:00:00+00:00"}, "", MORNING),
        ({"published_raw": "Tue, 03 Mar 2026 06:00:00 GMT"}, "", MORNING),
    ],
)  # fmt: skip
def test_dates_that_are_not_believed(changes: dict[str, object], doubt: str, at: dt.datetime) -> None:
    entry = replace(appearance(1, observed_at=MORNING + HOUR), **changes)
    assert (believed(entry).doubt, believed(entry).at) == (doubt, at)


def test_a_bad_date_does_not_make_an_outlet_the_first() -> None:
    sound = appearance(1, "Sound", hours=2)
    midnight = appearance(2, "Midnight", published_at=MORNING.replace(hour=0), observed_at=MORNING + 9 * HOUR)
    future = appearance(3, "Future", published_at=MORNING + 99 * HOUR, observed_at=MORNING + 5 * HOUR)
    assert [timed.appearance.outlet for timed in timeline([future, midnight, sound])] == [
        "Sound",
        "Future",
        "Midnight",
    ]


# wire copy


@pytest.mark.parametrize(
    ("lead", "agency"),
    [
        ("LONDON (Reuters) - A convoy left the harbour.", "Reuters"),
        ("МОСКВА /ТАСС/. Колонна вышла из порта.", "TASS"),
        ("Paris (AFP) - Un convoi a quitté le port.", "AFP"),
        ("[서울=연합뉴스] 호송대가 항구를 떠났다.", "Yonhap"),
        ("新华社东京电 车队离开了港口。", "Xinhua"),
        ("Berlin (dpa) - Ein Konvoi hat den Hafen verlassen.", "dpa"),
        ("Madrid (EFE).- Un convoy salió del puerto.", "EFE"),
        (
            "A convoy left the harbour at night and drove on to the border, as the port's office said. (AFP)",
            "AFP",
        ),
        ("Reuters reported that a convoy left the harbour.", None),
        ("Агентство ТАСС сообщило о колонне.", None),
        ("The harbour was empty.", None),
    ],
)
def test_wire_copy_is_known_by_its_tag(lead: str, agency: str | None) -> None:
    assert agency_of("", lead) == agency


# offices


def entry_with(title: str, lead: str, *codes: tuple[str, str], country: str = "GB") -> Appearance:
    """An entry whose actors stand where `codes` say: (code, a word of the lead or title)."""
    spans = tuple(
        ("actor", code, "body" if word in lead else "title", (lead if word in lead else title).index(word))
        for code, word in codes
    )
    return appearance(1, title=title, lead=lead, codes=spans, country=country)


@pytest.mark.parametrize(
    ("title", "lead", "codes", "office"),
    [
        ("", "Chad's foreign ministry said the road was open.", [("TD", "Chad")], "foreign-ministry of TD"),
        ("", "Le ministère tchadien des Affaires étrangères a annoncé l'ouverture.", [("TD", "tchadien")],
         "foreign-ministry of TD"),
        ("", "Das tschadische Außenministerium teilte mit, die Straße sei offen.", [("TD", "tschadische")],
         "foreign-ministry of TD"),
        ("", "أعلنت وزارة الخارجية التشادية فتح الطريق.", [("TD", "التشادية")], "foreign-ministry of TD"),
        ("", "وزارت خارجه چاد اعلام کرد جاده باز است.", [("TD", "چاد")], "foreign-ministry of TD"),
        ("", "차드 외무부는 도로가 열렸다고 밝혔다.", [("TD", "차드")], "foreign-ministry of TD"),
        ("", "乍得外交部表示道路已开放。", [("TD", "乍得")], "foreign-ministry of TD"),
        ("", "Министерство иностранных дел Чада сообщило, что дорога открыта.", [("TD", "Чада")],
         "foreign-ministry of TD"),
        ("", "Міністерство закордонних справ Чаду повідомило, що дорога відкрита.", [("TD", "Чаду")],
         "foreign-ministry of TD"),
        ("", "El Ministerio de Defensa de Chad informó que la ruta está abierta.", [("TD", "Chad")],
         "defence-ministry of TD"),
        ("国防部：道路已开放", "车队已经离开。", [], "defence-ministry of GB"),
        ("", "The army crossed the river, the defence ministry said.", [], "defence-ministry of GB"),
        ("", "Inspectors were turned away, the IAEA said.", [], "iaea of UN"),
        ("Chad closes its border", "The road is shut. The cabinet decided so, a daily reports.", [("TD", "Chad")],
         "government of TD"),
        ("Chad: storm in the port", "The cabinet met.", [("TD", "Chad")], "government of GB"),
        ("", "A storm took the roofs of the old town.", [], None),
    ],
)  # fmt: skip
def test_the_office_behind_a_report(
    title: str, lead: str, codes: list[tuple[str, str]], office: str | None
) -> None:
    assert office_of(entry_with(title, lead, *codes)) == office


def test_an_office_in_the_third_sentence_is_not_the_source() -> None:
    lead = "A ship sank. Its crew is safe. Later the navy said it knew of nothing."
    assert office_of(entry_with("", lead)) is None


def test_sources_that_nobody_names() -> None:
    assert unnamed_source("", "Spanien liefert Medienberichten zufolge nicht.")
    assert not unnamed_source("", "Spanien liefert nicht, sagte der Minister.")


# folding


def test_outlets_with_nothing_in_common_are_independent() -> None:
    result = fold_sources(1, [appearance(1), appearance(2, hours=1)])
    assert (result.independent, result.unresolved, folds(result)) == (2, 0, {})


def test_one_agency_is_one_source() -> None:
    rows = [
        appearance(n, hours=n, lead="Paris (AFP) - Un convoi a quitté le port.", language="fr")
        for n in (1, 2, 3)
    ]
    assert folds(fold_sources(1, rows)) == {
        "Outlet 2": ("Outlet 1", "root"),
        "Outlet 3": ("Outlet 1", "root"),
    }


def test_a_copy_and_a_link_lead_to_the_first() -> None:
    first = appearance(1, story_id=10, url="https://one.example/a")
    copy = appearance(2, story_id=10, hours=1)
    linking = appearance(3, hours=2, links=("https://one.example/a",))
    assert fold_sources(1, [linking, copy, first]).independent == 1


def test_the_chain_of_citations_is_followed_where_it_is_known() -> None:
    rows = [appearance(1, "Paper"), appearance(2, "Site", hours=1), appearance(3, "Channel", hours=2)]
    result = fold_sources(1, rows, {"e00002": "Paper", "e00003": "An Unpolled Weekly"})
    assert folds(result) == {"Site": ("Paper", "root")}
    assert result.independent == 2


def test_the_same_officials_told_both() -> None:
    lead = "Shells were shipped, US intelligence officials said."
    rows = [
        entry_with("", lead, ("US", "US")),
        replace(appearance(2, hours=1), lead=lead, codes=(("actor", "US", "body", 20),)),
    ]
    assert folds(fold_sources(1, rows)) == {"Outlet 2": ("Outlet 1", "origin")}


def test_a_common_owner_and_a_common_state() -> None:
    owned = [appearance(1, owner="Meridian Group"), appearance(2, hours=1, owner="meridian  group")]
    assert folds(fold_sources(1, owned)) == {"Outlet 2": ("Outlet 1", "owner")}
    state = [appearance(n, hours=n, ownership="state", country="IR", owner="Iran") for n in (1, 2)]
    assert folds(fold_sources(1, state)) == {"Outlet 2": ("Outlet 1", "state")}
    assert fold_sources(1, [replace(state[0], country="RU"), state[1]]).independent == 1 + 1


def test_public_media_do_not_answer_to_their_state() -> None:
    public = [appearance(n, hours=n, ownership="public", country="GB") for n in (1, 2)]
    assert fold_sources(1, public).independent == 2


def test_folding_goes_from_one_to_the_next() -> None:
    """One shares its owner with the second, the second its agency with the third."""
    wire = "LONDON (Reuters) - A convoy left."
    rows = [
        appearance(1, owner="Group"),
        appearance(2, hours=1, owner="Group", lead=wire),
        appearance(3, hours=2, lead=wire),
    ]
    result = fold_sources(1, rows)
    assert (result.independent, folds(result)["Outlet 3"]) == (1, ("Outlet 1", "root"))


def test_an_unnamed_source_is_independent_but_unresolved() -> None:
    rows = [appearance(1), appearance(2, hours=1, lead="Media reports speak of a convoy.")]
    result = fold_sources(1, rows)
    assert (result.independent, result.unresolved) == (2, 1)


def test_each_outlet_is_judged_by_its_earliest_entry() -> None:
    rows = [
        appearance(1, "Paper"),
        appearance(2, "Paper", hours=5, lead="Paris (AFP) - Rien."),
        appearance(3, hours=6, lead="Paris (AFP) - Rien."),
    ]
    result = fold_sources(1, rows)
    assert result.independent == 2
    assert result.rows[0].entry_uids == ("e00001", "e00002")


def test_the_order_of_entries_does_not_matter() -> None:
    rows = [appearance(n, f"O{n % 4}", hours=n, owner=f"G{n % 3}") for n in range(1, 9)]
    wanted = fold_sources(1, rows)
    for seed in range(5):
        shuffled = random.Random(seed).sample(rows, len(rows))
        assert fold_sources(1, shuffled) == wanted
