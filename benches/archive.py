"""A made-up archive of a million analysed entries, for benches that read one. Deterministic, loaded in bulk.

300 feeds of 250 outlets in ten languages, 45 % of entries with a topic, stories of one to twelve entries over up to
three days, clusters across languages, citations, claims, a fetch count a feed and day. Times are spread over `DAYS`
days before `END`. Texts are words of a small vocabulary in ten languages, by a Zipf law, fit to be searched.
"""

from __future__ import annotations

import datetime as dt
import itertools
import random
import sqlite3
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from monitor.store import Store
from monitor.store import search_terms as terms
from monitor.store.columns import utc_text
from monitor.store.engine import parse_url, path_of
from monitor.text.searching import VERSION, document

END = dt.datetime(2026, 11, 22, tzinfo=dt.UTC)
DAYS = 90
FEEDS, OUTLETS = 300, 250
LANGUAGES = ("en", "fr", "ru", "uk", "ar", "fa", "ko", "zh", "es", "de")
COUNTRIES = ("GB", "FR", "RU", "UA", "LB", "IR", "KR", "CN", "AR", "DE", "US", "PL", None)
OWNERSHIP = ("private", "private", "private", "state", "public", "party")
TOPICS = (
    "arms-transfers",
    "sanctions",
    "armed-conflict",
    "missiles-drones",
    "nuclear",
    "military-cooperation",
)
BATCH = 20_000
Row = tuple[Any, ...]

_REAL = {
    "en": "sanctions missile F-16 convoy embargo ceasefire shipment drone frigate radar minister parliament harbour",
    "fr": "sanctions missile livraison frégate ministre munitions embargo cessez-le-feu radar drone",
    "ru": "санкции ракета поставки фрегат министр боеприпасы эмбарго перемирие ёмкость учения",
    "uk": "санкції ракета постачання фрегат міністр боєприпаси ембарго перемир'я навчання",
    "ar": "العقوبات الصاروخ الشحنة الفرقاطة الوزير الذخيرة الحظر الهدنة المناورات",
    "fa": "تحریم موشک محموله ناوچه وزیر مهمات آتش‌بس رزمایش پهپاد",
    "ko": "제재를 미사일이 선적은 호위함 장관이 탄약을 금수 휴전을 훈련에",
    "zh": "制裁 导弹 护卫舰 部长 弹药 禁运 停火 演习 无人机 出口管制",
    "es": "sanciones misil cargamento fragata ministro munición embargo tregua maniobras",
    "de": "Sanktionen Rakete Lieferung Fregatte Minister Munition Embargo Waffenruhe Manöver",
}
_SYLLABLES = {
    "ru": "ба во ги до жу ла ми но ре са ту хо",
    "uk": "ба во ги до жу ла мі но ре са ту хо",
    "ar": "با تو جي دا را سو شي فا قو لي ما نو",
    "fa": "با تو جی دا را سو شی فا قو لی ما نو",
    "ko": "가 나 다 라 마 바 사 아 자 차 카 타",
    "zh": "天 地 人 山 水 火 木 金 土 日 月 星",
}


def vocabulary(language: str, size: int = 4_000) -> list[str]:
    """Words of a language: some real ones among made-up ones."""
    source = random.Random(language)
    parts = _SYLLABLES.get(language, "ba de fi go ku la me ni po ra su to").split()
    made = {"".join(source.choices(parts, k=source.randint(2, 4))) for _ in range(size)}
    real = _REAL[language].split()
    words = sorted(made)
    source.shuffle(words)
    for number, word in enumerate(real):  # frequent and rare ones
        words.insert(min(len(words), number * number * 20), word)
    return words


class Texts:
    """Sentences of each language, drawn by a Zipf law."""

    def __init__(self, source: random.Random) -> None:
        self._source = source
        self._words = {language: vocabulary(language) for language in LANGUAGES}
        self._weights = {
            language: list(itertools.accumulate(1 / (n + 5) for n in range(len(words))))
            for language, words in self._words.items()
        }

    def make(self, language: str, words: int) -> str:
        """So many words."""
        weights = self._weights[language]
        joined = "" if language == "zh" else " "
        return joined.join(self._source.choices(self._words[language], cum_weights=weights, k=words))


