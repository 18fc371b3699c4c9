"""Precision and recall of stories against the simulated newsroom, by level of copy, and grouping speed.

    python benches/stories_newsroom.py [--seed 11] [--feeds 300] [--ticks 6] [--newsroom PATH] [--misses N]

Thresholds were tuned on seeds 7 and 12; report others. Feeds are read with feedparser, so that only grouping
is measured. Targets: pair recall 0.97 over verbatim, boiler and light copies, precision 0.99, no look-alike
pair, 1,000 entries a second. Prints one JSON object; `compare` is what the newsroom itself says.
"""

from __future__ import annotations

import argparse
import asyncio
import datetime as dt
import io
import json
import random
import re
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from calendar import timegm
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from html import unescape
from itertools import combinations
from pathlib import Path
from typing import Any

import aiohttp
import feedparser

from monitor.group.files import group_items
from monitor.group.fingerprint import fingerprints
from monitor.types.grouping import StoryItem

NEWSROOM = Path(__file__).resolve().parents[2] / "shared" / "newsroom" / "newsroom.py"
COUNTED = ("verbatim", "boiler", "light")
LEVELS = ("original", "verbatim", "boiler", "light", "excerpt", "heavy")


def free_port() -> int:
    """A port that is free with its successor, which the newsroom's canary takes."""
    for _ in range(50):
        with socket.socket() as one, socket.socket() as two:
            one.bind(("127.0.0.1", 0))
            port: int = one.getsockname()[1]
            try:
                two.bind(("127.0.0.1", port + 1))
            except OSError:
                continue
            return port
    raise SystemExit("no two free ports in a row on loopback")


