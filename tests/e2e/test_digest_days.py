"""Digests over days, from archive to outbox: a late scheduler, missed days, one told once."""

from __future__ import annotations

import dataclasses
import datetime as dt
import email
import email.policy
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
import yaml

from monitor.pipeline.publish import write_digests
from monitor.pipeline.workspace import Workspace, open_workspace
from tests.mail_server import Server
from tests.store.making import annotate_all, entry, ingest, place_all, source
from tests.store.test_clusters import placed, save

START = dt.datetime(2026, 10, 24, 12, tzinfo=dt.UTC)
"""The day before Berlin's clocks go back."""


@pytest.fixture
def desk(
    sqlite_url: str, smtp_server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Workspace]:
    monkeypatch.setenv("MONITOR_DATABASE_URL", sqlite_url)
    settings = {
        "digests": [
            {
                "name": "daily",
                "to": ["desk@example.org"],
                "timezone": "Europe/Berlin",
                "languages": ["uk", "en"],
            }
        ],
        "mail": {"host": smtp_server.host, "port": smtp_server.port},
    }
    path = tmp_path / "config.yaml"
    path.write_text(yaml.safe_dump(settings), encoding="utf-8")
    with open_workspace(path) as workspace:
        yield workspace


def report(desk: Workspace, key: str, hours: int, *, language: str = "en", title: str = "") -> None:
    """A feed brings a report so many hours after the start."""
    at = START + dt.timedelta(hours=hours)
    values = {"title": title} if title else {}
    ingest(desk.store, entry(key, published_at=at, **values), feed=source(key), now=at)
    annotate_all(desk.store, "sanctions", language=language, now=at)
    place_all(desk.store, now=at)


def send(desk: Workspace, hours: int) -> int:
    """A scheduler comes by so many hours after the start; how many stories the mail has, -1 for no mail."""
    then = dataclasses.replace(desk, clock=lambda: START + dt.timedelta(hours=hours))
    (result,) = write_digests(then, send=True)
    return result.stories if result.sent else -1


def last_text(server: Server) -> str:
    part = email.message_from_bytes(server.box.mails[-1], policy=email.policy.default).get_body(("plain",))
    assert part is not None
    return " ".join(str(part.get_content()).split())


def test_a_late_scheduler_sends_the_days_digest_once(desk: Workspace, smtp_server: Server) -> None:
    report(desk, "before", 10)
    report(desk, "after", 25)
    assert send(desk, 30) == 1, "eleven hours late, with the end that was scheduled"
    assert send(desk, 31) == -1
    assert send(desk, 43) == 1
    assert "Report after" in last_text(smtp_server)


def test_missed_days_become_one_digest_that_says_so(desk: Workspace, smtp_server: Server) -> None:
    assert send(desk, 0) == 0
    for day in range(3):
        report(desk, f"day-{day}", 24 * day + 1)
    assert send(desk, 72) == 3
    assert len(smtp_server.box.mails) == 2
    assert "3 days" in last_text(smtp_server) or "3 digests" in last_text(smtp_server)
    assert send(desk, 73) == -1


def test_a_story_of_no_certain_language_is_told_by_its_script(desk: Workspace, smtp_server: Server) -> None:
    report(desk, "cyrillic", 1, language="und", title="Рада ухвалила")
    report(desk, "french", 2, language="fr", title="Le conseil décide")
    assert send(desk, 24) == 1
    assert "Рада ухвалила" in last_text(smtp_server)


def test_what_was_told_ungrouped_is_not_told_again_as_a_story(desk: Workspace, smtp_server: Server) -> None:
    at = START + dt.timedelta(hours=1)
    ingest(desk.store, entry("a", published_at=at), now=at)
    annotate_all(desk.store, "sanctions", now=at)
    assert send(desk, 24) == 1
    place_all(desk.store, now=START + dt.timedelta(hours=25))
    assert send(desk, 48) == 0


def test_a_headline_in_the_readers_language_is_found_outside_the_period_and_the_topics(
    desk: Workspace, smtp_server: Server
) -> None:
    early = START - dt.timedelta(days=3)
    ingest(
        desk.store, entry("wire", title="Council decides", published_at=early), feed=source("wire"), now=early
    )
    annotate_all(desk.store, language="en", now=early)
    place_all(desk.store, now=early)
    report(desk, "rada", 1, language="uk", title="Рада ухвалила")
    first, second = desk.store.pending_clusters(limit=9)
    save(desk.store, [first, second], placed(first), placed(second, first))
    assert send(desk, 24) == 1
    text = last_text(smtp_server)
    assert "Council decides" in text
    assert "Рада ухвалила" not in text
    assert "Also reported by: - Rada (Ukrainian)" in text
    change(desk, 25, "UPDATE revisions SET is_current = :no, is_latest = :no WHERE title = 'Council decides'")
    change(
        desk,
        25,
        "INSERT INTO revisions (entry_id, number, is_current, is_latest, source, title, body, observed_at, sha256)"
        " SELECT entry_id, 2, :yes, :yes, source, 'Council postpones', body, :at, 'x' FROM revisions"
        " WHERE title = 'Council decides'",
    )
    assert send(desk, 48) == 1, "what became of the version that was shown is told"
    assert "Headline before: “Council decides”" in last_text(smtp_server)
    change(desk, 49, "UPDATE entries SET gone_at = :at WHERE url LIKE '%/wire'")
    assert send(desk, 72) == 1
    text = last_text(smtp_server)
    assert "Рада ухвалила" in text
    assert "Removed by Wire" in text
    assert send(desk, 96) == 0


def change(desk: Workspace, hours: int, statement: str) -> None:
    """What a feed does to the archive so many hours after the start."""
    at = (START + dt.timedelta(hours=hours)).strftime("%Y-%m-%dT%H:%M:%S.000000Z")
    values = {"at": at, "yes": True, "no": False}
    used = {name: value for name, value in values.items() if f":{name}" in statement}
    desk.store._database.write(lambda c: c.execute(sa.text(statement), used))
