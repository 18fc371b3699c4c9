"""From ledger to mail over a week: an allegation, its denial, silence, an edited text, a removed post."""

from __future__ import annotations

import dataclasses
import datetime as dt
import email
import email.policy
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from monitor.pipeline.clustering import fold_stale
from monitor.pipeline.publish import write_digests
from monitor.pipeline.workspace import Workspace, open_workspace
from monitor.types.annotations import Claim
from monitor.types.entries import Entry
from monitor.types.plans import Disposition
from monitor.types.source import FeedKind, FeedSource
from tests.mail_server import Server
from tests.store.making import annotation, change, entry, ingest, leased, outlet, place_all, plan, source

START = dt.datetime(2026, 3, 2, 8, 0, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
FIRST = "Officials say that 40 shells reached Sudan by sea. A second ship is on its way."
EDITED = "Officials say that 60 shells reached Sudan by sea. A second ship is on its way."


@pytest.fixture(params=["en", "de"])
def desk(
    request: pytest.FixtureRequest,
    sqlite_url: str,
    smtp_server: Server,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Workspace]:
    monkeypatch.setenv("MONITOR_DATABASE_URL", sqlite_url)
    digest = {"name": "daily", "to": ["desk@example.org"], "reader_language": request.param}
    settings = {"digests": [digest], "mail": {"host": smtp_server.host, "port": smtp_server.port}}
    path = tmp_path / "config.yaml"
    path.write_text(yaml.safe_dump(settings), encoding="utf-8")
    with open_workspace(path) as workspace:
        yield workspace


def claim(status: Any, speaker: str) -> Claim:
    return Claim(
        supplier=("KP",), recipient=("SD",), items=("artillery-ammunition",), status=status, evidence="shells",
        field="body", start_char=0, end_char=8, rule="test", confidence=0.9, speaker=speaker,
    )  # fmt: skip


def tell(desk: Workspace, name: str, at: dt.datetime, item: Entry, *claims: Claim, feed: FeedSource) -> None:
    """An outlet's entry, annotated, in the one cluster of them all; the ledger settled."""
    store = desk.store
    ingest(store, item, now=at, feed=feed)
    texts = store.pending_texts(limit=9)
    store.save_annotations([annotation(text, "arms-transfers", claims=claims) for text in texts], now=at)
    place_all(store, now=at)
    clusters = sorted(set(store.frame("report_clusters")["cluster_id"].tolist()))
    if len(clusters) > 1:
        store.merge_clusters(clusters, who="test", reason="one happening", now=at)
    fold_stale(dataclasses.replace(desk, clock=lambda: at))


def mail_of(desk: Workspace, server: Server, day: int) -> tuple[int, str]:
    """What goes out at the end of a day: how many stories, and the mail's text."""
    at = START + day * DAY + dt.timedelta(hours=23)
    (result,) = write_digests(dataclasses.replace(desk, clock=lambda: at), send=True)
    assert result.sent == 1
    part = email.message_from_bytes(server.box.mails[-1], policy=email.policy.default).get_body(("plain",))
    assert part is not None
    return result.stories, " ".join(str(part.get_content()).split())


SAID = {
    "en": {
        "alleged": "North Korea → Sudan, artillery ammunition: alleged by the United States’ government",
        "denied": "North Korea → Sudan, artillery ammunition: denied by Sudan’s foreign ministry (before: alleged)",
        "by": "Denied by Sudan’s foreign ministry",
        "now": "Now in the text: “Officials say that 60 shells reached Sudan by sea.”",
        "then": "No longer in the text: “Officials say that 40 shells reached Sudan by sea.”",
        "gone": "Removed by Quay",
    },
    "de": {
        "alleged": "Nordkorea → Sudan, Artilleriemunition: laut Regierung (Vereinigte Staaten)",
        "denied": "Nordkorea → Sudan, Artilleriemunition: dementiert – Außenministerium (Sudan) (zuvor: behauptet)",
        "by": "Dementiert von Außenministerium (Sudan)",
        "now": "Jetzt im Text: „Officials say that 60 shells reached Sudan by sea.“",
        "then": "Nicht mehr im Text: „Officials say that 40 shells reached Sudan by sea.“",
        "gone": "Entfernt von Quay",
    },
}


def test_a_claim_returns_when_it_is_denied_edited_or_removed_and_else_not(
    desk: Workspace, smtp_server: Server
) -> None:
    said = SAID[desk.config.digests[0].reader_language]
    paper = source("courier", outlet=outlet("Courier", language="en"))
    post = source("quay", kind=FeedKind.TELEGRAM, address="quay_watch", outlet=outlet("Quay"))

    tell(
        desk,
        "Courier",
        START,
        entry("1", FIRST, published_at=START),
        claim("alleged", "American government"),
        feed=paper,
    )
    stories, text = mail_of(desk, smtp_server, 0)
    assert stories == 1
    assert text.index(said["alleged"]) < text.index("Report 1")

    at = START + DAY
    denial = entry(
        "7", "No shells came, the ministry says.", kind=FeedKind.TELEGRAM, title="", published_at=at,
        url="https://t.me/quay_watch/7",
    )  # fmt: skip
    tell(desk, "Quay", at, denial, claim("denied", "Sudanese foreign ministry"), feed=post)
    stories, text = mail_of(desk, smtp_server, 1)
    assert stories == 1
    assert text.index(said["denied"]) < text.index("Report 1") < text.rindex(said["by"])

    assert quiet(mail_of(desk, smtp_server, 2))

    at = START + 3 * DAY
    [lease] = leased(desk.store, paper, now=at)
    desk.store.apply([plan(lease, change(entry("1", EDITED), Disposition.REVISED), at=at)], now=at)
    stories, text = mail_of(desk, smtp_server, 3)
    assert stories == 1
    assert said["now"] in text
    assert said["then"] in text
    assert "→" not in text, "the ledger says nothing new"

    assert quiet(mail_of(desk, smtp_server, 4))

    desk.store.mark_gone("quay_watch", [7], now=START + 5 * DAY, purge=False)
    stories, text = mail_of(desk, smtp_server, 5)
    assert stories == 1
    assert said["gone"] in text

    assert quiet(mail_of(desk, smtp_server, 6))


def quiet(mail: tuple[int, str]) -> bool:
    return mail[0] == 0 and "Report 1" not in mail[1] and "→" not in mail[1]
