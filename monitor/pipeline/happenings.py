"""What happened in a time that an alert may be about, read from the views."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator

import pandas as pd

from monitor.pipeline.alert_delivery import OPERATORS
from monitor.pipeline.attention import read_attention, read_sources
from monitor.pipeline.claim_news import english_states, noticed_changes
from monitor.pipeline.workspace import Workspace
from monitor.render.claim_sentences import claim_sentence
from monitor.render.escape import anchor
from monitor.render.labels import Labels
from monitor.report.bursts import judge_series
from monitor.types.alerts import AlertRule, Happening

#: Claims of texts that were seen longer before than this are no news: re-tagging an archive finds them.
LATE = dt.timedelta(days=3)
#: A digest's mail is given up by then (`mailing.ATTEMPTS`), also one that was late.
GIVEN_UP = dt.timedelta(days=5)
_COUNTED = """\
SELECT day, topic, SUM(stories) AS stories FROM report_feeds_daily
 WHERE day BETWEEN :first AND :last AND topic <> '' GROUP BY day, topic"""
_SILENT = "SELECT feed, outlet, last_success_at FROM report_feed_health WHERE silent"
_LOST = """\
SELECT digest, recipient, day, state FROM report_deliveries
 WHERE state IN ('failed', 'held') AND day >= :first"""
# what could not reach the operators is not told to them again
_UNTOLD = """\
SELECT alert_id, rule, subject, fired_at, last_error FROM report_alerts
 WHERE state = 'failed' AND rule <> :operators AND fired_at > :since AND fired_at <= :until"""


def happenings(
    workspace: Workspace, rules: Iterable[AlertRule], since: dt.datetime, until: dt.datetime
) -> list[Happening]:
    """All that one of `rules` may ask for, observed in (since, until]; only what some rule asks about is read."""
    rules = list(rules)
    found: list[Happening] = []
    if any(rule.claims for rule in rules):
        found += _claims(workspace, since, until)
    if any(rule.thresholds for rule in rules):
        found += _thresholds(workspace, since, until)
    if any(rule.bursts for rule in rules):
        found += _bursts(workspace, since, until)
    if any(rule.watchlists for rule in rules):
        found += _hits(workspace, since, until)
    if any(rule.silent_feeds for rule in rules):
        found += _silent(workspace, until)
    if any(rule.faults for rule in rules):
        found += [*_faults(workspace, since, until), *_untold(workspace, since, until)]
    return found


def alert_sentence(happening: Happening, labels: Labels) -> str:
    """The sentence of a claim, as digests have it."""
    if happening.news is None:
        raise TypeError(f"{happening.key} is about no claim")
    return claim_sentence(happening.news, labels, english_states())


def _claims(workspace: Workspace, since: dt.datetime, until: dt.datetime) -> Iterator[Happening]:
    # that function's period is open at its end, this one's at its beginning
    moment = dt.timedelta(microseconds=1)
    for change in noticed_changes(workspace, since=since + moment, until=until + moment, late=LATE):
        if change.news.kind != "quantity":
            key = change.news.key
            yield Happening(
                kind="claim",
                key=f"claim/{change.change_id}",
                at=change.at,
                actors=tuple(sorted({key.supplier, key.recipient} - {""})),
                status=change.news.status,
                url=change.url,
                link=_link(workspace, anchor("claim", change.claim_uid)),
                news=change.news,
            )


def _thresholds(workspace: Workspace, since: dt.datetime, until: dt.datetime) -> Iterator[Happening]:
    rows = workspace.store.frame(_COUNTED, {"first": since.date(), "last": until.date()})
    for row in rows.to_dict("records"):
        day = row["day"].date()
        yield Happening(
            kind="threshold",
            key=f"threshold/{row['topic']}/{day}",
            at=_end_of(day, until),
            topic=str(row["topic"]),
            count=int(row["stories"]),
            link=_link(workspace, anchor("topic", row["topic"])),
            values={"day": day},
        )


def _bursts(workspace: Workspace, since: dt.datetime, until: dt.datetime) -> Iterator[Happening]:
    """Days that were over by `until`: a day is judged once it is whole."""
    first, last = since.date() - dt.timedelta(days=1), until.date() - dt.timedelta(days=1)
    made = read_attention(workspace.store.frame, first, last)
    sources = read_sources(workspace.store.frame, first, last)
    start = made.days.index(first)
    for topic in sorted(made.series):
        for found in judge_series(made, topic, start, sources.get(topic, {})).findings:
            if found.direction == "burst":
                yield Happening(
                    kind="burst",
                    key=f"burst/{topic}/{found.day}",
                    at=_end_of(found.day, until),
                    topic=topic,
                    count=found.stories,
                    link=_link(workspace, anchor("topic", topic)),
                    values={"day": found.day, "ratio": round(found.ratio, 1)},
                )


def _hits(workspace: Workspace, since: dt.datetime, until: dt.datetime) -> Iterator[Happening]:
    for hit in workspace.store.first_hits(since=since, limit=1_000):
        if hit.first_at <= until:
            yield Happening(
                kind="watchlist",
                key=f"watchlist/{hit.watchlist}/{hit.external_id}",
                at=hit.first_at,
                watchlist=hit.watchlist,
                url=hit.url or "",
                values={"name": hit.name, "outlet": hit.outlet},
            )


def _silent(workspace: Workspace, until: dt.datetime) -> Iterator[Happening]:
    """Feeds that are silent now; one that was heard again and falls silent once more is new."""
    for row in workspace.store.frame(_SILENT).to_dict("records"):
        heard = "" if pd.isna(row["last_success_at"]) else row["last_success_at"].date()
        yield Happening(
            kind="silent", key=f"silent/{row['feed']}/{heard}", at=until, values={"feed": str(row["feed"])}
        )


def _faults(workspace: Workspace, since: dt.datetime, until: dt.datetime) -> Iterator[Happening]:
    for run in workspace.store.recent_runs(limit=200):
        if run.outcome == "failed" and since < run.started_at <= until:
            fault = f"run {run.kind} of {run.started_at:%Y-%m-%d %H:%M} UTC failed: {run.error}"
            yield Happening(kind="fault", key=f"run/{run.run_id}", at=run.started_at, values={"fault": fault})
    for row in workspace.store.frame(_LOST, {"first": (since - GIVEN_UP).date()}).to_dict("records"):
        fault = f"digest {row['digest']} of {row['day']:%Y-%m-%d} to {row['recipient']}: {row['state']}"
        key = f"delivery/{row['digest']}/{row['day']:%Y-%m-%d}/{row['recipient']}"
        yield Happening(kind="fault", key=key, at=until, values={"fault": fault})


def _untold(workspace: Workspace, since: dt.datetime, until: dt.datetime) -> Iterator[Happening]:
    """Alerts to readers that were given up."""
    asked = {"operators": OPERATORS, "since": since, "until": until}
    for row in workspace.store.frame(_UNTOLD, asked).to_dict("records"):
        fault = f"alert of rule {row['rule']} could not be sent ({row['last_error']}): {row['subject']}"
        yield Happening(
            kind="fault",
            key=f"alert/{row['alert_id']}",
            at=row["fired_at"].to_pydatetime(),
            values={"fault": fault},
        )


def _link(workspace: Workspace, place: str) -> str:
    base = workspace.config.report.base_url.rstrip("/")
    return f"{base}/report.html#{place}" if base else ""


def _end_of(day: dt.date, until: dt.datetime) -> dt.datetime:
    end = dt.datetime.combine(day + dt.timedelta(days=1), dt.time(), tzinfo=dt.UTC)
    return min(end, until)
