"""A translator is asked only where a person named one, once for each headline, and its failure costs nothing else."""

from __future__ import annotations

import asyncio
import json
import re
import sys
import types
from collections.abc import Callable
from typing import Any

import pytest
from aiohttp import web

from monitor.config import Config
from monitor.digest.select import choose
from monitor.pipeline.translating import BATCH, GIVE_UP, with_translated
from monitor.pipeline.translators import KEY, configured_translator
from monitor.pipeline.workspace import Workspace
from monitor.store import Store
from monitor.types.digest import DigestContent
from monitor.types.translation import NotTranslated
from tests.digest_stories import PERIOD, TOPICS, changed, spec, stories
from tests.loopback import answer
from tests.store.making import MINUTE, NOW

RUSSIAN = next(story for story in stories() if story.language == "ru")


class Server:
    """LibreTranslate's `/translate`: each text in brackets, or what `reply` says; what it was asked."""

    def __init__(self, reply: Callable[[dict[str, Any]], Any] | None = None) -> None:
        self.asked: list[dict[str, Any]] = []
        self._reply = reply or (lambda said: {"translatedText": [f"[{text}]" for text in said["q"]]})

    async def handle(self, request: web.Request) -> web.Response:
        said = await request.json()
        self.asked.append(said)
        return web.json_response(self._reply(said))


def workspace(store: Store, url: str = "", **values: Any) -> Workspace:
    given = {"kind": "libretranslate", "url": url, "allow_networks": ["127.0.0.1/32"], "timeout": "5s"}
    return Workspace(Config.model_validate({"translator": given | values}), store, lambda: NOW, "test")


def content(count: int = 1, **values: Any) -> DigestContent:
    rows = [
        changed(RUSSIAN, story_id=n, story_ids=(n,), entry_ids=(n,), title=f"Заголовок {n}", **values)
        for n in range(1, count + 1)
    ]
    return choose(spec(max_stories=500), PERIOD, rows, topics=TOPICS)


async def translated(space: Workspace, told: DigestContent) -> list[str]:
    """Headlines of the digest that have a translation, as translated."""
    made = await asyncio.to_thread(with_translated, space, told)
    return sorted(story.retold.title for story in made.stories if story.retold)


def runs(store: Store) -> list[dict[str, int]]:
    frame = store.frame("select counts from report_runs where kind = 'translate' order by run_id")
    return [json.loads(row) for row in frame["counts"]]


def issues(store: Store) -> list[str]:
    return list(store.frame("select detail from report_issues where code = 'translator'")["detail"])


async def test_headlines_are_asked_once_and_kept(store: Store, web_server: Any) -> None:
    server = Server()
    space = workspace(store, await web_server({"/translate": server.handle}))
    assert await translated(space, content(2)) == ["[Заголовок 1]", "[Заголовок 2]"]
    (said,) = server.asked
    assert sorted(said.pop("q")) == ["Заголовок 1", "Заголовок 2"]
    assert said == {"source": "ru", "target": "en", "format": "text"}
    assert await translated(space, content(3)) == ["[Заголовок 1]", "[Заголовок 2]", "[Заголовок 3]"]
    assert [said["q"] for said in server.asked[1:]] == [["Заголовок 3"]], "only what is new is asked"
    assert await translated(space, content(3)) == ["[Заголовок 1]", "[Заголовок 2]", "[Заголовок 3]"]
    assert len(server.asked) == 2
    newer = workspace(store, space.config.translator.url, version="2")
    await translated(newer, content(1))
    assert len(server.asked) == 3, "another version of the models is asked anew"


async def test_nothing_is_asked_by_default_nor_of_what_it_may_not_see(store: Store, connects: Any) -> None:
    space = Workspace(Config(), store, lambda: NOW, "test")
    assert await translated(space, content(1)) == []
    named = workspace(store, "http://127.0.0.1:1")
    assert await translated(named, content(1, kind="telegram")) == []
    assert await translated(named, content(1, machine_learning=False)) == []
    assert connects == []


async def test_posts_are_asked_where_a_person_says_so(store: Store, web_server: Any) -> None:
    url = await web_server({"/translate": Server().handle})
    server = {"kind": "libretranslate", "url": url, "allow_networks": ["127.0.0.1/32"]}
    config = Config.model_validate({"translator": server, "telegram": {"machine_learning": True}})
    allowed = Workspace(config, store, lambda: NOW, "test")
    assert await translated(allowed, content(1, kind="telegram")) == ["[Заголовок 1]"]


@pytest.mark.parametrize(
    "reply",
    [
        lambda said: {"error": "no such pair"},
        lambda said: ["x"],
        lambda said: {"translatedText": "one for all"},
        lambda said: {"translatedText": ["one too many"] * (len(said["q"]) + 1)},
        lambda said: {"translatedText": [None] * len(said["q"])},
        lambda said: {"translatedText": ["x" * 90_000] * len(said["q"])},
        lambda said: {"translatedText": ["x" * 300_000] * len(said["q"])},
    ],
    ids=["error", "a list", "one text", "one too many", "nulls", "far too long", "a flood"],
)
async def test_a_wrong_answer_costs_only_the_translation(
    store: Store, web_server: Any, reply: Callable[[dict[str, Any]], Any]
) -> None:
    space = workspace(store, await web_server({"/translate": Server(reply).handle}))
    assert await translated(space, content(2)) == []
    (run,) = runs(store)
    assert run.get("failed", 0) + run.get("rejected", 0) == 2


