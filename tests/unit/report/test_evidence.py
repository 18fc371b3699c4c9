"""The bundle of evidence: marks at the right place, names of files that no feed chose, hashes that hold."""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
import io
import json
import zipfile
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from warcio.archiveiterator import ArchiveIterator

from monitor.report.evidence import bundle_files, bundle_zip, citation, marked, page
from monitor.report.warc import warc_bytes
from monitor.types.evidence import Bundle
from monitor.types.raw import pack

NOW = dt.datetime(2026, 3, 2, 8, 0, 5, tzinfo=dt.UTC)
CLAIM: dict[str, Any] = {
    "uid": "c" * 32, "supplier": ["KP"], "recipient": ["SD"], "via": [], "items": ["drones"], "quantity_min": 7,
    "quantity_max": None, "unit": "", "period": "", "status": "alleged", "speaker": "", "evidence": "sent drones",
    "field": "body", "start_char": 4, "end_char": 15, "rule": "test", "confidence": 0.9, "root_outlet": "Courier",
    "decision": None,
}  # fmt: skip
TEXT: dict[str, Any] = {
    "revision_id": 1, "number": 1, "is_current": True, "title": "<b>Drones</b> & more", "body": "They sent drones abroad.",
    "source": "feed", "observed_at": NOW, "sha256": "a" * 64, "purged_at": None,
}  # fmt: skip
ENTRY: dict[str, Any] = {
    "uid": "e" * 32, "entry_id": 1, "outlet": "<script>Courier</script>", "country": "GB", "ownership": "private",
    "url": "https://courier.example/1", "published_at": NOW, "published_raw": "today", "observed_at": NOW,
    "feed_url": "https://courier.example/feed", "language": "en", "kind": "rss", "cluster_id": None,
}  # fmt: skip
CITED: dict[str, Any] = {
    "outlet": "Courier", "cited_outlet": "Wire", "decision": None, "chain_state": "not_polled",
    "chain": [{"outlet": "Wire", "uid": None}],
}  # fmt: skip


def bundle(**values: Any) -> Bundle:
    made: dict[str, Any] = {
        "uid": CLAIM["uid"], "kind": "claim", "made_at": NOW, "entry": ENTRY, "text": TEXT, "claims": [CLAIM],
        "citations": [CITED], "revisions": [TEXT], "files": {"01-x.warc.gz": b"warc"}, "software": "monitor test",
    }  # fmt: skip
    return Bundle(**(made | values))


@given(st.text(max_size=40), st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50)), max_size=4))
def test_marks_keep_every_character_and_mark_what_is_inside(text: str, pairs: list[tuple[int, int]]) -> None:
    spans = [(min(pair), max(pair)) for pair in pairs]
    pieces = marked(text, spans)
    assert "".join(part for part, _ in pieces) == text
    flat = [on for part, on in pieces for _ in part]
    assert flat == [any(start <= place < end for start, end in spans) for place in range(len(text))]


def test_the_page_marks_the_words_names_states_and_runs_nothing_that_a_feed_wrote() -> None:
    html = page(bundle())
    assert "They<mark> sent drones" not in html
    assert "<mark> sent drone</mark>" in html or "<mark>sent drones</mark>" in html.replace("They ", "")
    assert "North Korea (KP) → Sudan (SD), drones: alleged" in html
    assert "<script>" not in html
    assert "&lt;b&gt;Drones&lt;/b&gt; &amp; more" in html
    assert "that medium is not followed" in html


def test_every_file_is_listed_with_its_hash_and_the_same_bundle_is_the_same_file() -> None:
    first = bundle_zip(bundle())
    assert first == bundle_zip(bundle())
    with zipfile.ZipFile(io.BytesIO(first)) as folder:
        files = {name.split("/", 1)[1]: folder.read(name) for name in folder.namelist()}
    sums = dict(line.split("  ")[::-1] for line in files.pop("SHA256SUMS").decode().splitlines())
    assert sums == {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
    manifest = json.loads(files["manifest.json"])
    assert set(manifest["sha256"]) == set(files) - {"manifest.json"}
    assert files["captures/01-x.warc.gz"] == b"warc"
    record = json.loads(files["record.json"])
    assert (record["claims"][0]["uid"], record["entry"]["published_at"]) == (
        CLAIM["uid"],
        "2026-03-02T08:00:05Z",
    )


@pytest.mark.parametrize("uid", ["../../etc/passwd", "a/b", "C:\\x", "x" * 500])
def test_names_of_files_are_ours(uid: str) -> None:
    with zipfile.ZipFile(io.BytesIO(bundle_zip(bundle(uid=uid)))) as folder:
        names = folder.namelist()
    assert all(name.startswith("evidence-claim-") and ".." not in name and len(name) < 80 for name in names)


def test_an_entry_without_claims_chains_or_title_has_its_page_too() -> None:
    text = TEXT | {"title": "", "purged_at": NOW, "body": ""}
    files = bundle_files(bundle(kind="entry", claims=[], citations=[], text=text, revisions=[text]))
    html = files["index.html"].decode()
    assert "cites no other medium" not in html
    assert "attributes its information to no other medium" in html
    assert "taken away by retention" in html


def test_the_citation_says_who_what_when_where_and_which_capture() -> None:
    said = citation(dataclasses.replace(bundle(), captures=[{"sha256": "f" * 64}]))
    for part in (
        "2 March 2026",
        "https://courier.example/1",
        "seen 2026-03-02 08:00:05 UTC",
        "f" * 64,
        CLAIM["uid"],
    ):
        assert part in said


def test_a_capture_is_a_warc_that_others_read() -> None:
    body = "<p>Café ünd</p>".encode() * 50
    headers = {
        "content-type": "text/html",
        "content-encoding": "gzip",
        "content-length": "9",
        "x-odd": "ä\r\nb: c",
    }
    raw = pack(body, url="https://courier.example/1", observed_at=NOW, status=200, headers=headers)
    assert warc_bytes(raw, software="monitor test") == warc_bytes(raw, software="monitor test")
    records = []
    for record in ArchiveIterator(io.BytesIO(warc_bytes(raw, software="monitor test"))):
        records.append((record.rec_type, record.content_stream().read(), record))
    assert [kind for kind, _, _ in records] == ["warcinfo", "response"]
    _, content, response = records[1]
    assert content == body
    assert response.http_headers.get_header("content-encoding") is None
    assert response.http_headers.get_header("x-archive-orig-content-encoding") == "gzip"
    assert response.http_headers.get_header("b") is None
    assert response.rec_headers.get_header("WARC-Target-URI") == "https://courier.example/1"
    assert response.rec_headers.get_header("WARC-Date") == "2026-03-02T08:00:05Z"
    assert (
        response.rec_headers.get_header("WARC-Payload-Digest") == f"sha256:{hashlib.sha256(body).hexdigest()}"
    )
