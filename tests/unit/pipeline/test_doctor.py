"""Doctor finds what is wrong and says how to mend it; a probe is told when it is not well."""

from __future__ import annotations

import datetime as dt
import importlib.metadata
import importlib.util
import json
from pathlib import Path
from typing import Any

import pytest

from monitor.config import load_config
from monitor.pipeline import versions
from monitor.pipeline.health import diagnose, unwell
from monitor.pipeline.state_checks import clocks, file_system, hanging, models, permissions
from monitor.store import Store
from tests.commands import Monitor
from tests.populated import config_of
from tests.store.making import DAY, HOUR, MINUTE, NOW, entry, ingest


@pytest.mark.parametrize(
    ("package", "version", "breaks"),
    [
        ("fastapi", "0.155.0", True), ("fastapi", "0.150.0", None), ("sqlalchemy", "2.1.0b1", True),
        ("sqlalchemy", "2.0.58", None), ("aiohttp", "3.13.2", False), ("aiohttp", "3.14.0", None),
        ("urllib3", "2.6.3", False), ("prefect", "4.0.0", True), ("jinja2", "3.1.5", False),
    ],
)  # fmt: skip
def test_versions_that_do_not_fit_are_named_with_the_remedy(
    package: str, version: str, breaks: bool | None
) -> None:
    def installed(name: str) -> str:
        if name != package:
            raise importlib.metadata.PackageNotFoundError(name)
        return version

    found = list(versions.packages(installed))
    assert [one.breaks for one in found] == ([] if breaks is None else [breaks])
    assert all(version in one.text and "make install" in one.text for one in found)


def test_this_installation_fits() -> None:
    assert [one.text for one in versions.packages() if one.breaks] == []


@pytest.mark.parametrize(
    ("version", "holes"),
    [((3, 11, 7), 2), ((3, 11, 12), 1), ((3, 11, 15), 0), ((3, 12, 4), 2), ((3, 13, 12), 0), ((3, 15, 0), 0)],
)
def test_holes_of_pythons(version: tuple[int, ...], holes: int) -> None:
    found = versions.python(version)
    assert (found.text.count("CVE") if found else 0) == holes


@pytest.mark.parametrize(
    ("version", "safe"),
    [
        ((3, 40, 1), False),
        ((3, 44, 6), True),
        ((3, 44, 5), False),
        ((3, 50, 7), True),
        ((3, 51, 2), False),
        ((3, 52, 0), True),
    ],
)
def test_the_wal_race_of_sqlite(version: tuple[int, ...], safe: bool) -> None:
    assert (versions.sqlite(version) is None) is safe
    assert (versions.expat((2, 4, 0)), versions.expat((2, 5, 0))) != (None, None)


def test_permissions_of_state_are_looked_at(tmp_path: Path) -> None:
    database = tmp_path / "monitor.db"
    database.touch(mode=0o600)
    path = config_of(tmp_path, f"sqlite:///{database}")
    config = load_config(path)
    assert list(permissions(config, path)) == [("permissions", "")]
    database.chmod(0o644)
    [(_, trouble)] = permissions(config, path)
    assert f"chmod o= {database}" in trouble
    database.chmod(0o600)
    path.write_text(path.read_text() + "# proxy: http://user:secret@proxy.example:8080\n", encoding="utf-8")
    path.chmod(0o644)
    [(_, trouble)] = permissions(config, path)
    assert f"chmod o= {path}" in trouble and "secret" not in trouble


def test_sqlite_on_a_network_file_system_is_warned_of() -> None:
    mounts = "/dev/sda1 / ext4 rw 0 0\nfiler:/x /srv/news\\040room nfs4 rw 0 0\n"
    assert "nfs4" in file_system(Path("/srv/news room/monitor.db"), mounts)
    assert file_system(Path("/srv/other/monitor.db"), mounts) == ""


def test_clocks_that_differ_and_runs_that_hang_are_found(store: Store) -> None:
    now = dt.datetime.now(dt.UTC)
    ingest(store, entry("a"), now=now)
    assert clocks(store, lambda: now) == ("clock", "")
    assert clocks(store, lambda: now - DAY)[1] != "", "the clock went back a day"
    store.start_run("poll", now=now - 3 * HOUR)
    assert "poll since" in hanging(store, lambda: now)[1]
    assert hanging(store, lambda: now - 2 * HOUR)[1] == ""


def test_a_model_that_is_not_installed_is_named(tmp_path: Path) -> None:
    asked = config_of(tmp_path, "sqlite:///x.db", "clusters: {embedder: 'sentence-transformers:small'}\n")
    assert "pip install sentence-transformers" in models(load_config(asked))[1]
    none = config_of(tmp_path, "sqlite:///x.db", "clusters: {embedder: none}\n")
    assert models(load_config(none)) == ("models", "")


@pytest.mark.skipif(
    importlib.util.find_spec("argostranslate") is not None, reason="argostranslate is installed"
)
def test_a_translator_that_is_not_installed_is_named_with_what_is_lost(tmp_path: Path) -> None:
    asked = config_of(tmp_path, "sqlite:///x.db", "clusters: {embedder: none}\ntranslator: {kind: argos}\n")
    said = models(load_config(asked))[1]
    assert "headlines stay in their own language; pip install .[argos]" in said


def summary(**values: Any) -> dict[str, Any]:
    return {
        "feeds": {"healthy": 3}, "last_success_at": NOW - MINUTE, "oldest_pending_at": None, "deliveries": {"sent": 4},
    } | values  # fmt: skip


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({}, []),
        ({"last_success_at": NOW - 3 * HOUR}, ["no feed was polled"]),
        ({"last_success_at": None}, ["no feed was polled"]),
        ({"feeds": {}, "last_success_at": None}, []),
        ({"oldest_pending_at": NOW - 3 * HOUR}, ["analysis is behind"]),
        ({"deliveries": {"failed": 2}}, ["2 deliveries failed"]),
    ],
)
def test_a_probe_is_told_what_is_not_well(values: dict[str, Any], said: list[str], tmp_path: Path) -> None:
    config = load_config(config_of(tmp_path, "sqlite:///x.db"))
    found = unwell(summary(**values), config, NOW)
    assert len(found) == len(said) and all(start in one for one, start in zip(found, said, strict=True))


def test_status_answers_a_program_and_a_probe(sqlite_url: str, tmp_path: Path, run_monitor: Monitor) -> None:
    config = config_of(tmp_path, sqlite_url)
    with Store.open(sqlite_url) as store:
        ingest(store, entry("a"), now=NOW)
    assert run_monitor("-c", config, "status", "--json") == 0
    said = json.loads(run_monitor.out)
    assert {"last_success_at", "pending_analysis", "feeds_silent", "deliveries", "last_good_runs"} <= set(
        said
    )
    assert len(said["unwell"]) == 2
    assert run_monitor("-c", config, "status", "--probe") == 1


def test_doctor_goes_on_after_each_fault(tmp_path: Path) -> None:
    found = diagnose(config_of(tmp_path, f"sqlite:///{tmp_path / 'none.db'}"))
    by_name = {one.check: one for one in found}
    assert by_name["database"].mark == "FAIL" and "monitor db upgrade" in by_name["database"].text
    assert {"disk space", "permissions", "models", "file system"} <= set(by_name)
