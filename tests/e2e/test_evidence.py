"""Evidence of the demo: captured by analysis, bundled by the command, opened in a browser; the archive asked on loopback."""

from __future__ import annotations

import hashlib
import io
import os
import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest
from aiohttp import web
from warcio.archiveiterator import ArchiveIterator

from monitor.config.keeping import Evidence
from monitor.config.model import Config, Polling
from monitor.pipeline.capture import capture_pending, check_captures, submit_captures
from monitor.pipeline.workspace import Workspace
from monitor.store import Store
from tests.commands import Monitor
from tests.e2e.conftest import Demo
from tests.loopback import StartWeb
from tests.store.making import NOW
from tests.store.test_evidence import polled


def bundle(run: Demo, uid: str, tmp_path: Path, run_monitor: Monitor) -> dict[str, bytes]:
    path = tmp_path / "evidence.zip"
    config = run.workspace.config.base / "config.yaml"
    assert run_monitor("-c", config, "evidence", uid, "-o", path) == 0
    with zipfile.ZipFile(path) as folder:
        return {name.split("/", 1)[1]: folder.read(name) for name in folder.namelist()}


def test_every_claim_of_the_demo_is_captured_and_untouched(run: Demo) -> None:
    claims = set(run.workspace.store.frame("select distinct entry_uid from report_claims")["entry_uid"])
    assert {line.entry for line in run.workspace.store.manifest()} == claims
    assert check_captures(run.workspace).problems == ()


def test_the_capture_holds_the_very_answer_with_the_words_of_the_claim(
    run: Demo, tmp_path: Path, run_monitor: Monitor
) -> None:
    frame = run.workspace.store.frame(
        "select uid, evidence from report_claims where outlet = 'Northlight Wire' order by claim_id"
    )
    files = bundle(run, frame["uid"].iloc[0], tmp_path, run_monitor)
    [warc] = [content for name, content in files.items() if name.startswith("captures/")]
    bodies = [
        record.content_stream().read()
        for record in ArchiveIterator(io.BytesIO(warc))
        if record.rec_type == "response"
    ]
    assert len(bodies) == 1
    assert frame["evidence"].iloc[0][:30].encode() in bodies[0]
    assert frame["evidence"].iloc[0] in files["text.txt"].decode()
    sums = dict(line.split("  ")[::-1] for line in files.pop("SHA256SUMS").decode().splitlines())
    assert sums == {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}


@pytest.mark.parametrize("outlet", ["Minbar al-Sharq", "Saebyeok Ilbo", "Pier Watch"])
def test_the_page_opens_in_a_browser_with_the_words_marked(
    run: Demo, tmp_path: Path, run_monitor: Monitor, outlet: str
) -> None:
    browser = shutil.which("chromium") or shutil.which("chromium-browser")
    if browser is None:
        pytest.skip("Chromium is not installed")
    rows = run.workspace.store.frame(
        "select uid, evidence, field from report_claims where outlet = :outlet order by claim_id",
        {"outlet": outlet},
    )
    files = bundle(run, rows["uid"].iloc[0], tmp_path, run_monitor)
    page = tmp_path / "index.html"
    page.write_bytes(files["index.html"])
    command = [
        browser, "--headless", "--no-sandbox", "--disable-gpu", "--enable-logging=stderr",
        f"--user-data-dir={tmp_path / 'profile'}", "--dump-dom", page.as_uri(),
    ]  # fmt: skip
    environment = {**os.environ, "HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path)}
    done = subprocess.run(command, capture_output=True, timeout=120, env=environment, check=False)
    assert done.returncode == 0
    shown = done.stdout.decode()
    marks = [part.split("</mark>")[0] for part in shown.split("<mark>")[1:]]
    assert "".join(marks).replace("\n", " ").split() == str(rows["evidence"].iloc[0]).split()
    assert not [line for line in done.stderr.decode(errors="replace").splitlines() if "CONSOLE" in line]


def test_what_nothing_has_as_its_uid_is_refused(run: Demo, tmp_path: Path, run_monitor: Monitor) -> None:
    config = run.workspace.config.base / "config.yaml"
    assert run_monitor("-c", config, "evidence", "../../etc/passwd", "-o", tmp_path / "x.zip") == 2
    assert "nothing has the uid" in run_monitor.err
    assert not (tmp_path / "x.zip").exists()


def test_captures_are_checked_and_entries_pinned_by_command(run: Demo, run_monitor: Monitor) -> None:
    config = run.workspace.config.base / "config.yaml"
    [uid] = run.workspace.store.frame("select uid from report_entries where outlet = 'Fil Léman' limit 1")[
        "uid"
    ]
    assert run_monitor("-c", config, "pin", uid, "--reason", "look") == 0
    assert "its answer is captured" in run_monitor.out
    assert run_monitor("-c", config, "pin", uid, "--release") == 0
    assert run_monitor("-c", config, "captures", "check") == 0
    assert "0 problems" in run_monitor.out
    assert run_monitor("-c", config, "captures", "submit") == 0
    assert "nobody is told" in run_monitor.out
    assert run_monitor("-c", config, "pin", "0" * 32) == 2


async def test_a_public_archive_is_asked_only_where_a_person_opted_in(
    sqlite_url: str, tmp_path: Path, web_server: StartWeb
) -> None:
    asked: list[str] = []

    async def save(request: web.Request) -> web.Response:
        asked.append(request.match_info["page"])
        if request.match_info["page"].endswith("/b"):
            return web.Response(status=503)
        return web.Response(text="saved")

    base = await web_server({"/save/{page:.*}": save})
    with Store.open(sqlite_url) as store:
        polled(store, "a", "b", claimed=("a", "b"))
        polling = Polling(allow_networks=("127.0.0.1/32",), host_gap=0)  # type: ignore[arg-type]
        taken = []
        for on in (False, True, True):
            options = Evidence(archive_submit=on, archive_url=f"{base}/save/")
            config = Config(base=tmp_path, evidence=options, polling=polling)
            here = Workspace(config, store, lambda: NOW, "test")
            capture_pending(here)
            taken.append((await submit_captures(here), len(asked)))
    # never while it is off; each page once, also one that failed
    assert taken == [(0, 0), (1, 2), (0, 2)]
    assert sorted(asked) == ["https://gazette.example/a", "https://gazette.example/b"]
