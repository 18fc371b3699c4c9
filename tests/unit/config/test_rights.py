"""`rights` of an outlet: what may be written, and what becomes of it."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from monitor.config import feed_sources, load_config
from monitor.errors import MonitorError
from monitor.types.source import Rights


def rights(folder: Path, written: str) -> Rights:
    path = folder / "config.yaml"
    outlet = f"outlets:\n- name: Gazette\n  rights: {written}\n  feeds: [{{rss: 'https://gazette.example/feed'}}]\n"
    path.write_text(outlet, encoding="utf-8")
    [source] = feed_sources(load_config(path))
    return source.outlet.rights


def test_nothing_said_permits_everything(tmp_path: Path) -> None:
    assert rights(tmp_path, "{}") == Rights()


def test_rights_reach_the_outlet(tmp_path: Path) -> None:
    written = "{licence: CC BY 4.0, excerpt_length: 200, retention: 30d, machine_learning: false}"
    assert rights(tmp_path, written) == Rights(
        licence="CC BY 4.0", excerpt_length=200, retention=dt.timedelta(days=30), machine_learning=False
    )


@pytest.mark.parametrize(
    "written", ["{excerpt_length: -1}", "{retention: 5m}", "{license: MIT}", "{retention: soon}"]
)
def test_what_cannot_be_meant_is_refused(tmp_path: Path, written: str) -> None:
    with pytest.raises(MonitorError):
        rights(tmp_path, written)
