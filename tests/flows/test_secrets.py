"""Secrets are planted where they may stand, everything is run, and everything that was written is searched for them."""

from __future__ import annotations

import asyncio
import datetime as dt
import os
import sys
from pathlib import Path

import yaml

from monitor.pipeline import demo
from monitor.pipeline.newsroom import newsroom
from monitor.store.engine import parse_url
from tests.populated import everything
from tests.worker_site import free_port

NAMES = "mail database proxy session apihash webhook chat heartbeat model translator".split()
SECRETS = {name: f"planted-{name}-7f3a9c" for name in NAMES}


async def ran(folder: Path, environment: dict[str, str], *command: str) -> tuple[int, str]:
    """Run a command to its end; its exit code and all that it printed."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", *command, cwd=folder, env=environment,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    output, _ = await process.communicate()
    return int(process.returncode or 0), output.decode(errors="replace")


async def test_planted_secrets_are_nowhere(tmp_path: Path, postgresql_url: str) -> None:
    url = parse_url(postgresql_url).set(username="postgres", password=SECRETS["database"])
    environment = os.environ | {
        "MONITOR_MAIL_PASSWORD": SECRETS["mail"],
        "MONITOR_DATABASE_URL": url.render_as_string(hide_password=False),
        "MONITOR_TELEGRAM_SESSION": SECRETS["session"],
        "MONITOR_TELEGRAM_API_HASH": SECRETS["apihash"],
        "MONITOR_TELEGRAM_API_ID": "1",
        "MONITOR_MODEL_API_KEY": SECRETS["model"],
        "MONITOR_TRANSLATOR_API_KEY": SECRETS["translator"],
        "PYTHONPATH": str(Path(__file__).resolve().parents[2]),
        "PREFECT_LOGGING_LEVEL": "DEBUG",
    }
    async with newsroom(dt.datetime.now(dt.UTC)) as base:
        config = demo.prepare(tmp_path, base)
        settings = yaml.safe_load(config.read_text(encoding="utf-8"))
        # a feed's proxy, the mail server and everything else that is called are not there: errors name them
        nobody = f"127.0.0.1:{free_port()}"
        settings["outlets"][0]["feeds"][0]["proxy"] = f"http://desk:{SECRETS['proxy']}@{nobody}"
        settings["mail"] = {"host": "127.0.0.1", "port": free_port(), "username": "desk"}
        settings["alerts"] = [
            {
                "name": "desk",
                "claims": True,
                "webhooks": [f"http://{nobody}/hook/{SECRETS['webhook']}"],
                "notify": [f"json://user:{SECRETS['chat']}@{nobody}/"],
            }
        ]
        settings["clusters"] = {"embedder": "none"}  # it has no secret, and takes long
        settings["operations"] = {
            "heartbeat_url": f"http://{nobody}/beat/{SECRETS['heartbeat']}",
            "operators": ["desk@example.org"],
        }
        settings["claims"] = {
            "model": {"url": f"http://{nobody}/v1", "name": "m", "allow_networks": ["127.0.0.1/32"]}
        }
        settings["translator"] = {
            "kind": "libretranslate",
            "url": f"http://{nobody}",
            "allow_networks": ["127.0.0.1/32"],
        }
        config.write_text(yaml.safe_dump(settings), encoding="utf-8")
        printed = []
        for command in (
            ("flows", "run", "-c", str(config)),
            ("monitor", "-v", "-c", str(config), "digest", "send"),
            ("monitor", "-v", "-c", str(config), "alerts", "send"),
            ("monitor", "-v", "-c", str(config), "doctor"),
            ("monitor", "-v", "-c", str(config), "status", "--json"),
            ("monitor", "-c", str(config), "db", "backup", str(tmp_path / "backup.zip"), "--portable"),
        ):
            code, output = await ran(tmp_path, environment, *command)
            assert code in {0, 1}, f"{command}: {output[-2000:]}"
            printed.append(output)
    assert "proxy" in "".join(printed) or "127.0.0.1" in "".join(printed)
    found = {
        name: places(secret, tmp_path, config, printed, postgresql_url) for name, secret in SECRETS.items()
    }
    assert found == {name: [] for name in NAMES}


def places(secret: str, folder: Path, config: Path, printed: list[str], url: str) -> list[str]:
    """Where a secret was written: terminal, logs, Prefect's database (runs, parameters, artifacts), reports, ours."""
    needle = secret.encode()
    found = [f"printed by command {number}" for number, output in enumerate(printed) if secret in output]
    for path in sorted(folder.rglob("*")):
        # config.yaml is where the proxy's password was put by its owner
        if path.is_file() and path != config and needle in path.read_bytes():
            found.append(str(path.relative_to(folder)))
    for table, rows in everything(url).items():
        if secret in repr(rows):
            found.append(f"table {table}")
    return found
