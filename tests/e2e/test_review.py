"""`monitor claims` and `monitor review` on a database with claims."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from monitor.cli.claims import dialogue
from monitor.config import Config
from monitor.pipeline.review import open_claims
from monitor.pipeline.workspace import Workspace
from monitor.report.review_book import COLUMNS
from monitor.store import Store
from tests.commands import Monitor
from tests.store.making import DAY, NOW
from tests.store.test_ledger import settle, story

EVER = "2000-01-01"


@pytest.fixture
def config(tmp_path: Path, sqlite_url: str) -> Path:
    with Store.open(sqlite_url) as store:
        settle(store, *story(store))
    path = tmp_path / "config.yaml"
    path.write_text(f"database: {{url: '{sqlite_url}'}}\n", encoding="utf-8")
    return path


def listed(run_monitor: Monitor, config: Path) -> list[dict[str, Any]]:
    assert run_monitor("-c", config, "claims", "list", "--since", EVER, "--json") == 0
    return list(json.loads(run_monitor.out))


def test_claims_are_listed_shown_and_decided_by_name(config: Path, run_monitor: Monitor) -> None:
    first, second, third = listed(run_monitor, config)
    assert run_monitor("-c", config, "claims", "show", first["uid"]) == 0
    assert "KP → SD: artillery-ammunition" in run_monitor.out
    decided = [
        "--confirm",
        first["uid"],
        "--reject",
        second["uid"],
        "--correct",
        third["uid"],
        "items=drones",
        "quantity=5",
    ]
    assert run_monitor("-c", config, "claims", "review", "--reason", "read", "--who", "desk", *decided) == 0
    assert listed(run_monitor, config) == []
    assert run_monitor("-c", config, "claims", "review", "--reject", second["uid"]) == 0
    assert "decided so already" in run_monitor.out
    assert run_monitor("-c", config, "claims", "review", "--open", "0" * 32) == 1


@pytest.mark.parametrize(
    "arguments",
    [["review"], ["review", "supplier=KP"], ["review", "--correct", "x", "items=pears"], ["show", "x"]],
)
def test_wrong_use_is_said(config: Path, run_monitor: Monitor, arguments: list[str]) -> None:
    assert run_monitor("-c", config, "claims", *arguments) == 2
    assert run_monitor.err.startswith("error: ")


def test_claims_are_exported_for_programs(config: Path, tmp_path: Path, run_monitor: Monitor) -> None:
    lines, table = tmp_path / "claims.jsonl", tmp_path / "claims.csv"
    for path in (lines, table):
        assert run_monitor("-c", config, "claims", "export", "-o", path) == 0
    rows = [json.loads(line) for line in lines.read_text(encoding="utf-8").splitlines()]
    assert [row["supplier"] for row in rows] == [["KP"]] * 3
    assert len(table.read_text(encoding="utf-8-sig").splitlines()) == 4
    assert run_monitor("-c", config, "claims", "export", "-o", tmp_path / "claims.txt") == 2


def test_a_workbook_goes_out_and_comes_back_once(config: Path, tmp_path: Path, run_monitor: Monitor) -> None:
    path = tmp_path / "review.xlsx"
    assert run_monitor("-c", config, "review", "export", path, "--since", EVER) == 0
    assert "claims 3" in run_monitor.out
    book = openpyxl.load_workbook(io.BytesIO(path.read_bytes()))
    verdict = COLUMNS["claims"].index("verdict") + 1
    book["claims"].cell(row=2, column=verdict).value = "reject"
    book["claims"].cell(row=3, column=verdict).value = "perhaps"
    book["claims"].cell(row=4, column=1).value = "0" * 32
    book["claims"].cell(row=4, column=verdict).value = "confirm"
    book.save(path)
    assert run_monitor("-c", config, "review", "import", path, "--json") == 1
    first = json.loads(run_monitor.out)
    assert (first["recorded"], first["unchanged"]) == (1, 0)
    assert [problem.split(":")[0] for problem in first["problems"]] == ["claims row 3", "claims row 4"]
    assert run_monitor("-c", config, "review", "import", path, "--json") == 1
    assert json.loads(run_monitor.out)["unchanged"] == 1
    assert len(listed(run_monitor, config)) == 2


def test_a_dialogue_decides_one_by_one(store: Store) -> None:
    settle(store, *story(store))
    workspace = Workspace(Config(), store, lambda: NOW, "test")
    waiting = open_claims(workspace, since=NOW - 9 * DAY)
    answers = iter(["s", "e", "items=pears", "", "e", "supplier=IR; quantity=3", "it says Iran"])
    assert (
        dialogue(workspace, [waiting[0], waiting[1], waiting[1]], "desk", lambda *_, **__: next(answers)) == 1
    )
    frame = store.frame(
        "select supplier, decision from report_claims where uid = :uid", {"uid": waiting[1]["uid"]}
    )
    assert frame.to_numpy().tolist() == [['["IR"]', "corrected"]]
    assert next(answers, None) is None
