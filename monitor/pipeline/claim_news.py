"""What digests and alerts say of the ledger: new claims, first denials and changes of status noticed in a period."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from monitor.pipeline.analysers import packaged_knowledge
from monitor.pipeline.review import plain
from monitor.pipeline.workspace import Workspace
from monitor.render.claim_words import OFFICES
from monitor.types.ledger import ClaimNews, ClaimStatus, LineKey

TOPIC = "arms-transfers"
#: Of several changes of one line in a period the first of these is told.
_WEIGHT = {"denial": 0, "status": 1, "new": 2, "quantity": 3}
MOST = 500

_QUERY = """\
select g.*, l.history, l.independent_sources, l.status, c.url from report_ledger_changes g
  left join report_claims c on c.uid = g.claim_uid
  join report_ledger l on l.cluster_id = g.cluster_id and l.supplier = g.supplier
   and l.recipient = g.recipient and l.item = g.item
 where g.at >= :since and g.at < :until and g.reported_at >= :seen order by g.change_id limit :most"""


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticedChange:
    """A row of `report_ledger_changes` with what it says; `url` is that of the text whose claim brought it."""

    change_id: int
    at: dt.datetime
    claim_uid: str
    news: ClaimNews
    url: str = ""


def noticed_changes(
    workspace: Workspace, *, since: dt.datetime, until: dt.datetime, late: dt.timedelta
) -> list[NoticedChange]:
    """Each change noticed in [since, until), the earliest first, of lines that are still there.

    What was reported longer than `late` before `since` is no news: re-tagging an archive finds claims in old texts.
    """
    rows = workspace.store.frame(
        _QUERY, {"since": since, "until": until, "seen": since - late, "most": MOST}
    ).to_dict("records")
    return [
        NoticedChange(
            change_id=row["change_id"],
            at=row["at"],
            claim_uid=row["claim_uid"],
            news=_news(row),
            url=row["url"] or "",
        )
        for row in map(plain, rows)
    ]


def claim_news(
    workspace: Workspace, *, since: dt.datetime, until: dt.datetime, late: dt.timedelta
) -> tuple[ClaimNews, ...]:
    """The changes of a period, one a line, denials first."""
    told: dict[tuple[Any, ...], tuple[int, ClaimNews]] = {}
    for change in noticed_changes(workspace, since=since, until=until, late=late):
        news = change.news
        line = (news.cluster_id, news.key.supplier, news.key.recipient, news.key.item)
        weight = _WEIGHT[news.kind]
        if line not in told or weight <= told[line][0]:
            told[line] = (weight, news)
    ordered = sorted(told.items(), key=lambda pair: (pair[1][0], -(pair[1][1].sources or 0), str(pair[0])))
    return tuple(news for _, (_, news) in ordered)


def _news(row: Mapping[str, Any]) -> ClaimNews:
    events = json.loads(row["history"])
    status: ClaimStatus = "denied" if row["kind"] == "denial" else row["new_status"]
    same = [event for event in events if event["status"] == status] or events
    parties = (row["supplier"], row["recipient"])
    # the claim that brought it, unless another report says better who spoke
    said = min(
        same, key=lambda event: (_vague(event["speaker"], parties), event["claim_uid"] != row["claim_uid"])
    )
    return ClaimNews(
        kind=row["kind"],
        key=LineKey(supplier=row["supplier"], recipient=row["recipient"], item=row["item"]),
        status=status,
        old_status=row["old_status"],
        speaker=said["speaker"],
        outlet=said["outlet"],
        quantity_min=row["quantity_min"],
        quantity_max=row["quantity_max"],
        cluster_id=row["cluster_id"],
        sources=row["independent_sources"],
        claim_uid=row["claim_uid"] or "",
    )


def _vague(speaker: str, parties: Collection[str]) -> int:
    """How little a speaker's name says: a party's office says most, then another's, then a name, then nothing."""
    if not speaker:
        return 4
    states = english_states()
    owners = {code for name, code in states.items() if f"{speaker} ".startswith(f"{name} ")}
    if owners:
        return 1 if owners.isdisjoint(parties) else 0
    return 3 if speaker in OFFICES else 2


@lru_cache(maxsize=1)
def english_states() -> dict[str, str]:
    """States and groups by the English adjective that speakers are written with, and by their own name."""
    found: dict[str, str] = {}
    for entry in packaged_knowledge().gazetteer.entries:
        if entry.kind == "actor":
            found.setdefault(entry.name, entry.code)
            for adjective in entry.forms.get("demonym", {}).get("en", ()):
                found.setdefault(adjective.strip("*"), entry.code)
    return found
