"""Captures and pins: what claims rest on is kept as it was seen, once, in a manifest that shows what was changed."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from monitor.config import Config
from monitor.errors import UsageError
from monitor.pipeline.capture import (
    MANIFEST,
    capture_pending,
    check_captures,
    evidence_folder,
    pin_entry,
    release_entry,
    write_manifest,
)
from monitor.pipeline.evidence import gather
from monitor.pipeline.workspace import Workspace
from monitor.store import Store
from monitor.types.evidence import ManifestLine
from monitor.types.raw import pack
from tests.store.making import DAY, NOW, annotation, entry, leased, place_all, plan
from tests.store.test_ledger import claims

BODY = b"<rss><item><guid>a</guid></item><item><guid>b</guid></item></rss>"


def workspace(store: Store, tmp_path: Path, **values: Any) -> Workspace:
    return Workspace(Config(base=tmp_path, **values), store, lambda: NOW, "test")


def polled(store: Store, *names: str, claimed: tuple[str, ...] = ()) -> dict[str, str]:
    """Entries of one poll whose answer is kept; those named have a claim. Uid by name."""
    [lease] = leased(store)
    raw = pack(BODY, url="https://gazette.example/feed", observed_at=NOW, status=200, headers={"etag": "x"})
    [answer] = store.apply([plan(lease, *(entry(name) for name in names), bodies=(raw,))], now=NOW)
    assert not answer.error
    texts = {text.url.rsplit("/", 1)[1]: text for text in store.pending_texts(limit=9) if text.url}
    store.save_annotations(
        [
            annotation(text, claims=claims("alleged") if name in claimed else ())
            for name, text in texts.items()
        ],
        now=NOW,
    )
    place_all(store)
    return {name: text.uid for name, text in texts.items()}


def files(here: Workspace) -> list[Path]:
    return sorted(evidence_folder(here).rglob("*.warc.gz"))


def lines(here: Workspace) -> list[dict[str, Any]]:
    path = evidence_folder(here) / MANIFEST
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_what_claims_rest_on_is_captured_once(store: Store, tmp_path: Path) -> None:
    here = workspace(store, tmp_path)
    uids = polled(store, "a", "b", "c", claimed=("a", "b"))
    assert (capture_pending(here), capture_pending(here)) == (2, 0)
    # two claims of one answer share its file
    assert len(files(here)) == 1
    assert [line["entry"] for line in lines(here)] == [uids["a"], uids["b"]]
    assert check_captures(here).problems == ()
    held = store.held_entries(list(store.frame("report_entries")["entry_id"]))
    assert len(held) == 2


def test_a_run_that_was_killed_between_file_and_database_is_done_again(store: Store, tmp_path: Path) -> None:
    here = workspace(store, tmp_path)
    polled(store, "a", claimed=("a",))
    capture_pending(here)
    whole = (evidence_folder(here) / MANIFEST).read_bytes()
    (evidence_folder(here) / MANIFEST).write_bytes(whole[:40])
    write_manifest(here)
    assert (evidence_folder(here) / MANIFEST).read_bytes() == whole


@pytest.mark.parametrize(("mode", "captured"), [("claims", 2), ("pinned", 1), ("off", 0)])
def test_the_configuration_says_what_is_captured(
    store: Store, tmp_path: Path, mode: str, captured: int
) -> None:
    here = workspace(store, tmp_path, capture=mode)
    uids = polled(store, "a", "b", claimed=("a",))
    pin_entry(here, uids["b"], who="desk", reason="look")
    capture_pending(here)
    assert len(store.manifest()) == captured


def test_a_pin_holds_an_entry_until_it_is_released(store: Store, tmp_path: Path) -> None:
    here = workspace(store, tmp_path)
    uids = polled(store, "a", "b")
    assert pin_entry(here, uids["a"], who="desk", reason="look") == "pinned, its answer is captured"
    assert (
        pin_entry(here, uids["a"], who="desk", reason="again") == "was pinned already, its answer is captured"
    )
    ids = {row.uid: row.entry_id for row in store.frame("report_entries").itertuples()}
    assert store.held_entries(list(ids.values())) == {ids[uids["a"]]}
    assert (release_entry(here, uids["a"]), release_entry(here, uids["a"])) == (True, False)
    store.prune("raw_bodies", before=NOW + DAY)
    assert pin_entry(here, uids["b"], who="desk", reason="") == (
        "pinned; the answer it was read from is no longer kept, its text stays"
    )
    with pytest.raises(UsageError, match="no entry"):
        pin_entry(here, "0" * 32, who="desk", reason="")


def test_what_was_changed_or_taken_out_shows(store: Store, tmp_path: Path) -> None:
    here = workspace(store, tmp_path)
    polled(store, "a", "b", claimed=("a", "b"))
    capture_pending(here)
    [file] = files(here)
    content = file.read_bytes()
    file.write_bytes(content[:-1] + b"!")
    assert len(check_captures(here).problems) == 2
    file.unlink()
    assert all("is gone" in problem for problem in check_captures(here).problems)
    first, second = (ManifestLine(**line) for line in lines(here))
    assert second.previous == first.sha256 == first.expected()
    assert replace(first, url="https://else.example").expected() != first.sha256


def test_the_manifest_is_append_only(store: Store, tmp_path: Path) -> None:
    here = workspace(store, tmp_path)
    polled(store, "a", claimed=("a",))
    capture_pending(here)
    for statement in ("UPDATE capture_manifest SET sha256 = 'x'", "DELETE FROM capture_manifest"):
        with pytest.raises(sa.exc.DBAPIError, match="append-only"):
            store._database.write(lambda c, said=statement: c.exec_driver_sql(said))


def test_a_bundle_has_capture_claim_text_and_decisions(store: Store, tmp_path: Path) -> None:
    here = workspace(store, tmp_path)
    uids = polled(store, "a", "b", claimed=("a",))
    capture_pending(here)
    [uid] = store.frame("report_claims")["uid"]
    claim, whole = gather(here, uid), gather(here, uids["a"])
    assert (claim.kind, whole.kind) == ("claim", "entry")
    assert claim.text["body"][0:8] == claim.claims[0]["evidence"] == "A convoy"
    assert len(claim.files) == len(claim.captures) == 1
    texts = store.pending_texts(limit=9, versions=("t1", "c2"))
    store.save_annotations([annotation(text, code_version="c2") for text in texts], now=NOW + DAY)
    [note] = gather(here, uid).notes
    assert "no longer" in note
    assert len(gather(here, uid).annotations) == 2
    files(here)[0].unlink()
    assert any("its file is gone" in note for note in gather(here, uid).notes)
    with pytest.raises(UsageError, match="nothing has the uid"):
        gather(here, "nothing")
