"""A feed's proxy: asked with the password of the configuration, which the database never holds."""

from __future__ import annotations

import base64
from pathlib import Path

import yaml

from monitor.pipeline.ingest import poll
from monitor.pipeline.setup import upgrade_database
from monitor.pipeline.workspace import open_workspace
from tests.loopback import StartRaw, answer
from tests.populated import everything

FEED = b"<rss version='2.0'><channel><title>t</title><item><title>One</title><guid>1</guid></item></channel></rss>"
PASSWORD = "planted-9c41"


async def test_a_poll_names_itself_to_the_proxy_and_stores_no_password(
    raw_server: StartRaw, tmp_path: Path
) -> None:
    proxy = await raw_server(answer(200, FEED, {"Content-Type": "application/rss+xml"}))
    url = f"sqlite:///{tmp_path / 'monitor.db'}"
    settings = {
        "database": {"url": url},
        "polling": {"host_gap": "0s", "parsers": 1},
        "outlets": [
            {
                "name": "Desk",
                "feeds": [
                    {
                        "rss": "http://feed.example/rss",
                        "proxy": f"http://desk:{PASSWORD}@127.0.0.1:{proxy.port}",
                    }
                ],
            }
        ],
    }
    config = tmp_path / "config.yaml"
    config.write_text(yaml.safe_dump(settings), encoding="utf-8")
    upgrade_database(config)
    with open_workspace(config) as workspace:
        result = await poll(workspace)
    assert result.counts.new == 1
    assert proxy.paths() == ["http://feed.example/rss"]
    said = base64.b64encode(f"desk:{PASSWORD}".encode()).decode()
    assert proxy.sent()["proxy-authorization"] == f"Basic {said}"
    rows = everything(url)
    assert PASSWORD not in repr(rows)
    assert f"http://127.0.0.1:{proxy.port}" in repr(rows["feeds"])
