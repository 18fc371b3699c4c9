"""Decisions on claims, citations and tags: kept for ever, and at once in what the views show.

A rejected claim stays and counts no more; a corrected one is closed and stands anew under its uid with the values
that a person gave. A tag is accepted or not as the person says; what the rules said is kept beside it. The clusters
concerned are marked, so that the next settling counts what was decided.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, RowMapping

from monitor.store import search
from monitor.store.claim_rows import CONTENT, corrected, insert_claims
from monitor.store.cluster_ids import stale
from monitor.store.columns import dumps
from monitor.store.ledger import clusters_of
from monitor.store.schema.analysis import annotated, citations, entry_topics
from monitor.store.schema.claims import claims
from monitor.store.schema.entries import entries
from monitor.store.schema.operations import decisions
from monitor.store.tag_rows import put_tag
from monitor.store.verdicts import CORRECTED, OPEN, latest
from monitor.types.review import Taken, Verdict


def decide(connection: Connection, wanted: Sequence[Verdict], who: str, now: dt.datetime) -> list[Taken]:
    """Take verdicts one by one, in order. What is not there, or decided so already, is said and not recorded."""
    touched: set[int] = set()
    taken = []
    for verdict in wanted:
        found = _find(connection, verdict)
        if isinstance(found, str):
            taken.append(Taken(verdict=verdict, problem=found))
            continue
        new = _new(verdict, found)
        before = latest(connection, verdict.kind, [verdict.key]).get(verdict.key, OPEN)
        if new == before:
            taken.append(Taken(verdict=verdict))
            continue
        _record(connection, verdict, found, new, who, now)
        _apply(connection, verdict, found, new, now)
        touched.add(found["entry_id"])
        taken.append(Taken(verdict=verdict, recorded=True))
    stale(connection, clusters_of(connection, touched), now)
    # a tag that a person gave or took is a filter of search too
    search.index(connection, touched)
    return taken


def _find(connection: Connection, verdict: Verdict) -> RowMapping | str:
    """The row that is decided on, or why there is none."""
    if verdict.kind == "claim":
        query = sa.select(claims).where(claims.c.uid == verdict.key, claims.c.valid_to.is_(None))
        row = connection.execute(query).mappings().first()
        return row if row is not None else _gone(connection, verdict.key)
    uid, _, name = verdict.key.partition(":")
    current = sa.and_(annotated.c.entry_id == entries.c.id, annotated.c.valid_to.is_(None))
    head = sa.select(
        entries.c.id.label("entry_id"), entries.c.uid, annotated.c.id.label("annotation_id"),
        annotated.c.taxonomy_version, annotated.c.code_version,
    ).join(annotated, current)  # fmt: skip
    if verdict.kind == "citation":
        query = head.add_columns(citations.c.cited, citations.c.kind, citations.c.rule, citations.c.position)
        query = query.join(citations, citations.c.annotation_id == annotated.c.id)
        query = query.where(entries.c.uid == uid, citations.c.cited == name)
        row = connection.execute(query.order_by(citations.c.position)).mappings().first()
        return row if row is not None else f"entry {uid} cites no {name!r}"
    query = head.add_columns(
        entry_topics.c.score, entry_topics.c.accepted, entry_topics.c.rules, entry_topics.c.rules_accepted
    ).outerjoin(
        entry_topics, sa.and_(entry_topics.c.annotation_id == annotated.c.id, entry_topics.c.topic == name)
    )
    row = connection.execute(query.where(entries.c.uid == uid)).mappings().first()
    return row if row is not None else f"there is no analysed entry {uid}"


def _gone(connection: Connection, uid: str) -> str:
    query = sa.select(claims.c.superseded_by).where(claims.c.uid == uid).order_by(claims.c.id.desc())
    row = connection.execute(query).first()
    if row is None:
        return f"there is no claim {uid}"
    after = f": {row.superseded_by} says it now" if row.superseded_by else ""
    return f"claim {uid} is no longer read from its text{after}"


def _new(verdict: Verdict, row: RowMapping) -> str:
    """What `decisions.new` says."""
    if verdict.word != "corrected":
        return verdict.word
    if verdict.kind == "citation":
        return f"{CORRECTED}{verdict.values['cited']}"
    # an earlier correction goes on where this one is silent
    content = {name: row[name] for name in CONTENT} | dict(verdict.values)
    return dumps(content)


def _old(verdict: Verdict, row: RowMapping) -> dict[str, Any]:
    if verdict.kind == "claim":
        return {name: row[name] for name in CONTENT}
    if verdict.kind == "citation":
        return {"cited": row["cited"], "kind": row["kind"], "rule": row["rule"]}
    return {"accepted": row["accepted"], "score": row["score"], "rules": row["rules"]}


def _record(
    connection: Connection, verdict: Verdict, row: RowMapping, new: str, who: str, now: dt.datetime
) -> None:
    versions = {}
    if "annotation_id" in row:
        query = sa.select(annotated.c.taxonomy_version, annotated.c.code_version)
        said = connection.execute(query.where(annotated.c.id == row["annotation_id"])).one()
        versions = {"taxonomy": said.taxonomy_version, "code": said.code_version}
    connection.execute(
        sa.insert(decisions).values(
            object_kind=verdict.kind,
            object_key=verdict.key,
            old=dumps(_old(verdict, row)),
            new=new,
            who=who,
            at=now,
            reason=verdict.reason,
            versions=versions,
        )
    )


def _apply(connection: Connection, verdict: Verdict, row: RowMapping, new: str, now: dt.datetime) -> None:
    if verdict.kind == "topic":
        put_tag(connection, row["annotation_id"], verdict.key.partition(":")[2], dict(row), new)
    elif verdict.kind == "claim":
        content = json.loads(new) if verdict.word == "corrected" else _first_said(connection, verdict, row)
        if content is not None and any(row[name] != content[name] for name in CONTENT):
            connection.execute(sa.update(claims).where(claims.c.id == row["id"]).values(valid_to=now))
            insert_claims(connection, [corrected(dict(row), content) | {"valid_from": now}])


def _first_said(connection: Connection, verdict: Verdict, row: RowMapping) -> Mapping[str, Any] | None:
    """What the rules said of a claim before it was corrected: it stands again when the correction is taken back."""
    if verdict.word != "open":
        return None
    query = sa.select(decisions.c.old, decisions.c.new).where(
        decisions.c.object_kind == "claim", decisions.c.object_key == row["uid"]
    )
    first: str | None = None
    # the last is the one that takes it back
    for old, new in connection.execute(query.order_by(decisions.c.id)).all()[:-1]:
        first = None if new == OPEN else first or (old if new.startswith("{") else None)
    return None if first is None else dict(json.loads(first))
