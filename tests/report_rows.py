"""A small made-up fortnight in ten languages, as rows of the views. Events and outlets are invented."""

from __future__ import annotations

import datetime as dt
import io
import json
from typing import Any

import pandas as pd

from monitor.report.build import Tables, attention_tables, build_page
from monitor.report.dictionary import FILES
from monitor.types.report import COUNT_COLUMNS, VIEW_COLUMNS, ReportData, ReportOptions

NOW = dt.datetime(2026, 11, 22, 14, 5, tzinfo=dt.UTC)
WINDOW = (dt.date(2026, 11, 9), dt.date(2026, 11, 22))
TOPIC_LABELS = {
    "arms-transfers": {
        "en": "Arms transfers",
        "ar": "نقل الأسلحة",
        "zh": "武器转让",
        "fr": "Transferts d’armes",
    },
    "sanctions": {"en": "Sanctions", "ar": "العقوبات", "zh": "制裁", "fr": "Sanctions"},
    "nuclear": {"en": "Nuclear", "ar": "النووي", "zh": "核问题", "fr": "Nucléaire"},
}
# outlet, country, ownership, language
OUTLETS = {
    "en": ("Harbour Post", "GB", "private"),
    "fr": ("Le Courrier du Quai", "FR", "private"),
    "ru": ("Северный берег", "RU", "state"),
    "uk": ("Дніпровий край", "UA", "private"),
    "ar": ("صوت الميناء", "LB", "party"),
    "fa": ("پیک کوهستان", "IR", "state"),
    "ko": ("새벽신문", "KR", "private"),
    "zh": ("江城观察", "CN", "state"),
    "es": ("La Brújula Austral", "AR", "public"),
    "de": ("Hafenkurier", "DE", "private"),
}
# hours before NOW, language, title, topics, story, cluster
ITEMS: tuple[tuple[float, str, str, tuple[str, ...], int, int], ...] = (
    (30, "en", "Island navy takes delivery of four patrol boats", ("arms-transfers",), 1, 1),
    (31, "de", "Vier Patrouillenboote an die Inselmarine übergeben", ("arms-transfers",), 2, 1),
    (33, "ko", "섬나라 해군, 초계정 네 척 인수", ("arms-transfers",), 3, 1),
    (35, "ar", "البحرية في الجزيرة تتسلم أربعة زوارق دورية", ("arms-transfers",), 4, 1),
    (54, "fr", "Le ministère dément toute livraison d’obus", ("arms-transfers",), 5, 2),
    (55, "fa", "وزارت خارجه ارسال مهمات را تکذیب کرد", ("arms-transfers", "sanctions"), 6, 2),
    (56, "es", "El ministerio desmiente el envío de proyectiles", ("arms-transfers",), 7, 2),
    (80, "zh", "财政部宣布新一轮制裁名单", ("sanctions",), 8, 3),
    (81, "ru", "Минфин объявил новый санкционный список", ("sanctions",), 9, 3),
    (82, "uk", "Мінфін оголосив новий санкційний перелік", ("sanctions",), 10, 3),
    (104, "en", "Inspectors return to the enrichment plant", ("nuclear",), 11, 4),
    (105, "fr", "Les inspecteurs de retour dans l’usine d’enrichissement", ("nuclear",), 12, 4),
    (128, "de", "Regen bis zum Wochenende", (), 13, 5),
    (129, "en", "Chess final ends in a draw", (), 14, 6),
    (152, "es", "Nuevas sanciones a tres navieras", ("sanctions",), 15, 7),
    (176, "zh", "城市马拉松吸引两万人", (), 16, 8),
    (200, "ar", "الوكالة تصدر تقريرها الفصلي", ("nuclear",), 17, 9),
    (2, "en", "Port reopens after the storm", (), 18, 10),
)


def frame(name: str, rows: list[dict[str, Any]]) -> pd.DataFrame:
    """Rows with every column of the view; what a row leaves out is None."""
    columns = list(VIEW_COLUMNS.get(name) or COUNT_COLUMNS[name])
    extra = [key for row in rows for key in row if key not in columns]
    return pd.DataFrame(rows, columns=[*columns, *dict.fromkeys(extra)]).astype("object")


def entry(
    number: int, hours: float, language: str, title: str, story: int | None, cluster: int | None
) -> dict[str, Any]:
    outlet, country, ownership = OUTLETS[language]
    when = NOW - dt.timedelta(hours=hours)
    stored = when.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    return {
        "entry_id": number,
        "uid": f"e{number:04d}",
        "kind": "rss",
        "feed": f"{language}-1",
        "feed_url": f"https://{language}.example/feed.xml",
        "outlet": outlet,
        "country": country,
        "ownership": ownership,
        "external_id": f"guid-{number}",
        "url": f"https://{language}.example/a/{number}",
        "title": title,
        "language": language,
        "published_at": stored,
        "observed_at": stored,
        "effective_at": stored,
        "story_id": story,
        "cluster_id": cluster,
    }


