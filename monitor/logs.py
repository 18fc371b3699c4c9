"""Structured logs: one event one line, controls escaped, secrets redacted, cut at 2,000 characters."""

from __future__ import annotations

import logging
import os
import re
import sys
from collections.abc import Iterator, Mapping, MutableMapping
from contextlib import contextmanager
from typing import Any

import structlog

_LONGEST = 2000
_USERINFO = re.compile(r"(\w+://)[^/@\s]+@")
_TOKEN = re.compile(r"(?i)\b((?:api_?key|token|secret|password|passwd|signature|sig|auth)=)[^&\s]+")
_UNSAFE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_SECRET_NAMES = re.compile(r"(?i)password|secret|token|api_?key|authorization|session")


def redact(text: str, environment: Mapping[str, str] | None = None) -> str:
    """A text without user names and passwords of URLs, secret parameters, and values of secret variables."""
    text = _TOKEN.sub(r"\1***", _USERINFO.sub(r"\1***@", text))
    for name, value in (os.environ if environment is None else environment).items():
        if name.startswith("MONITOR_") and _SECRET_NAMES.search(name) and len(value) >= 4:
            text = text.replace(value, "***")
    return text


def one_line(value: object) -> str:
    """Any value as one safe line: controls, line separators and surrogates as escapes, at most 2,000 characters."""
    text = redact(str(value))
    text = _UNSAFE.sub(lambda match: f"\\u{ord(match[0]):04x}", text)
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def _clean(_: object, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    return {
        key: "***"
        if _SECRET_NAMES.search(key)
        else value
        if isinstance(value, int | float)
        else one_line(value)
        for key, value in event.items()
        if value is not None
    }


def configure(*, json: bool | None = None, level: str = "info") -> None:
    """Send logs to standard error: lines of JSON, or readable ones on a terminal."""
    as_json = not sys.stderr.isatty() if json is None else json
    renderer: Any = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if as_json
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _clean,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
        # the standard error of now: one that was replaced and closed meanwhile must not fail a run
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),
        cache_logger_on_first_use=False,
    )


def logger(**context: object) -> Any:
    """A logger with run, feed or worker bound to every line."""
    return structlog.get_logger().bind(**context)


@contextmanager
def bound(**context: object) -> Iterator[None]:
    """Every line that is logged within says these too: the run, its stage, the worker."""
    with structlog.contextvars.bound_contextvars(**context):
        yield
