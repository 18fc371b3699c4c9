"""`monitor browse` as a process of its own, asked on loopback: read-only, with search, queries and links."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from monitor.store import Store
from tests.store.making import annotate_all, entry, ingest, place_all

Ask = Callable[..., Any]


def free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


@pytest.fixture(scope="module")
def ask(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ask]:
    """Asks the running process; JSON where the path ends so."""
    pytest.importorskip("datasette", reason="the extra `browse` is not installed")
    folder = tmp_path_factory.mktemp("browse")
    database = folder / "news.db"
    database.write_bytes(sqlite_template.read_bytes())
    with Store.open(f"sqlite:///{database}") as store:
        ingest(store, entry("1", "财政部公布制裁名单", title="F-16"), entry("2", "Nothing of note."))
        annotate_all(store, "sanctions")
        place_all(store)
    config = folder / "config.yaml"
    config.write_text(
        yaml.safe_dump({"database": {"url": f"sqlite:///{database}"}, "outlets": []}), encoding="utf-8"
    )
    port = free_port()
    command = [
        sys.executable,
        "-c",
        "from monitor.cli.app import main; main()",
        "-c",
        str(config),
        "browse",
        "--port",
        str(port),
    ]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as process:
        try:
            wait_for(port, process)
            yield lambda path, **values: fetch(port, path, values)
        finally:
            process.terminate()
            process.wait(20)


def wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    for _ in range(600):
        assert process.poll() is None, process.stdout and process.stdout.read().decode()
        with socket.socket() as sock:
            if sock.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise AssertionError("it did not begin to listen within a minute")


def fetch(port: int, path: str, values: dict[str, str]) -> Any:
    query = f"?{urllib.parse.urlencode(values)}" if values else ""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}{query}", timeout=30) as answer:
            body = answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code
    return json.loads(body) if path.endswith(".json") else body


def test_search_finds_chinese_words_and_links_to_the_originals(ask: Ask) -> None:
    found = ask("/news/search.json", words="制裁", _shape="array")
    assert [row["title"] for row in found] == ["F-16"]
    assert ask("/news/search.json", words='"制裁名单" AND F16', _shape="array") == found
    assert '<a href="https://gazette.example/1"' in ask("/news/search", words="制裁")


def test_the_documented_queries_are_there_and_run(ask: Ask) -> None:
    home = ask("/news")
    assert "Which outlets broke most stories of a topic?" in home and "report_entries" in home
    rows = ask("/news/topics-of-a-window.json", since="2026-01-01", _shape="array")
    assert {row["topic"]: row["stories"] for row in rows} == {"": 2, "*": 2, "sanctions": 2}


def test_views_have_facets(ask: Ask) -> None:
    page = ask("/news/report_entries.json", _facet="language")
    assert page["facet_results"]["language"]["results"][0]["value"] == "en"


def test_nothing_can_be_written_or_taken_away(ask: Ask) -> None:
    assert ask("/news.json", sql="DELETE FROM entries") == 400
    assert ask("/news.json", sql="SELECT COUNT(*) AS n FROM entries", _shape="array") == [{"n": 2}]
    assert ask("/news.db") == 403
