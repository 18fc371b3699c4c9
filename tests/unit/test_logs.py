"""Logs: one event one line, nothing of a feed or a secret gets out of it."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor import logs


def test_one_event_is_one_line_of_json(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure(json=True)
    logs.logger(feed="a\nb").info("polled", title="evil\r\n\x1b[31mred\u2028line")
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 1
    event = json.loads(lines[0])
    assert "\x1b" not in lines[0]
    assert event["feed"] == "a\\u000ab"


@given(st.text())
def test_any_text_becomes_one_safe_line(text: str) -> None:
    line = logs.one_line(text)
    assert len(line.splitlines()) <= 1
    assert len(line) <= 2000
    line.encode("utf-8")


@pytest.mark.parametrize(
    "text",
    [
        "postgresql+psycopg://desk:hunter2@db/news",
        "https://feed.example/rss?token=hunter2&page=2",
        "https://feed.example/rss?a=1&api_key=hunter2",
        "password=hunter2",
    ],
)
def test_secrets_of_addresses_are_redacted(text: str) -> None:
    assert "hunter2" not in logs.redact(text, {})
    assert "***" in logs.redact(text, {})


def test_the_value_of_a_secret_variable_is_redacted_wherever_it_stands() -> None:
    assert (
        logs.redact("login with hunter2 failed", {"MONITOR_MAIL_PASSWORD": "hunter2"})
        == "login with *** failed"
    )


def test_a_field_named_like_a_secret_is_not_written(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure(json=True)
    logs.logger().info("login", password="hunter2")
    assert "hunter2" not in capsys.readouterr().err