async def test_a_failing_server_is_left_alone_and_said_to_be_so(
    store: Store, raw_server: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(KEY, "k3y-of-ours")
    server = await raw_server(answer(500, b"k3y-of-ours"))
    assert await translated(workspace(store, server.url("/")), content(4 * BATCH)) == []
    assert server.connections == GIVE_UP
    assert runs(store) == [{"asked": 40, "failed": 40, "known": 0, "skipped": 20}]
    (said,) = issues(store)
    assert "http_500" in said
    assert "headlines stay in their own language" in said
    assert "k3y" not in said


async def test_a_refused_key_is_not_tried_again(store: Store, raw_server: Any) -> None:
    server = await raw_server(answer(403, b"{}"))
    await translated(workspace(store, server.url("/")), content(2 * BATCH))
    assert server.connections == 1


async def test_a_server_that_never_answers_is_given_up(store: Store, raw_server: Any) -> None:
    async def silent(*_: Any) -> None:
        await asyncio.Event().wait()

    server = await raw_server(silent)
    assert await translated(workspace(store, server.url("/"), timeout="0.05s"), content(1)) == []
    assert "timeout" in issues(store)[0]


async def test_what_does_not_fit_into_the_time_stays_as_it_is(store: Store, web_server: Any) -> None:
    server = Server()
    url = await web_server({"/translate": server.handle})
    space = workspace(store, url, time="1m")
    slow = iter(range(100))
    late = Workspace(space.config, store, lambda: NOW + next(slow) * MINUTE / 4, "test")
    made = await translated(
        late,
        content(
            3 * BATCH,
        ),
    )
    assert 0 < len(made) < 3 * BATCH
    assert runs(store)[0]["skipped"] == 3 * BATCH - len(made)


async def test_an_address_inside_the_network_is_refused(store: Store, raw_server: Any) -> None:
    server = await raw_server(answer(200, b"{}"))
    assert await translated(workspace(store, server.url("/"), allow_networks=[]), content(1)) == []
    assert server.connections == 0


def test_a_server_needs_an_address() -> None:
    with pytest.raises(ValueError, match="put it under `url`"):
        Config.model_validate({"translator": {"kind": "libretranslate"}})


# Argos, by a stand-in with the part of its interface that is used: its models are hundreds of megabytes


@pytest.fixture
def argos(monkeypatch: pytest.MonkeyPatch) -> None:
    """A pretended argostranslate 1.11 with one model, from Russian to English."""

    class Pair:
        def translate(self, text: str) -> str:
            if "3" in text:
                raise RuntimeError("out of memory")
            return f"({text})"

    class Language:
        def __init__(self, code: str) -> None:
            self.code = code

        def get_translation(self, to: Any) -> Pair | None:
            return Pair() if (self.code, to.code) == ("ru", "en") else None

    package = types.ModuleType("argostranslate.package")
    package.get_installed_packages = lambda: [  # type: ignore[attr-defined]
        types.SimpleNamespace(from_code="ru", to_code="en", package_version="1.9")
    ]
    translate = types.ModuleType("argostranslate.translate")
    translate.get_installed_languages = lambda: [Language("en"), Language("ru")]  # type: ignore[attr-defined]
    parent = types.ModuleType("argostranslate")
    parent.__spec__ = types.SimpleNamespace()  # type: ignore[assignment]
    parent.package, parent.translate = package, translate  # type: ignore[attr-defined]
    for name, module in (("", parent), (".package", package), (".translate", translate)):
        monkeypatch.setitem(sys.modules, f"argostranslate{name}", module)
    monkeypatch.setattr("monitor.pipeline.translators.version", lambda _: "1.11.0")


async def test_argos_translates_in_this_process(store: Store, argos: None, connects: Any) -> None:
    space = workspace(store, kind="argos")
    assert await translated(space, content(2)) == ["(Заголовок 1)", "(Заголовок 2)"]
    translator = configured_translator(space)
    assert not isinstance(translator, NotTranslated)
    assert re.fullmatch(r"argos 1\.11\.0 [0-9a-f]{8}", translator.engine), "its models are in it"
    assert connects == []


async def test_a_model_that_is_missing_or_fails_is_named(store: Store, argos: None) -> None:
    space = workspace(store, kind="argos")
    assert await translated(space, content(1, language="ko")) == []
    assert "argospm install translate-ko_en" in issues(store)[0]
    assert await translated(space, content(3)) == []
    assert any("out of memory" in said for said in issues(store))


@pytest.mark.skipif("argostranslate" in sys.modules, reason="argostranslate is installed")
async def test_argos_that_is_not_installed_says_what_to_do_and_what_is_lost(store: Store) -> None:
    assert await translated(workspace(store, kind="argos"), content(1)) == []
    assert "pip install .[argos]" in issues(store)[0]
    assert "headlines stay in their own language" in issues(store)[0]