@contextmanager
def newsroom(script: Path, port: int, feeds: int, seed: int) -> Iterator[str]:
    """Run the newsroom on loopback, and stop it."""
    words = [
        sys.executable,
        "-B",
        str(script),
        "--port",
        str(port),
        "--feeds",
        str(feeds),
        "--seed",
        str(seed),
    ]
    server = subprocess.Popen([*words, "--quiet"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    base = f"http://127.0.0.1:{port}"
    try:
        for _ in range(200):
            try:
                ask(base + "/opml?limit=1")
                break
            except OSError:
                time.sleep(0.1)
        yield base
    finally:
        server.terminate()
        server.wait()


def ask(url: str) -> bytes:
    with urllib.request.urlopen(url, timeout=60) as answer:
        body: bytes = answer.read()
        return body


async def bodies(urls: list[str]) -> list[bytes]:
    gate = asyncio.Semaphore(20)

    async def one(session: aiohttp.ClientSession, url: str) -> bytes:
        async with gate, session.get(url) as answer:
            return await answer.read()

    async with aiohttp.ClientSession() as session:
        return await asyncio.gather(*(one(session, url) for url in urls))


def plain(html: str) -> str:
    text = re.sub(r"(?i)</(p|div|li)>|<br ?/?>", "\n", html)
    return unescape(re.sub(r"<[^>]+>", "", text)).strip()


def read(
    body: bytes, feed_url: str, outlet: str, lang: str, into: dict[tuple[str, str], dict[str, Any]]
) -> None:
    """Keep the newest text of each entry of a feed."""
    parsed = feedparser.parse(io.BytesIO(body), sanitize_html=False, resolve_relative_uris=False)
    for entry in parsed.entries:
        when = entry.get("published_parsed") or entry.get("updated_parsed")
        content = entry.get("content", [{}])[0].get("value") or entry.get("summary", "")
        into[feed_url, entry.get("id") or entry.get("link")] = {
            "feed_url": feed_url,
            "guid": entry.get("id"),
            "url": entry.get("link"),
            "title": plain(entry.get("title", "")),
            "body": plain(content),
            "at": dt.datetime.fromtimestamp(timegm(when), dt.UTC),
            "outlet": outlet,
            "lang": lang,
        }


def canonical(url: str) -> str:
    """As the pipeline would: the newsroom's tracking parameters and fragments off."""
    url = re.sub(r"([?&])(utm_\w+|fbclid|ref)=[^&#]*", r"\1", url.partition("#")[0])
    return re.sub(r"[?&]+$", "", re.sub(r"&+", "&", url))


def gather(base: str, ticks: int) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    rows: dict[tuple[str, str], dict[str, Any]] = {}
    feeds = json.loads(ask(base + "/_truth.json"))["feeds"].values()
    for tick in range(ticks + 1):
        if tick:
            ask(base + "/_control/tick?n=1&minutes=60")
        for feed, body in zip(feeds, asyncio.run(bodies([f["url"] for f in feeds])), strict=True):
            read(body, feed["url"], feed["outlet"], feed["lang"], rows)
    return list(rows.values()), json.loads(ask(base + "/_truth.json?titles=1&text=1"))


def to_items(rows: list[dict[str, Any]]) -> list[StoryItem]:
    numbers = {url: n for n, url in enumerate(sorted({row["feed_url"] for row in rows}), 1)}
    return [
        StoryItem(
            entry_id=n, uid=f"{row['feed_url']} {row['guid']}", kind="rss", language=row["lang"],
            title=row["title"], body=row["body"], effective_at=row["at"], outlet=row["outlet"],
            feed_id=numbers[row["feed_url"]], url=canonical(row["url"]) if row["url"] else None,
        )
        for n, row in enumerate(rows, 1)
    ]  # fmt: skip


def interval(rows: list[dict[str, Any]], stories: list[str], truth: dict[str, Any]) -> dict[str, Any]:
    """Recall of the counted levels and precision, with a bootstrap over true stories (n = 200, seeded)."""
    by_guid = {item["guid"]: (key, item) for key, item in truth["items"].items()}
    members: dict[str, dict[str, tuple[str, str]]] = defaultdict(dict)
    grouped: dict[str, set[str]] = defaultdict(set)
    told: dict[str, str] = {}
    for row, story in zip(rows, stories, strict=True):
        key, item = by_guid.get(row["guid"], (None, None))
        if key and item:
            members[item["story"]][key] = (story, item["level"])
            grouped[story].add(key)
            told[key] = item["story"]
    found = []
    for entries in members.values():
        pairs = [
            (one[0] == two[0])
            for one, two in combinations(entries.values(), 2)
            if max(LEVELS.index(one[1]), LEVELS.index(two[1])) <= LEVELS.index(COUNTED[-1])
        ]
        if pairs:
            found.append((sum(pairs), len(pairs)))
    right = [(told[a] == told[b]) for keys in grouped.values() for a, b in combinations(sorted(keys), 2)]
    draw = random.Random(0)
    means = sorted(
        sum(hit for hit, _ in sample) / sum(n for _, n in sample)
        for sample in (draw.choices(found, k=len(found)) for _ in range(200))
    )
    return {
        "recall_verbatim_boiler_light": round(sum(a for a, _ in found) / sum(b for _, b in found), 4),
        "interval_95": [round(means[4], 4), round(means[-5], 4)],
        "pairs": sum(b for _, b in found),
        "precision": round(sum(right) / max(1, len(right)), 4),
        "predicted_pairs": len(right),
    }


def examples(rows: list[dict[str, Any]], stories: list[str], truth: dict[str, Any], count: int) -> None:
    by_guid = {item["guid"]: item for item in truth["items"].values()}
    known = [(row, story, by_guid[row["guid"]]) for row, story in zip(rows, stories, strict=True)]
    by_truth: dict[str, list[Any]] = defaultdict(list)
    by_story: dict[str, list[Any]] = defaultdict(list)
    for one in known:
        by_truth[one[2]["story"]].append(one)
        by_story[one[1]].append(one)
    missed = [
        (a, b)
        for group in by_truth.values()
        for a, b in combinations(group, 2)
        if a[1] != b[1] and not {a[2]["level"], b[2]["level"]} & {"heavy", "excerpt"}
    ]
    wrong = [
        (a, b) for g in by_story.values() for a, b in combinations(g, 2) if a[2]["story"] != b[2]["story"]
    ]
    for name, pairs in (("MISSED", missed), ("WRONG", wrong)):
        print(f"{name}: {len(pairs)}")
        for a, b in random.Random(1).sample(pairs, min(count, len(pairs))):
            for row, _, item in (a, b):
                print(
                    f"  {item['lang']} {item['level']} v{item['version']}",
                    repr(row["title"]),
                    repr(row["body"][:300]),
                )
            print()


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seed", type=int, default=11)
    parser.add_argument("--feeds", type=int, default=300)
    parser.add_argument("--ticks", type=int, default=6)
    parser.add_argument("--newsroom", type=Path, default=NEWSROOM)
    parser.add_argument("--misses", type=int, default=0, help="print this many missed and wrong pairs")
    options = parser.parse_args()
    if not options.newsroom.exists():
        raise SystemExit(f"{options.newsroom} is absent: give its place with --newsroom")
    port = free_port()
    with newsroom(options.newsroom, port, options.feeds, options.seed) as base:
        rows, truth = gather(base, options.ticks)
    items = to_items(rows)
    began = time.perf_counter()
    fingerprints(items)
    signed = time.perf_counter() - began
    began = time.perf_counter()
    placed = group_items(items)
    took = time.perf_counter() - began
    stories = [placed[item.uid][0] for item in items]
    with tempfile.TemporaryDirectory() as folder:
        truth_file, found_file = Path(folder, "truth.json"), Path(folder, "items.jsonl")
        truth_file.write_text(json.dumps(truth), encoding="utf-8")
        with found_file.open("w", encoding="utf-8") as out:
            for row, story in zip(rows, stories, strict=True):
                out.write(
                    json.dumps({k: row[k] for k in ("feed_url", "guid", "url", "title")} | {"cluster": story})
                    + "\n"
                )
        words = [sys.executable, "-B", str(options.newsroom), "--compare", str(truth_file), str(found_file)]
        answer = json.loads(subprocess.run(words, check=True, capture_output=True, text=True).stdout)
    report = {
        "seed": options.seed, "feeds": options.feeds, "ticks": options.ticks, "entries": len(items),
        "entries_per_second": round(len(items) / took), "fingerprints_per_second": round(len(items) / signed),
    }  # fmt: skip
    print(json.dumps(report | interval(rows, stories, truth) | {"compare": answer["clusters"]}, indent=1))
    if options.misses:
        examples(rows, stories, truth, options.misses)


if __name__ == "__main__":
    main()