def _entries() -> list[dict[str, Any]]:
    rows = [
        entry(number, hours, language, title, story, cluster)
        for number, (hours, language, title, _, story, cluster) in enumerate(ITEMS, start=1)
    ]
    copy = entry(len(rows) + 1, 28, "es", "Island navy takes delivery of four patrol boats (agency)", 1, 1)
    return [*rows, copy | {"language": "en"}]


def _topics(entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    by_story = {story: topics for _, _, _, topics, story, _ in ITEMS}
    return [
        {"entry_id": row["entry_id"], "topic": topic, "score": 0.9 - 0.1 * place, "accepted": 1}
        for row in entries
        for place, topic in enumerate(by_story[row["story_id"]])
    ]


def _clusters(entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    rows = []
    for cluster in sorted({row["cluster_id"] for row in entries}):
        members = sorted(
            (r for r in entries if r["cluster_id"] == cluster), key=lambda r: str(r["effective_at"])
        )
        rows.append(
            {
                "cluster_id": cluster,
                "title": members[0]["title"],
                "languages": json.dumps(sorted({r["language"] for r in members})),
                "stories": len({r["story_id"] for r in members}),
                "outlets": len({r["outlet"] for r in members}),
                "independent_sources": 2 if len(members) > 2 else 1,
                "unresolved_sources": 1 if len(members) > 2 else 0,
                "first_outlet": members[0]["outlet"],
                "first_seen_at": members[0]["effective_at"],
                "last_seen_at": members[-1]["effective_at"],
            }
        )
    return rows


def _claim(**changes: Any) -> dict[str, Any]:
    claim = {
        "claim_id": 1,
        "uid": "c0ffee01",
        "entry_id": 5,
        "story_id": 5,
        "cluster_id": 2,
        "supplier": '["KP"]',
        "recipient": '["SD"]',
        "via": '["LY"]',
        "items": '["artillery-ammunition"]',
        "quantity_min": 40000,
        "quantity_max": 45000,
        "status": "denied",
        "speaker": "foreign ministry",
        "evidence": "Le ministère dément toute livraison d’obus",
        "confidence": 0.8,
        "language": "fr",
        "outlet": "Le Courrier du Quai",
        "root_outlet": "Harbour Post",
        "url": "https://fr.example/a/5",
        "published_at": "2026-11-20T08:05:00.000000Z",
    }
    return claim | changes


def _coverage(entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    counts: dict[tuple[str, str, str], int] = {}
    for row in entries:
        key = (str(row["effective_at"])[:10], str(row["outlet"]), str(row["feed"]))
        counts[key] = counts.get(key, 0) + 1
    rows: list[dict[str, Any]] = [
        {"day": day, "outlet": outlet, "feed": feed, "entries": number, "stories": number, "state": "healthy"}
        for (day, outlet, feed), number in sorted(counts.items())
    ]
    joined = {"day": "2026-11-16", "outlet": "Hafenkurier", "feed": "de-1", "entries": 0, "stories": 0}
    return [*rows, joined | {"state": "healthy", "panel_change": "joined"}]


def _health() -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = [
        {
            "feed": f"{language}-1",
            "feed_url": f"https://{language}.example/feed.xml",
            "kind": "rss",
            "outlet": outlet,
            "state": "healthy",
            "last_success_at": "2026-11-22T13:55:00.000000Z",
            "failures": 0,
            "interval_s": 600.0,
            "entries_7d": 3,
            "silent": 0,
        }
        for language, (outlet, _, _) in OUTLETS.items()
    ]
    rows[2] |= {"state": "failing", "last_error": "http_503 unavailable", "failures": 3}
    rows[5] |= {"silent": 1}
    return rows


def rows() -> dict[str, list[dict[str, Any]]]:
    """All rows by field of ReportData, to be changed by a test before `data` makes frames of them."""
    entries = _entries()
    return {
        "entries": entries,
        "topics": _topics(entries),
        "stories": [
            {"story_id": story, "title": title, "language": language, "entries": 1, "outlets": 1}
            for _, language, title, _, story, _ in ITEMS
        ],
        "clusters": _clusters(entries),
        "cluster_sources": [
            {"cluster_id": 1, "outlet": "Hafenkurier", "folded_into": "Harbour Post", "reason": "root"}
        ],
        "chains": [
            {
                "cluster_id": 1,
                "outlet": "Hafenkurier",
                "chain_state": "not_polled",
                "chain": '[{"outlet": "Harbour Post", "uid": "e1"}, {"outlet": "Quay Wire"}]',
            },
        ],
        "coverage_daily": _coverage(entries),
        "claims": [
            _claim(),
            _claim(claim_id=2, uid="c0ffee02", status="alleged", language="fa", outlet="پیک کوهستان"),
        ],
        "citations": [
            {
                "entry_id": 5,
                "outlet": "Le Courrier du Quai",
                "cited_outlet": "Harbour Post",
                "root_outlet": "Harbour Post",
            },
            {
                "entry_id": 6,
                "outlet": "پیک کوهستان",
                "cited_outlet": "Le Courrier du Quai",
                "root_outlet": "Harbour Post",
            },
            {"entry_id": 7, "outlet": "La Brújula Austral", "cited_outlet": "Harbour Post"},
        ],
        "ledger": [
            {
                "cluster_id": 2,
                "supplier": '["KP"]',
                "recipient": '["SD"]',
                "item": "artillery-ammunition",
                "status": "denied",
                "first_alleged_at": "2026-11-20T06:00:00.000000Z",
                "first_alleged_by": "Harbour Post",
                "allegations": 2,
                "independent_sources": 1,
                "denials": 1,
                "confirmations": 0,
                "quantity_min": 40000,
                "quantity_max": 45000,
                "changed_at": "2026-11-20T09:00:00.000000Z",
            }
        ],
        "feed_health": _health(),
    }


def counts(
    entries: list[dict[str, Any]], topics: list[dict[str, Any]], window: tuple[dt.date, dt.date] = WINDOW
) -> dict[str, pd.DataFrame]:
    """What the database counts of these entries, counted by hand: `by_day` and `by_value` of ReportData."""
    tags: dict[int, set[str]] = {}
    for tag in topics:
        if tag["accepted"]:
            tags.setdefault(tag["entry_id"], {"", "*"}).add(tag["topic"])
    days: dict[tuple[str, str], set[int]] = {}
    values: dict[tuple[str, str, str], tuple[set[int], set[int]]] = {}
    for row in entries:
        day = str(row["effective_at"])[:10]
        if row["language"] is None or not str(window[0]) <= day <= str(window[1]):
            continue
        story = row["story_id"] or -row["entry_id"]
        for topic in tags.get(row["entry_id"], {""}):
            days.setdefault((day, topic), set()).add(story)
            for dimension in ("panel", "language", "country", "ownership", "outlet"):
                value = "" if dimension == "panel" else row[dimension] or ""
                stories, members = values.setdefault((dimension, value, topic), (set(), set()))
                stories.add(story)
                members.add(row["entry_id"])
    by_day = [(day, topic, len(stories)) for (day, topic), stories in sorted(days.items())]
    by_value = [(*key, len(stories), len(members)) for key, (stories, members) in sorted(values.items())]
    return {
        "by_day": pd.DataFrame(by_day, columns=COUNT_COLUMNS["by_day"]),
        "by_value": pd.DataFrame(by_value, columns=COUNT_COLUMNS["by_value"]),
    }


def _citing(rows: list[dict[str, Any]]) -> pd.DataFrame:
    found: dict[tuple[Any, ...], set[int]] = {}
    for row in rows:
        key = (row["outlet"], row["cited_outlet"], row.get("root_outlet"))
        found.setdefault(key, set()).add(row["entry_id"])
    listed = [(*key, len(members)) for key, members in found.items()]
    return pd.DataFrame(listed, columns=COUNT_COLUMNS["citing"])


def data(content: dict[str, list[dict[str, Any]]] | None = None, **options: Any) -> ReportData:
    """The fortnight as ReportData; `options` go to ReportOptions."""
    content = rows() if content is None else content
    accepted = [tag for tag in content["topics"] if tag["accepted"]]
    counted = {"topics", "stories", "citations"}
    frames = {name: frame(name, listed) for name, listed in content.items() if name not in counted}
    options = {
        "timezone": "Europe/Paris",
        "topics": tuple(TOPIC_LABELS),
        "topic_labels": TOPIC_LABELS,
    } | options
    return ReportData(
        generated_at=NOW,
        window=WINDOW,
        versions={"monitor": "0.1.0", "taxonomy": "2026.1"},
        options=ReportOptions(**options),
        topics=pd.DataFrame(accepted, columns=["entry_id", "topic", "score"]),
        citing=_citing(content["citations"]),
        **counts(content["entries"], content["topics"]),
        **frames,
    )


def tables(content: dict[str, list[dict[str, Any]]] | None = None) -> dict[str, pd.DataFrame]:
    """The views behind the tables beside the page."""
    content = rows() if content is None else content
    return {name: frame(name, content.get(name, [])) for name in VIEW_COLUMNS}


def files(
    content: dict[str, list[dict[str, Any]]] | None = None, report: ReportData | None = None, part: int = 7
) -> dict[str, bytes]:
    """Every file of the report, its tables written in parts of so many rows."""
    report = data(content) if report is None else report
    opened: dict[str, io.BytesIO] = {}

    def open_file(name: str) -> io.BytesIO:
        opened[name] = io.BytesIO()
        return opened[name]

    written = Tables(open_file, made=report.generated_at, xlsx_rows=report.options.xlsx_rows)
    made = attention_tables(report) | tables(content)
    for name in FILES:
        parts = range(0, max(len(made[name]), 1), part)
        written.add(name, [made[name].iloc[start : start + part] for start in parts])
    written.page(build_page(report))
    written.finish(report)
    return {name: file.getvalue() for name, file in opened.items()}
