"""A model server is asked only where a person allows it, and whatever it answers does no harm."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from monitor.config import Config
from monitor.errors import ConfigError
from monitor.pipeline.analyse import analyse
from monitor.pipeline.model_claims import GIVE_UP, KEY, ModelClaims
from monitor.pipeline.workspace import Workspace
from monitor.store import Store
from monitor.types.annotations import Annotation, Claim, Entity
from monitor.types.source import FeedKind, Rights
from tests.loopback import RawServer, answer
from tests.model_answers import BODY, completion, said
from tests.store.making import HOUR, NOW, annotation, entry, ingest, outlet, source

ACTORS = tuple(Entity(kind="actor", code=c, field="body", start_char=0, end_char=1) for c in ("IR", "SD"))


def ok(*claims: Any) -> bytes:
    return answer(200, json.dumps(completion(*claims)).encode(), {"Content-Type": "application/json"})


def workspace(store: Store, server: RawServer | None, telegram: bool = False, **model: Any) -> Workspace:
    given = {"name": "m1", "allow_networks": ["127.0.0.1/32"], "timeout": "5s"} | model
    if server is not None:
        given["url"] = server.url("/v1/")
    config = Config.model_validate(
        {"languages": ["en"], "clusters": {"embedder": "none"}, "claims": {"model": given},
         "telegram": {"machine_learning": telegram}}
    )  # fmt: skip
    return Workspace(config, store, lambda: NOW, "test")


def told(store: Store, *names: str, **feed: Any) -> list[Any]:
    """Entries of one feed, waiting for analysis."""
    kind = feed.get("kind", FeedKind.RSS)
    ingest(store, *(entry(name, body=BODY, kind=kind) for name in names), feed=source(**feed))
    return store.pending_texts(limit=99)


async def ask(
    space: Workspace, texts: list[Any], *, possible: bool = True, **values: Any
) -> list[Annotation]:
    """Annotate these texts as the rules might, store that, and let the model look at them."""
    made = [annotation(text, entities=ACTORS, claim_possible=possible, **values) for text in texts]
    space.store.save_annotations(made, now=NOW)
    await asyncio.to_thread(ModelClaims(space).look, texts, made)
    return made


def origins(store: Store) -> list[tuple[str, str]]:
    frame = store.frame("select origin, rule from report_claims order by claim_id")
    return [(row.origin, row.rule) for row in frame.itertuples()]


def counts(store: Store) -> list[dict[str, int]]:
    frame = store.frame("select counts from report_runs where kind = 'claims-model'")
    return [json.loads(row) for row in frame["counts"]]


async def test_analysis_asks_after_the_rules_and_marks_what_it_takes(store: Store, raw_server: Any) -> None:
    server = await raw_server(ok(said()))
    told(store, "a")
    await asyncio.to_thread(analyse, workspace(store, server))
    assert server.paths() == ["/v1/chat/completions"]
    assert origins(store) == [("model", "model/m1")]


async def test_off_by_default_nothing_is_asked(store: Store, raw_server: Any, connects: Any) -> None:
    server = await raw_server(ok(said()))
    await ask(workspace(store, None), told(store, "a"))
    assert (server.connections, connects, origins(store), counts(store)) == (0, [], [], [])
    assert Config().claims.model.url == ""


@pytest.mark.parametrize(
    ("feed", "telegram", "possible"),
    [
        ({"kind": FeedKind.TELEGRAM, "address": "quay"}, False, True),
        ({"outlet": outlet("Gazette", rights=Rights(machine_learning=False))}, True, True),
        (
            {
                "kind": FeedKind.TELEGRAM,
                "address": "quay",
                "outlet": outlet("Quay", rights=Rights(machine_learning=False)),
            },
            True,
            True,
        ),
        ({}, True, False),
    ],
    ids=["post", "outlet that forbids it", "post of one", "no claim possible"],
)
async def test_what_is_never_sent(
    store: Store, raw_server: Any, feed: dict[str, Any], telegram: bool, possible: bool
) -> None:
    server = await raw_server(ok(said()))
    await ask(workspace(store, server, telegram), told(store, "a", **feed), possible=possible)
    assert (server.connections, origins(store)) == (0, [])


async def test_posts_are_sent_where_a_person_says_so(store: Store, raw_server: Any) -> None:
    server = await raw_server(ok(said()))
    await ask(workspace(store, server, True), told(store, "a", kind=FeedKind.TELEGRAM, address="quay"))
    assert (server.connections, len(origins(store))) == (1, 1)


async def test_the_key_goes_to_the_server_and_nowhere_else(
    store: Store, raw_server: Any, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    monkeypatch.setenv(KEY, "k3y-of-ours")
    server = await raw_server(answer(500, b"k3y-of-ours"))
    await ask(workspace(store, server), told(store, *"abcd"))
    assert server.sent()["authorization"] == "Bearer k3y-of-ours"
    issues = store.frame("select detail from report_issues where code = 'claims_model'")["detail"]
    assert len(issues) == 1 and "k3y" not in issues[0] + "".join(capsys.readouterr())


async def test_a_server_inside_is_reached_only_where_it_is_allowed(store: Store, raw_server: Any) -> None:
    server = await raw_server(ok(said()))
    await ask(workspace(store, server, allow_networks=[]), told(store, "a"))
    assert (server.connections, origins(store)) == (0, [])


async def test_claims_that_the_text_does_not_bear_out_are_counted(store: Store, raw_server: Any) -> None:
    server = await raw_server(ok(said(), said(evidence="Iran has said that it sent them"), said(items=["x"])))
    await ask(workspace(store, server), told(store, "a"))
    expected = {
        "asked": 1,
        "claims": 1,
        "known": 0,
        "rejected": 2,
        "rejected_evidence": 1,
        "rejected_shape": 1,
    }
    assert counts(store) == [expected]


@pytest.mark.parametrize(
    "script",
    [
        answer(200, b" " * 300_000 + json.dumps(completion(said())).encode()),
        answer(200, b"<html>busy</html>"),
        b"no HTTP at all\r\n\r\n",
    ],
    ids=["huge", "no JSON", "no HTTP"],
)
async def test_a_server_that_fails_costs_nothing_and_is_left_alone(
    store: Store, raw_server: Any, script: Any
) -> None:
    server = await raw_server(script)
    await ask(workspace(store, server), told(store, *"abcde"))
    assert (server.connections, origins(store)) == (GIVE_UP, [])
    assert counts(store) == [{"asked": GIVE_UP, "failed": GIVE_UP, "skipped": 2}]
    assert store.count_pending() == 0


async def test_a_run_asks_no_more_than_it_may(store: Store, raw_server: Any) -> None:
    server = await raw_server(ok())
    await ask(workspace(store, server, per_run=2), told(store, *"abcde"))
    assert (server.connections, counts(store)[0]["skipped"]) == (2, 3)


async def test_what_the_rules_say_is_not_said_again(store: Store, raw_server: Any) -> None:
    server = await raw_server(ok(said()))
    ours = Claim(
        supplier=("IR",), recipient=("SD",), items=("drones",), status="alleged", evidence="A ledger",
        field="body", start_char=0, end_char=8, rule="en/x", confidence=0.8,
    )  # fmt: skip
    await ask(workspace(store, server), told(store, "a"), claims=(ours,))
    assert origins(store) == [("rules", "en/x")]


async def test_a_model_s_claim_stays_when_its_text_is_tagged_again_until_the_rules_find_it(
    store: Store, raw_server: Any
) -> None:
    server = await raw_server(ok(said()))
    space, texts = workspace(store, server), told(store, "a")
    [first] = await ask(space, texts)
    await asyncio.to_thread(ModelClaims(space).look, texts, [first])  # asked again: the same is not added
    store.save_annotations([annotation(texts[0], code_version="c2")], now=NOW + HOUR)
    assert origins(store) == [("model", "model/m1")]
    ours = Claim(
        supplier=("IR",), recipient=("SD",), items=("drones",), status="alleged", evidence="A ledger",
        field="body", start_char=0, end_char=8, rule="en/x", confidence=0.8,
    )  # fmt: skip
    store.save_annotations([annotation(texts[0], code_version="c3", claims=(ours,))], now=NOW + 2 * HOUR)
    assert origins(store) == [("rules", "en/x")]


def test_a_server_without_a_model_s_name_is_a_mistake() -> None:
    with pytest.raises((ConfigError, ValueError), match="name"):
        Config.model_validate({"claims": {"model": {"url": "http://127.0.0.1:1/v1"}}})
