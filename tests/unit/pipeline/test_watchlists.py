"""Watched names are looked for as texts are analysed and, on request, over the archive; first hits are listed."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml
from typer.testing import CliRunner

from monitor.cli import retag, watchlists
from monitor.cli.common import Options
from monitor.errors import UsageError
from monitor.pipeline.analyse import analyse
from monitor.pipeline.watchlists import Watch, first_hits, propose, scan
from monitor.pipeline.workspace import Workspace, open_workspace
from tests.store.making import NOW, entry, ingest

NAMES = "id,name,aliases,imo\nx-1,Tirvane Shipping,,\nx-2,Kelmora Star,,9074729\nx-3,No,,\n"


@pytest.fixture
def workspace(sqlite_url: str, tmp_path: Path) -> Iterator[Workspace]:
    (tmp_path / "names.csv").write_text(NAMES, encoding="utf-8")
    listed = [{"name": "ours", "file": "names.csv", "approved": "spellings.csv"}]
    config = {
        "database": {"url": sqlite_url},
        "languages": ["en"],
        "topics": {"use": ["sanctions"]},
        "watchlists": listed,
    }
    (tmp_path / "config.yaml").write_text(yaml.safe_dump(config), encoding="utf-8")
    with open_workspace(tmp_path / "config.yaml", clock=lambda: NOW) as opened:
        ingest(
            opened.store,
            entry("1", "Tirvane Shipping denied it."),
            entry("2", "A tanker (IMO 9074729) of Tirvane Shipping left."),
        )
        yield opened


def test_the_archive_is_searched_and_the_first_hits_listed(workspace: Workspace) -> None:
    result = scan(workspace)
    assert (result.lists, result.names, result.read, result.hits) == (1, 3, 2, 3)
    assert {(hit.external_id, hit.hits) for hit in result.first} == {("x-1", 2), ("x-2", 1)}
    assert any("first hit" in line and "ours/x-2" in line for line in result.lines)
    assert any("too short" in line for line in result.lines)
    again = scan(workspace)
    assert (again.hits, again.first) == (0, ())
    assert len(first_hits(workspace)) == 2


def test_texts_are_looked_through_as_they_are_analysed(workspace: Workspace) -> None:
    watch = Watch(workspace)
    texts = workspace.store.pending_texts(limit=10)
    assert (watch.look(texts), watch.look(texts)) == (3, 0)


def test_without_lists_nothing_is_looked_for(sqlite_url: str, tmp_path: Path) -> None:
    (tmp_path / "config.yaml").write_text(yaml.safe_dump({"database": {"url": sqlite_url}}), encoding="utf-8")
    with open_workspace(tmp_path / "config.yaml", clock=lambda: NOW) as opened:
        ingest(opened.store, entry("1", "Tirvane Shipping denied it."))
        assert Watch(opened).look(opened.store.pending_texts(limit=10)) == 0
        assert scan(opened).read == 0


def test_an_approved_spelling_is_found_a_proposed_one_is_not(workspace: Workspace, tmp_path: Path) -> None:
    path, new = propose(workspace.config, "ours")
    assert (path, new) == (tmp_path / "spellings.csv", 6)
    ingest(workspace.store, entry("3", "Судно компании Тирване Схиппинг задержано в порту."))
    assert scan(workspace).hits == 3
    content = path.read_text(encoding="utf-8")
    spelled = next(line for line in content.splitlines() if line.endswith("latin-ru,") and "x-1" in line)
    path.write_text(content.replace(spelled, f"{spelled}yes"), encoding="utf-8")
    proposed = spelled.split(",")[2]
    ingest(workspace.store, entry("4", f"Судно компании {proposed} задержано в порту."))
    assert scan(workspace).hits == 1
    assert (
        workspace.store.frame("select * from report_entities where kind = 'watchlist'")["entry_id"].max() == 4
    )


def test_a_list_that_nobody_configured_is_named(workspace: Workspace) -> None:
    with pytest.raises(UsageError, match="no watchlist is called 'theirs'"):
        propose(workspace.config, "theirs")


# commands


@pytest.fixture
def run(workspace: Workspace, tmp_path: Path) -> Callable[..., Any]:
    app = typer.Typer()

    @app.callback()
    def options(context: typer.Context) -> None:
        context.obj = Options(config=tmp_path / "config.yaml")

    watchlists.register(app)
    retag.register(app)
    return lambda *arguments: CliRunner().invoke(app, list(arguments))


def test_the_commands_answer_people_and_programs(run: Callable[..., Any]) -> None:
    assert "ours: 3 names" in run("watchlists", "check").output
    assert json.loads(run("watchlists", "scan", "--json").output)["hits"] == 3
    assert run("watchlists", "hits").output.count("first hit") == 2
    assert "6 new proposals" in run("watchlists", "propose", "ours").output


def test_a_retag_is_asked_from_when_on(run: Callable[..., Any], workspace: Workspace) -> None:
    assert isinstance(run("retag").exception, UsageError)
    analyse(workspace)
    assert "nothing to re-tag" in run("retag", "--since", "all").stdout
    said = json.loads(run("retag", "--since", "30d", "--all", "--dry-run", "--json").stdout)
    assert (said["dry_run"], said["gained"], said["code_version"] != "") == (True, [], True)
