"""What a digest is told of the ledger."""

from __future__ import annotations

import datetime as dt

from monitor.config import Config
from monitor.pipeline.claim_news import claim_news, english_states
from monitor.pipeline.happenings import alert_sentence, happenings
from monitor.pipeline.workspace import Workspace
from monitor.render.claim_sentences import claim_sentence
from monitor.render.labels import Labels
from monitor.store import Store
from monitor.types.alerts import AlertRule
from monitor.types.ledger import ClaimNews
from tests.store.making import DAY, HOUR, NOW
from tests.store.test_ledger import claims, settle, story, tell


def told(store: Store, *, since: dt.datetime = NOW, until: dt.datetime = NOW + HOUR) -> tuple[ClaimNews, ...]:
    return claim_news(Workspace(Config(), store, lambda: NOW, "test"), since=since, until=until, late=DAY)


def test_a_line_is_told_once_by_its_weightiest_change(store: Store) -> None:
    home, *others = story(store)
    settle(store, home, *others)
    assert [(news.kind, news.status) for news in told(store)] == [("new", "alleged")]
    denial = tell(store, "Beacon", 9, claims=claims("denied", speaker="Sudanese foreign ministry"))
    settle(store, home, denial)
    [news] = told(store)
    assert (news.kind, news.old_status, news.outlet, news.sources) == ("denial", "alleged", "Beacon", 1)
    assert claim_sentence(news, Labels(), english_states()) == (
        "North Korea → Sudan, artillery ammunition (40): denied by Sudan’s foreign ministry (before: alleged)"
    )


def test_a_denial_is_the_office_s_where_one_report_names_it(store: Store) -> None:
    home, *others = story(store)
    vague = tell(store, "Beacon", 8, claims=claims("denied", speaker="unnamed"))
    named = tell(store, "Herald", 9, claims=claims("denied", speaker="Sudanese foreign ministry"))
    settle(store, home, *others, vague, named)
    assert [news.speaker for news in told(store) if news.status == "denied"] == ["Sudanese foreign ministry"]


def test_an_alert_says_it_in_the_same_sentence_and_old_texts_alert_nobody(store: Store) -> None:
    home, *others = story(store)
    settle(store, home, *others)
    desk = Workspace(Config(), store, lambda: NOW, "test")
    rules = [AlertRule(name="claims", claims=True)]
    [alert] = happenings(desk, rules, NOW - HOUR, NOW)
    [news] = told(store)
    assert alert_sentence(alert, Labels()) == claim_sentence(news, Labels(), english_states())
    assert (alert.actors, alert.url) == (("KP", "SD"), "https://gazette.example/Courier")
    assert list(happenings(desk, rules, NOW, NOW + HOUR)) == []
    store._database.write(
        lambda c: c.exec_driver_sql("UPDATE ledger_changes SET reported_at = '2020-01-01T00:00:00.000000Z'")
    )
    assert list(happenings(desk, rules, NOW - HOUR, NOW)) == []


def test_only_the_period_counts_and_old_texts_are_no_news(store: Store) -> None:
    settle(store, *story(store))
    assert told(store, since=NOW - HOUR, until=NOW) == ()
    assert told(store, since=NOW + HOUR, until=NOW + DAY) == ()
    store._database.write(
        lambda c: c.exec_driver_sql("UPDATE ledger_changes SET reported_at = '2020-01-01T00:00:00.000000Z'")
    )
    assert told(store) == ()
