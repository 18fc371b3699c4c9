"""Chains, the ledger and flows: what they are computed from, and what was computed, in place of what was there."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, RowMapping

from monitor.group.flows import flow_of
from monitor.group.ledger import change_of, states_joined
from monitor.store.columns import utc_text
from monitor.store.keys import key64
from monitor.store.known import CHUNK, chunks
from monitor.store.schema.analysis import annotated, citations
from monitor.store.schema.claims import claims, flows, ledger, ledger_changes
from monitor.store.schema.entries import entries
from monitor.store.schema.grouping import clusters, stories
from monitor.store.schema.sources import feeds, outlets
from monitor.store.verdicts import CORRECTED, latest
from monitor.types.ledger import (
    Aside,
    Chain,
    CitedMedium,
    FlowPart,
    LedgerClaim,
    LedgerEvent,
    LedgerLine,
    LineChange,
    LineKey,
    LineState,
    RootQuantity,
)

Settled = Mapping[int, Sequence[LedgerLine]]


def outlet_names(connection: Connection) -> list[tuple[str, list[str]]]:
    """Every polled outlet with the other names that it is cited by here: its channels."""
    query = sa.select(outlets.c.name, feeds.c.kind, feeds.c.address).join(
        feeds, feeds.c.outlet_id == outlets.c.id
    )
    found: dict[str, list[str]] = {}
    for row in connection.execute(query.order_by(outlets.c.id, feeds.c.id)):
        others = found.setdefault(row.name, [])
        if row.kind == "telegram":
            others.append(row.address)
    return list(found.items())


def cited_media(connection: Connection, entry_ids: Collection[int]) -> dict[int, tuple[CitedMedium, ...]]:
    """The media that entries cite, as people decided: without those rejected, under the names corrected."""
    query = (
        sa.select(
            annotated.c.entry_id, entries.c.uid, citations.c.annotation_id, citations.c.position,
            citations.c.cited, citations.c.rule, citations.c.field, citations.c.start_char,
        )
        .join(annotated, sa.and_(annotated.c.id == citations.c.annotation_id, annotated.c.valid_to.is_(None)))
        .join(entries, entries.c.id == annotated.c.entry_id)
        .where(citations.c.kind == "media")
        .order_by(citations.c.annotation_id, citations.c.position)
    )  # fmt: skip
    rows: list[RowMapping] = []
    for chunk in chunks(sorted(entry_ids), CHUNK):
        rows += connection.execute(query.where(annotated.c.entry_id.in_(chunk))).mappings()
    verdicts = latest(connection, "citation", [f"{row['uid']}:{row['cited']}" for row in rows])
    found: dict[int, list[CitedMedium]] = {}
    for row in rows:
        verdict = verdicts.get(f"{row['uid']}:{row['cited']}", "")
        if verdict != "rejected":
            name = verdict[len(CORRECTED) :] if verdict.startswith(CORRECTED) else row["cited"]
            found.setdefault(row["entry_id"], []).append(
                CitedMedium(
                    annotation_id=row["annotation_id"], position=row["position"], name=name, rule=row["rule"],
                    field=row["field"], start_char=row["start_char"],
                )
            )  # fmt: skip
    return {entry: tuple(media) for entry, media in found.items()}


def posts_of(
    connection: Connection, entry_ids: Collection[int]
) -> dict[int, tuple[tuple[tuple[str, int], ...], tuple[str, int | None] | None]]:
    """Of entries from channels: the posts that each is (channel, number), and the post that it forwards."""
    query = sa.select(
        entries.c.id, entries.c.kind, entries.c.external_id, entries.c.album_ids, entries.c.forward_channel,
        entries.c.forward_post, feeds.c.address,
    ).join(feeds, feeds.c.id == entries.c.feed_id)  # fmt: skip
    found = {}
    for chunk in chunks(sorted(entry_ids), CHUNK):
        for row in connection.execute(query.where(entries.c.id.in_(chunk), entries.c.kind == "telegram")):
            numbers = {int(row.external_id), *row.album_ids} if row.external_id.isdecimal() else set()
            posts = tuple((row.address.casefold(), number) for number in sorted(numbers))
            forward = (row.forward_channel, row.forward_post) if row.forward_channel else None
            found[row.id] = (posts, forward)
    return found


def ledger_claims(connection: Connection, entry_ids: Collection[int]) -> list[LedgerClaim]:
    """Current claims of entries, without those that a person rejected."""
    rows: list[RowMapping] = []
    for chunk in chunks(sorted(entry_ids), CHUNK):
        query = sa.select(claims).where(claims.c.entry_id.in_(chunk), claims.c.valid_to.is_(None))
        rows += connection.execute(query.order_by(claims.c.id)).mappings()
    verdicts = latest(connection, "claim", [row["uid"] for row in rows])
    return [
        LedgerClaim(
            claim_id=row["id"], uid=row["uid"], entry_id=row["entry_id"], supplier=tuple(row["supplier"]),
            recipient=tuple(row["recipient"]), items=tuple(row["items"]), status=row["status"],
            speaker=row["speaker"], quantity_min=row["quantity_min"], quantity_max=row["quantity_max"],
            unit=row["unit"], field=row["field"], start_char=row["start_char"], end_char=row["end_char"],
            root=row["root"], reviewed=row["uid"] in verdicts, confidence=row["confidence"],
        )
        for row in rows
        if verdicts.get(row["uid"]) != "rejected"
    ]  # fmt: skip


def save_settled(
    connection: Connection,
    chains: Mapping[tuple[int, int], Chain],
    roots: Mapping[int, str | None],
    settled: Settled,
    now: dt.datetime,
    aside: Mapping[int, Aside],
) -> list[LineChange]:
    """Write chains of citations, roots of claims by id, and the lines of clusters in place of theirs; what is new.

    Flows that lose or gain a line are computed anew.
    """
    _save_chains(connection, chains)
    if roots:
        rows = [
            {"b_id": claim, "b_root": root, "b_aside": aside.get(claim)}
            for claim, root in sorted(roots.items())
        ]
        changed = sa.update(claims).where(claims.c.id == sa.bindparam("b_id"))
        values: dict[str, Any] = {"root": sa.bindparam("b_root"), "set_aside": sa.bindparam("b_aside")}
        connection.execute(changed.values(values), rows)
    there = _present(connection, settled)
    lines = [line for cluster in there for line in settled[cluster]]
    keys = _drop_lines(connection, there) | {line.key for line in lines}
    if lines:
        connection.execute(sa.insert(ledger), [_row(line) for line in lines])
    found = _log(connection, lines, now)
    _flow_anew(connection, keys)
    return found


def _save_chains(connection: Connection, chains: Mapping[tuple[int, int], Chain]) -> None:
    rows = [
        {
            "b_annotation": annotation, "b_position": position, "b_root": chain.root, "b_state": chain.state,
            "b_chain": [dataclasses.asdict(link) for link in chain.links],
        }
        for (annotation, position), chain in sorted(chains.items())
    ]  # fmt: skip
    if rows:
        statement = sa.update(citations).where(
            citations.c.annotation_id == sa.bindparam("b_annotation"),
            citations.c.position == sa.bindparam("b_position"),
            # what stays as it is marks no day for its rollups
            sa.or_(
                citations.c.root.is_distinct_from(sa.bindparam("b_root")),
                citations.c.chain_state.is_distinct_from(sa.bindparam("b_state")),
                citations.c.chain != sa.bindparam("b_chain", type_=citations.c.chain.type),
            ),
        )
        values: dict[str, Any] = {
            "root": sa.bindparam("b_root"),
            "chain": sa.bindparam("b_chain", type_=citations.c.chain.type),
            "chain_state": sa.bindparam("b_state"),
        }
        connection.execute(statement.values(values), rows)


def _present(connection: Connection, settled: Settled) -> list[int]:
    found: list[int] = []
    for chunk in chunks(sorted(settled), CHUNK):
        found += connection.execute(sa.select(clusters.c.id).where(clusters.c.id.in_(chunk))).scalars()
    return sorted(found)


def _drop_lines(connection: Connection, cluster_ids: Sequence[int]) -> set[LineKey]:
    keys: set[LineKey] = set()
    columns = (ledger.c.supplier, ledger.c.recipient, ledger.c.item)
    for chunk in chunks(cluster_ids, CHUNK):
        gone = sa.delete(ledger).where(ledger.c.cluster_id.in_(chunk)).returning(*columns)
        keys |= {LineKey(**row) for row in connection.execute(gone).mappings()}
    return keys


def _row(line: LedgerLine) -> dict[str, Any]:
    row = {field.name: getattr(line, field.name) for field in dataclasses.fields(line)}
    del row["key"]
    return row | dataclasses.asdict(line.key) | {
        "quantities": [dataclasses.asdict(one) for one in line.quantities],
        "history": [_event(event) for event in line.history],
        "roots": list(line.roots),
    }  # fmt: skip


def _event(event: LedgerEvent) -> dict[str, Any]:
    said = dataclasses.asdict(event)
    return said | {name: utc_text(said[name]) for name in ("at", "seen_at")}


def _log(connection: Connection, lines: Sequence[LedgerLine], now: dt.datetime) -> list[LineChange]:
    before = _states(connection, lines)
    found = [
        (change, line.denials > 0)
        for line in lines
        if (change := change_of(before.get((line.cluster_id, line.key)), line)) is not None
    ]
    rows = []
    for change, denied in found:
        row = {field.name: getattr(change, field.name) for field in dataclasses.fields(change)}
        del row["key"]
        rows.append(row | dataclasses.asdict(change.key) | {"at": now, "denied": denied})
    if rows:
        connection.execute(sa.insert(ledger_changes), rows)
    return [change for change, _ in found]


def _states(connection: Connection, lines: Sequence[LedgerLine]) -> dict[tuple[int, LineKey], LineState]:
    """What was last logged of each line: under its cluster, or, where clusters were merged or parted, its claims."""
    home = {event.claim_uid: line.cluster_id for line in lines for event in line.history}
    wanted = {line.cluster_id for line in lines}
    logged: dict[int, RowMapping] = {}
    for column, values in (
        (ledger_changes.c.cluster_id, sorted(wanted)),
        (ledger_changes.c.claim_uid, sorted(home)),
    ):
        for chunk in chunks(list(values), CHUNK):
            query = sa.select(ledger_changes).where(column.in_(chunk))
            logged |= {row["id"]: row for row in connection.execute(query).mappings()}
    states: dict[tuple[int, LineKey], dict[int, LineState]] = {}
    for _, row in sorted(logged.items()):
        key = LineKey(supplier=row["supplier"], recipient=row["recipient"], item=row["item"])
        state = LineState(
            status=row["new_status"], quantity_min=row["quantity_min"], quantity_max=row["quantity_max"],
            denied=row["denied"],
        )  # fmt: skip
        for cluster in {row["cluster_id"], home.get(row["claim_uid"], row["cluster_id"])}:
            states.setdefault((cluster, key), {}).pop(row["cluster_id"], None)
            states[(cluster, key)][row["cluster_id"]] = state
    return {place: states_joined(list(found.values())) for place, found in states.items()}


def _flow_anew(connection: Connection, keys: Collection[LineKey]) -> None:
    ordered = sorted(keys, key=lambda key: (key.supplier, key.recipient, key.item))
    rows = []
    for key in ordered:
        same = [ledger.c[name] == value for name, value in dataclasses.asdict(key).items()]
        parts = [_part(row) for row in connection.execute(sa.select(ledger).where(*same)).mappings()]
        connection.execute(
            sa.delete(flows).where(
                *(flows.c[name] == value for name, value in dataclasses.asdict(key).items())
            )
        )
        if parts:
            flow = flow_of(key, parts)
            row = {field.name: getattr(flow, field.name) for field in dataclasses.fields(flow)}
            del row["key"]
            quantities = [dataclasses.asdict(one) for one in flow.quantities]
            rows.append(row | dataclasses.asdict(key) | {"quantities": quantities})
    if rows:
        connection.execute(sa.insert(flows), rows)
    # a line can go with its cluster, when that is merged away
    left = sa.select(ledger.c.id).where(
        ledger.c.supplier == flows.c.supplier,
        ledger.c.recipient == flows.c.recipient,
        ledger.c.item == flows.c.item,
    )
    connection.execute(sa.delete(flows).where(~left.exists()))


def _part(row: RowMapping) -> FlowPart:
    return FlowPart(
        cluster_id=row["cluster_id"],
        status=row["status"],
        first_at=row["first_at"] or row["changed_at"],
        last_at=row["last_at"] or row["changed_at"],
        word_at=row["word_at"],
        denials=row["denials"],
        confirmations=row["confirmations"],
        roots=tuple(row["roots"]),
        quantities=tuple(RootQuantity(**one) for one in row["quantities"]),
    )


def clusters_at(connection: Connection, urls: Collection[str]) -> set[int]:
    """The clusters of entries that are at these canonical addresses."""
    wanted = {key64(url): url for url in urls}
    found: set[int] = set()
    for chunk in chunks(sorted(wanted), CHUNK):
        query = sa.select(stories.c.cluster_id, entries.c.url_key, entries.c.url).join(
            entries, entries.c.story_id == stories.c.id
        )
        for row in connection.execute(query.where(entries.c.url_key.in_(chunk))):
            if row.url == wanted[row.url_key]:
                found.add(row.cluster_id)
    return found


def clusters_of(connection: Connection, entry_ids: Iterable[int]) -> set[int]:
    """The clusters of entries that have one."""
    found: set[int] = set()
    for chunk in chunks(sorted(set(entry_ids)), CHUNK):
        query = sa.select(stories.c.cluster_id).join(entries, entries.c.story_id == stories.c.id)
        found.update(connection.execute(query.where(entries.c.id.in_(chunk)).distinct()).scalars())
    return found