def rows(count: int, words: int, seed: int = 8) -> Iterator[dict[str, list[Row]]]:  # noqa: PLR0912, PLR0915 - one law a line
    """Rows by table, in batches in which no table refers to a later one (constraints are checked at the end)."""
    source = random.Random(seed)
    texts = Texts(source)
    end, step = END.timestamp(), DAYS * 86_400 / count
    story = cluster = mention = claim = 0
    batch: dict[str, list[Row]] = {}

    def put(table: str, *row: Any) -> None:
        batch.setdefault(table, []).append(row)

    # open stories to be joined: id, cluster, language, feeds may differ
    fresh: list[tuple[int, int, str]] = []
    firsts: dict[int, list[Any]] = {}
    carried: dict[int, set[str]] = {}
    for entry in range(1, count + 1):
        feed = source.randrange(FEEDS) + 1
        outlet = (feed - 1) % OUTLETS
        moment = dt.datetime.fromtimestamp(end - DAYS * 86_400 + entry * step, dt.UTC)
        at, day = utc_text(moment), str(moment.date())
        language = LANGUAGES[outlet % 10] if source.random() < 0.97 else "en"
        chosen = source.random()
        if chosen < 0.25 and fresh:
            home, wide, language = source.choice(fresh)
        else:
            story += 1
            home = story
            if chosen < 0.40 and fresh:
                wide = source.choice(fresh)[1]
            else:
                cluster += 1
                wide = cluster
                put("clusters", cluster, at, at, 1, 0)
            firsts[home] = [home, wide, language, entry, at, at, at]
            fresh.append((home, wide, language))
            if len(fresh) > 4_000:
                del fresh[:2_000]
        firsts[home][5] = at
        carried.setdefault(wide, set()).add(f"Outlet {outlet}")
        put("entries", entry, f"{entry:032x}", feed, str(entry), "guid", "rss",
            f"https://outlet-{outlet}.example/{entry}", entry, entry, at, "", "published", at, at, day, 0, "", "[]",
            "[]", "[]", "[]", language, home)  # fmt: skip
        title = texts.make(language, 9)
        put(
            "revisions",
            entry,
            entry,
            1,
            1,
            1,
            "feed",
            title,
            texts.make(language, words),
            at,
            f"{entry:064x}",
        )
        put("annotations", entry, entry, entry, "t1", "c1", language, 0.99, "bench", "", at)
        if source.random() < 0.45:
            for topic in source.sample(TOPICS, 1 if source.random() < 0.75 else 2):
                put("entry_topics", entry, topic, round(source.uniform(0.5, 1), 3), 1, "[]")
                mention += 1
                put("mentions", entry, mention, topic, "word", "title", 0, 4, "r")
        if source.random() < 0.25:
            cited = f"Outlet {source.randrange(40)}"
            put("citations", entry, 0, cited, "media", "r", "body", 0, 4, 1, cited, "[]")
        if source.random() < 0.02:
            claim += 1
            put("claims", claim, f"{claim:032x}", entry, entry, entry, '["KP"]', '["RU"]', '["drones"]',
                source.choice(("alleged", "denied")), "word word", "title", 0, 4, "r", 0.5, at)  # fmt: skip
        if entry % BATCH == 0 or entry == count:
            # stories that nothing joins any more
            settled = set(firsts) - {one for one, _, _ in fresh} if entry < count else set(firsts)
            for one in sorted(settled):
                put("stories", *firsts.pop(one))
            done = set(carried) - {wide for _, wide, _ in fresh} if entry < count else set(carried)
            for wide in sorted(done):
                for name in sorted(carried.pop(wide)):
                    put("cluster_sources", wide, name, name, "own")
            yield batch
            batch.clear()


