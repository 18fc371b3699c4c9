"""The commands of the contract: what they take, print and exit with."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from monitor.pipeline.workspace import open_workspace
from tests.commands import Monitor
from tests.store.making import annotate_all, entry, ingest

COMMANDS = [
    "config check", "config schema", "upgrade", "db upgrade", "db check", "db backup", "db restore", "db copy", "archive", "archive restore", "feeds list", "feeds check", "feeds add", "feeds import",
    "feeds export", "feeds backfill", "poll", "analyse", "run", "tick", "maintain", "replay", "retag", "search", "browse", "db rollup", "annotate", "group", "report",
    "claims list", "claims show", "claims review", "claims export", "review export", "review import", "pin", "captures check", "captures submit",
    "digest build", "digest send", "digest preview", "digest test", "alerts send", "alerts test", "evidence", "telegram login", "telegram logout", "status", "doctor",
]  # fmt: skip


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "config.yaml"
    path.write_text("database: {url: 'sqlite:///monitor.db'}\n", encoding="utf-8")
    return path


def lines(path: Path, *items: dict[str, object]) -> Path:
    path.write_text("".join(json.dumps(item, ensure_ascii=False) + "\n" for item in items), encoding="utf-8")
    return path


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(command: str, run_monitor: Monitor) -> None:
    assert run_monitor(*command.split(), "--help") == 0
    assert "Usage:" in run_monitor.out


@pytest.mark.parametrize("arguments", [["--nonsense"], ["nonsense"], ["poll", "--nonsense"]])
def test_wrong_use_exits_with_2(arguments: list[str], run_monitor: Monitor) -> None:
    assert run_monitor(*arguments) == 2


def test_a_missing_configuration_is_wrong_use(tmp_path: Path, run_monitor: Monitor) -> None:
    assert run_monitor("-c", tmp_path / "none.yaml", "poll") == 2
    assert "cannot be read" in run_monitor.err


def test_a_database_that_is_not_there_says_what_to_run(config: Path, run_monitor: Monitor) -> None:
    assert run_monitor("-c", config, "analyse") == 3
    assert "monitor db upgrade" in run_monitor.err


def test_a_database_is_made_checked_and_left_alone(config: Path, run_monitor: Monitor) -> None:
    assert run_monitor("-c", config, "db", "check") == 3
    assert run_monitor("-c", config, "db", "upgrade") == 0
    assert "migrated" in run_monitor.out
    assert run_monitor("-c", config, "db", "upgrade") == 0
    assert "already" in run_monitor.out
    assert run_monitor("-c", config, "db", "check") == 0


def test_config_check_lists_problems_and_exits_with_2(config: Path, run_monitor: Monitor) -> None:
    config.write_text("poling: {}\nlanguages: [xx]\n", encoding="utf-8")
    assert run_monitor("-c", config, "config", "check") == 2
    assert len(run_monitor.out.splitlines()) == 2
    assert run_monitor("-c", config, "config", "check", "--json") == 2
    assert json.loads(run_monitor.out)["ok"] is False


def test_an_empty_installation_polls_analyses_reports_and_says_how_it_goes(
    config: Path, tmp_path: Path, run_monitor: Monitor
) -> None:
    run_monitor("-c", config, "db", "upgrade")
    assert run_monitor("-c", config, "poll", "--json") == 0
    assert json.loads(run_monitor.out)["feeds"] == 0
    assert run_monitor("-c", config, "analyse") == 0
    assert run_monitor("-c", config, "report", "--out", tmp_path / "out") == 0
    assert (tmp_path / "out" / "report.html").is_file()
    assert run_monitor("-c", config, "status", "--json") == 0
    json.loads(run_monitor.out)
    assert run_monitor("-c", config, "feeds", "list", "--json") == 0
    assert json.loads(run_monitor.out) == []
    assert run_monitor("-c", config, "tick") == 0


@pytest.mark.parametrize("arguments", [["report", "--from", "yesterday"], ["analyse", "--since", "long ago"]])
def test_a_time_that_cannot_be_read_says_how_to_write_it(
    arguments: list[str], config: Path, run_monitor: Monitor
) -> None:
    run_monitor("-c", config, "db", "upgrade")
    assert run_monitor("-c", config, *arguments) == 2
    assert "write 2026-11-20" in run_monitor.err


def test_a_feed_that_is_not_there_is_named(config: Path, run_monitor: Monitor) -> None:
    run_monitor("-c", config, "db", "upgrade")
    assert run_monitor("-c", config, "poll", "--feed", "nobody") == 2
    assert "nobody" in run_monitor.err


def test_annotate_reads_and_writes_json_lines(tmp_path: Path, config: Path, run_monitor: Monitor) -> None:
    source = lines(
        tmp_path / "in.jsonl",
        {
            "id": "a",
            "title": "EU adopts new sanctions on tanker fleet",
            "body": "The Council froze assets.",
            "lang": "en",
        },
        {
            "id": "b",
            "title": "Rain expected",
            "body": "Bring an umbrella on Sunday, the weather office said.",
        },
    )
    assert run_monitor("-c", config, "annotate", source, "-o", tmp_path / "out.jsonl") == 0
    first, second = map(json.loads, (tmp_path / "out.jsonl").read_text(encoding="utf-8").splitlines())
    assert (first["id"], first["language"], first["topics"]) == ("a", "en", ["sanctions"])
    assert set(first) >= {"id", "language", "topics", "mentions", "cites_media", "claims"}
    for mention in first["mentions"]:
        text = {"title": "EU adopts new sanctions on tanker fleet", "body": "The Council froze assets."}[
            mention["field"]
        ]
        assert text[mention["start_char"] : mention["end_char"]] == mention["term"]
    assert second["topics"] == []


def test_annotate_needs_no_configuration(
    tmp_path: Path, run_monitor: Monitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    source = lines(tmp_path / "in.jsonl", {"id": "a", "title": "", "body": ""})
    assert run_monitor("annotate", source) == 0
    assert json.loads(run_monitor.out)["id"] == "a"


@pytest.mark.parametrize(
    ("line", "said"), [("{", "is not JSON"), ("[]", "has no `id`"), ('{"title": "x"}', "has no `id`")]
)
def test_a_line_that_cannot_be_read_is_named(
    line: str, said: str, tmp_path: Path, run_monitor: Monitor
) -> None:
    source = tmp_path / "in.jsonl"
    source.write_text('{"id": 1}\n' + line + "\n", encoding="utf-8")
    assert run_monitor("annotate", source, "-o", tmp_path / "out.jsonl") == 2
    assert said in run_monitor.err
    assert ":2 " in run_monitor.err
    assert not (tmp_path / "out.jsonl").exists(), "a file is written whole or not at all"


def test_group_puts_copies_in_one_story(tmp_path: Path, run_monitor: Monitor, config: Path) -> None:
    text = (
        "The harbour council of Quillmouth approved a new pier on Tuesday after eleven hours of debate, the mayor's office "
        "said. Fishing crews had asked for the pier since the storm of last winter tore the old one away. Work begins in March "
        "and is to be paid from the county's flood fund."
    )
    source = lines(
        tmp_path / "in.jsonl",
        {
            "id": "a",
            "title": "Quillmouth approves its pier",
            "body": text,
            "published_at": "2026-11-20T08:00:00Z",
        },
        {
            "id": "b",
            "title": "Quillmouth approves its pier",
            "body": f"(Agency) - {text}",
            "published_at": "2026-11-20T09:00:00Z",
        },
        {
            "id": "c",
            "title": "Museum of salt reopens",
            "body": "The museum of salt has a new roof.",
            "published_at": "2026-11-20T09:00:00Z",
        },
    )
    assert run_monitor("-c", config, "group", source) == 0
    stories = {
        item["id"]: (item["story"], item["cluster"]) for item in map(json.loads, run_monitor.out.splitlines())
    }
    assert stories["a"] == stories["b"]
    assert stories["a"][0] != stories["c"][0]


def test_search_marks_the_words_and_prints_for_people_and_programs(
    config: Path, run_monitor: Monitor
) -> None:
    run_monitor("-c", config, "db", "upgrade")
    with open_workspace(config) as workspace:
        ingest(workspace.store, entry("1", "新一轮制裁针对导弹。", title="F-16 \x1b[31mradar"))
        annotate_all(workspace.store, "sanctions", language="zh")
    assert run_monitor("-c", config, "search", "制裁", "OR", "title:f16", "--topic", "sanctions") == 0
    assert (
        "新一轮[制裁]针对导弹" in run_monitor.out
        and "[F-16]" in run_monitor.out
        and "1 found" in run_monitor.out
    )
    assert "\x1b" not in run_monitor.out
    assert run_monitor("-c", config, "search", "导弹", "--json") == 0
    [hit] = json.loads(run_monitor.out)
    assert hit["marks"] == [{"field": "body", "start": 7, "end": 9}] and hit["excerpt"][7:9] == "导弹"
    assert run_monitor("-c", config, "search", "制裁", "--lang", "fr") == 0
    assert "nothing found" in run_monitor.out
    assert run_monitor("-c", config, "search", "NOT", "x") == 2
    assert "must not be there" in run_monitor.err
    assert run_monitor("-c", config, "search", "--rebuild") == 0
    assert "1 entries indexed" in run_monitor.out
    assert run_monitor("-c", config, "db", "rollup", "--rebuild") == 0
    assert "1 days counted" in run_monitor.out
