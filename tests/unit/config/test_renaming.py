"""Renamed keys are understood with a warning, and rewritten with comments and layout kept."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from monitor.config import check_config, config_warnings, fix_config, renaming
from monitor.config.renaming import Renamed, rename, rewritten
from monitor.errors import ConfigError

TABLE = (
    Renamed(("polling", "mailbox"), ("polling", "contact"), "0.3"),
    Renamed(("report", "keep_pages"), ("retention", "raw_pages"), "0.3"),
)

BLOCK = """\
# our desk
polling:          # politeness
  mailbox: "a@b.example"   # who to write to
  every: 5m
report:
  keep_pages: 7d  # a week
  schedule: "0 6 * * *"
"""
BLOCK_FIXED = """\
# our desk
polling:          # politeness
  contact: "a@b.example"   # who to write to
  every: 5m
report:
  schedule: "0 6 * * *"
retention:
  raw_pages: 7d
"""
FLOW = "polling: {every: 5m, mailbox: x@y.example}  # short\nreport: {keep_pages: 7d, schedule: '0 6 * * *'}\nretention: {logs: 9d}\n"
FLOW_FIXED = (
    "polling: {every: 5m, contact: x@y.example}  # short\nreport: {schedule: '0 6 * * *'}\n"
    "retention: {raw_pages: 7d, logs: 9d}\n"
)


@pytest.mark.parametrize(
    ("before", "after"), [(BLOCK, BLOCK_FIXED), (FLOW, FLOW_FIXED), (BLOCK_FIXED, BLOCK_FIXED)]
)
def test_keys_move_and_everything_else_stays(before: str, after: str) -> None:
    assert rewritten(before, TABLE) == after
    assert rewritten(after, TABLE) == after


@pytest.mark.parametrize(
    "text",
    [
        "polling:\n  mailbox: a@b.example\n  contact: c@d.example\n",
        "report:\n  keep_pages:\n    - 7d\n    - 8d\n",
    ],
)
def test_what_cannot_be_moved_safely_is_left_as_it_is(text: str) -> None:
    assert rewritten(text, TABLE) in {None, text}


def test_plain_data_is_renamed_and_both_together_are_named() -> None:
    data = yaml.safe_load(BLOCK)
    assert [one.both for one in rename(data, TABLE)] == [False, False]
    assert data["polling"]["contact"] == "a@b.example" and data["retention"] == {"raw_pages": "7d"}
    both = {"polling": {"mailbox": "x", "contact": "y"}}
    assert [one.both for one in rename(both, TABLE)] == [True]
    assert both == {"polling": {"mailbox": "x", "contact": "y"}}


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(rename, "__defaults__", (TABLE,))
    monkeypatch.setattr(rewritten, "__defaults__", (TABLE,))
    path = tmp_path / "config.yaml"
    path.write_text(BLOCK, encoding="utf-8")
    return path


def test_an_old_key_works_for_a_release_and_is_warned_of_with_its_line(config: Path) -> None:
    loaded, problems = check_config(config, {})
    assert loaded is not None and problems == ()
    assert loaded.polling.contact == "a@b.example"
    assert [(one.line, "config check --fix" in one.message) for one in config_warnings(config, {})] == [
        (3, True),
        (6, True),
    ]


def test_fix_rewrites_and_keeps_what_was(config: Path) -> None:
    assert len(fix_config(config, {})) == 2
    assert config.read_text() == BLOCK_FIXED
    assert config.with_name("config.yaml.before-fix").read_text() == BLOCK
    assert fix_config(config, {}) == ()
    assert config_warnings(config, {}) == ()


def test_fix_leaves_alone_what_a_person_must_move(config: Path) -> None:
    text = "report:\n  keep_pages: |\n    7d\n"
    config.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError, match="by hand"):
        fix_config(config, {})
    assert config.read_text() == text


def test_the_table_of_this_release_names_keys_that_exist() -> None:
    from monitor.config import Config

    for one in renaming.RENAMED:
        assert one.new[0] in Config.model_fields