COLUMNS = {
    "clusters": "id created_at changed_at independent_sources unresolved_sources",
    "stories": "id cluster_id language first_entry_id first_seen_at last_seen_at created_at",
    "entries": "id uid feed_id external_id key_source kind url url_key text_key published_at published_raw"
    " date_source observed_at effective_at day backlog author categories links album_ids media language story_id",
    "revisions": "id entry_id number is_current is_latest source title body observed_at sha256",
    "annotations": "id entry_id revision_id taxonomy_version code_version language language_score detector"
    " content_sha256 valid_from",
    "entry_topics": "annotation_id topic score accepted rules",
    "mentions": "annotation_id position topic term field start_char end_char rule",
    "citations": "annotation_id position cited kind rule field start_char end_char resolved root chain",
    "claims": "id uid entry_id revision_id annotation_id supplier recipient items status evidence field start_char"
    " end_char rule confidence valid_from",
    "cluster_sources": "cluster_id outlet folded_into reason",
    "outlets": "id slug name country ownership language",
    "feeds": "id outlet_id kind address slug current_url host created_at first_success_at last_success_at",
    "taxonomies": "version content first_used_at",
    "fetches": "feed_id fence started_at day outcome url",
    "rollup_fetches_daily": "day feed_id fetches answered",
}
FLAGS = {"backlog", "is_current", "is_latest", "accepted", "resolved"}


def panel() -> dict[str, list[Row]]:
    """Outlets, feeds, and how often each was asked."""
    began = utc_text(END - dt.timedelta(days=DAYS))
    now = utc_text(END - dt.timedelta(hours=1))
    days = [str((END - dt.timedelta(days=n)).date()) for n in range(1, DAYS + 1)]
    return {
        "outlets": [
            (n + 1, f"outlet-{n}", f"Outlet {n}", COUNTRIES[n % len(COUNTRIES)], OWNERSHIP[n % 6], LANGUAGES[n % 10])
            for n in range(OUTLETS)
        ],
        "feeds": [
            (n, (n - 1) % OUTLETS + 1, "rss", f"https://o{n}.example/feed", f"feed-{n}", f"https://o{n}.example/feed",
             f"o{n}.example", began, began, now)
            for n in range(1, FEEDS + 1)
        ],
        "taxonomies": [("t1", "{}", began)],
        "fetches": [(1, 1, now, days[0], "stored", "u")],
        "rollup_fetches_daily": [
            (day, feed, 144, 140) for day in days for feed in range(1, FEEDS + 1) if (day, feed) != (days[0], 1)
        ],
    }  # fmt: skip


def load(url: str, count: int, *, words: int = 30) -> None:
    """Fill an empty, migrated database, past its triggers; then mark every day."""
    parts = itertools.chain([panel()], rows(count, words))
    path = path_of(parse_url(url))
    if path is not None:
        _load_sqlite(path, parts)
    else:
        _load_postgresql(url, parts)
    with Store.open(url) as store:
        store.mark_rollups()
        store.optimise()


