"""Every command of the tutorial is run, in its order, on the bundled newsroom in place of the world."""

from __future__ import annotations

import asyncio
import datetime as dt
import os
import re
import shlex
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

import pytest
import yaml

from monitor.pipeline import demo
from monitor.pipeline.newsroom import newsroom
from tests.e2e.conftest import Demo
from tests.mail_server import Server

ROOT = Path(__file__).resolve().parents[2]
TUTORIAL = (ROOT / "docs" / "tutorial" / "first-steps.md").read_text(encoding="utf-8")
#: `make demo` is what tools/contract.sh runs in `make check`; `make serve` goes on until it is stopped:
#: tests/flows/test_scheduled.py starts it and waits for a scheduled run.
ELSEWHERE = {"make demo", "make serve"}


def commands() -> list[str]:
    """What the page tells a person to type: indented lines, and in the text what must be typed as well."""
    blocks = re.findall(r"(?:^ {4}\S.*\n)(?: {4,}.*\n)*", TUTORIAL, flags=re.MULTILINE)
    lines = [line.strip() for block in blocks for line in re.sub(r"\\\n\s*", " ", block).splitlines()]
    inline = re.findall(r"`(\.venv/bin/monitor [a-z][^`]*)`", TUTORIAL)
    return [line for line in [*lines, *inline] if line]


def recipe(target: str) -> str:
    """What a target of the Makefile runs."""
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    [found] = re.findall(rf"^{target}:.*\n\t@\$\(BIN\)/(.+)$", makefile, flags=re.MULTILINE)
    return f".venv/bin/{found}"


@pytest.fixture
def run_of_demo(run: Demo) -> Path:
    """The database of a demo that was run."""
    path = run.workspace.store.database_path
    assert path is not None
    return path


async def typed(line: str, folder: Path) -> tuple[int, str]:
    """One command as it stands, with this interpreter in place of the one in .venv."""
    if line.startswith("make "):
        line = recipe(line.removeprefix("make "))
    bin_folder = Path(sys.executable).parent
    words = [word.replace(".venv/bin/", f"{bin_folder}/") for word in shlex.split(line)]
    process = await asyncio.create_subprocess_exec(
        *words, cwd=folder, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
        env=os.environ | {"PYTHONPATH": str(ROOT), "BROWSER": "true", "MONITOR_MAIL_PASSWORD": "of-the-test"},
    )  # fmt: skip
    output, _ = await process.communicate()
    return int(process.returncode or 0), output.decode(errors="replace")


async def test_each_command_of_the_tutorial_does_what_it_says(
    tmp_path: Path, run_of_demo: Path, smtp_server: Server
) -> None:
    assert len(commands()) >= 11
    (tmp_path / "var" / "demo").mkdir(parents=True)
    target = tmp_path / "var" / "demo" / "monitor.db"
    with closing(sqlite3.connect(run_of_demo)) as source, closing(sqlite3.connect(target)) as copy:
        source.backup(copy)
    async with newsroom(dt.datetime.now(dt.UTC)) as base:
        config = demo.prepare(tmp_path, base)
        settings = yaml.safe_load(config.read_text(encoding="utf-8"))
        # the person's own topic, as the page has it
        [topic] = re.findall(r"```yaml\n(.*?)```", TUTORIAL, flags=re.DOTALL)
        (tmp_path / "topics").mkdir()
        (tmp_path / "topics" / "piracy.yaml").write_text(topic, encoding="utf-8")
        settings["topics"] = {"use": ["sanctions", "arms-transfers", "piracy"], "path": "topics/"}
        settings["mail"] = {"host": smtp_server.host, "port": smtp_server.port}
        settings["report"] = {"dir": "var/reports"}
        settings["digests"] = [
            {
                "name": "daily",
                "schedule": "* * * * *",
                "timezone": "UTC",
                "reader_language": "en",
                "to": ["you@example.org"],
            }
        ]
        config.write_text(yaml.safe_dump(settings, allow_unicode=True), encoding="utf-8")
        said: dict[str, str] = {}
        for line in dict.fromkeys(commands()):
            if line in ELSEWHERE or line.startswith("export "):
                continue
            code, said[line] = await typed(line, tmp_path)
            assert code == 0, f"{line}\n{said[line][-2000:]}"
    assert "is fine" in said[".venv/bin/monitor config check"]
    [tried] = [text for line, text in said.items() if "topics test" in line]
    assert "piracy" in tried and "pirates-ships" in tried
    assert (tmp_path / "var" / "reports" / "report.html").is_file()
    recipients = [to for _, to in smtp_server.box.envelopes]
    assert recipients and all(to == ["you@example.org"] for to in recipients), (
        "a trial mail and the first digest"
    )