def _load_sqlite(path: Path, parts: Iterable[dict[str, list[Row]]]) -> None:
    connection = sqlite3.connect(path, isolation_level=None)
    run = connection.execute
    run("PRAGMA synchronous=OFF")
    run("PRAGMA cache_size=-400000")
    made = run("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
    for name, _ in made:
        run(f"DROP TRIGGER {name}")
    for part in parts:
        run("BEGIN")
        for table, listed in part.items():
            names = COLUMNS[table].split()
            marks = ", ".join("?" for _ in names)
            connection.executemany(f"INSERT INTO {table} ({', '.join(names)}) VALUES ({marks})", listed)
        run("COMMIT")
    for _, sql in made:
        run(sql)
    run("ANALYZE")
    connection.close()


def _load_postgresql(url: str, parts: Iterable[dict[str, list[Row]]]) -> None:
    engine = sa.create_engine(parse_url(url), poolclass=sa.pool.NullPool)
    with engine.connect() as connection:
        driver: Any = connection.connection.driver_connection
        with driver.cursor() as cursor:
            cursor.execute("SET session_replication_role = replica")
            cursor.execute("SET synchronous_commit = off")
            for part in parts:
                for table, listed in part.items():
                    names = COLUMNS[table].split()
                    flags = [place for place, name in enumerate(names) if name in FLAGS]
                    with cursor.copy(f"COPY {table} ({', '.join(names)}) FROM STDIN") as copy:
                        for row in listed:
                            changed = list(row)
                            for place in flags:
                                changed[place] = bool(changed[place])
                            copy.write_row(changed)
            driver.commit()
        driver.autocommit = True
        driver.execute("VACUUM ANALYZE")
    engine.dispose()


POOL = 5_000
"""Texts that the documents of `index_by_pool` repeat."""


def index_by_pool(url: str, *, words: int = 30, seed: int = 9) -> int:
    """Search documents for every entry, past tokenising a million texts: each has the tokens of one of `POOL` texts.

    Filters' tokens are the entry's own. How many documents were written.
    """
    source = random.Random(seed)
    texts = Texts(source)
    pool = {
        language: [
            (document(texts.make(language, 9)), document(texts.make(language, words)))
            for _ in range(POOL // len(LANGUAGES))
        ]
        for language in LANGUAGES
    }
    path = path_of(parse_url(url))
    with Store.open(url) as store:
        parts = store.stream(
            "SELECT entry_id, revision_id, language, day, feed FROM report_entries", rows=BATCH
        )
        tags: dict[int, list[str]] = {}
        for part in store.stream("SELECT entry_id, topic FROM report_topics WHERE accepted", rows=BATCH):
            for entry, topic in zip(part["entry_id"], part["topic"], strict=True):
                tags.setdefault(int(entry), []).append(terms.label("t", topic))
        documents = (
            _document(row, pool, tags, source, sqlite=path is not None)
            for part in parts
            for row in zip(*(part[name].tolist() for name in part.columns), strict=True)
        )
        return _write_sqlite(path, documents) if path is not None else _write_postgresql(url, documents)


def _document(row: Row, pool: Any, tags: dict[int, list[str]], source: random.Random, *, sqlite: bool) -> Row:
    entry, revision, language, day, feed = row
    title, body = source.choice(pool[language])
    number = int(str(feed).removeprefix("feed-"))
    meta = [terms.label("l", language), terms.label("f", number), terms.month(day), *tags.get(int(entry), ())]
    if sqlite:
        return entry, revision, VERSION, " ".join(title), " ".join(body), " ".join(meta), None
    return entry, revision, VERSION, "", "", "", terms.tsvector(title, body, meta)


_DOCUMENT = ("entry_id", "revision_id", "version", "title", "body", "meta", "document")


def _write_sqlite(path: Path, documents: Iterator[Row]) -> int:
    connection = sqlite3.connect(path, isolation_level=None, timeout=600)
    run = connection.execute
    run("PRAGMA synchronous=OFF")
    made = run(
        "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'search_%'"
    ).fetchall()
    for name, _ in made:
        run(f"DROP TRIGGER {name}")
    run("DELETE FROM search_documents")
    run("BEGIN")
    count = 0
    while part := list(itertools.islice(documents, BATCH)):
        connection.executemany(
            f"INSERT INTO search_documents ({', '.join(_DOCUMENT)}) VALUES (?, ?, ?, ?, ?, ?, ?)", part
        )
        count += len(part)
    run("COMMIT")
    run("INSERT INTO search_index (search_index) VALUES ('rebuild')")
    for _, sql in made:
        run(sql)
    connection.close()
    return count


def _write_postgresql(url: str, documents: Iterator[Row]) -> int:
    engine = sa.create_engine(parse_url(url), poolclass=sa.pool.NullPool)
    count = 0
    with engine.connect() as connection:
        driver: Any = connection.connection.driver_connection
        driver.execute("TRUNCATE search_documents")
        driver.execute("DROP INDEX IF EXISTS ix_search_documents_document")
        driver.execute("SET session_replication_role = replica")
        with (
            driver.cursor() as cursor,
            cursor.copy(f"COPY search_documents ({', '.join(_DOCUMENT)}) FROM STDIN") as copy,
        ):
            for row in documents:
                copy.write_row(row)
                count += 1
        driver.commit()
        driver.execute("CREATE INDEX ix_search_documents_document ON search_documents USING gin (document)")
        driver.commit()
        driver.autocommit = True
        driver.execute("VACUUM ANALYZE search_documents")
    engine.dispose()
    return count
