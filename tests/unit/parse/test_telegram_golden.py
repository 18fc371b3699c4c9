"""Each structure of the preview as a pair of files: the block as the server writes it, and the post in it."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest

from monitor.parse.telegram import page
from monitor.types.telegram import Post
from tests import telegram_pages as made

DATA = Path(__file__).parents[2] / "data" / "telegram"
CASES = sorted(path.stem for path in DATA.glob("*.html"))


def shown(post: Post) -> dict[str, Any]:
    """A post without its empty fields and without what every block of these files shares."""
    common = {
        "channel": made.CHANNEL,
        "chat_id": made.CHAT,
        "ids": [post.post_id],
        "published_raw": post.published_raw,
    }
    value = json.loads(json.dumps(_bare(dataclasses.asdict(post)), default=_iso))
    return {key: item for key, item in value.items() if common.get(key) != item}


def _bare(value: Any) -> Any:
    if isinstance(value, dict):
        bare = {key: _bare(item) for key, item in value.items()}
        return {key: item for key, item in bare.items() if item not in (None, "", [], False)}
    return [_bare(item) for item in value] if isinstance(value, list | tuple) else value


def _iso(value: Any) -> str:
    return value.isoformat() if isinstance(value, dt.datetime) else str(value)


@pytest.mark.parametrize("case", CASES)
def test_a_block_reads_as_the_file_beside_it_says(case: str) -> None:
    block = (DATA / f"{case}.html").read_text("utf-8")
    read = page(made.page(block), expected=made.CHANNEL)
    expected = json.loads((DATA / f"{case}.json").read_text("utf-8"))
    assert not read.broken and not read.drift.unknown_classes
    assert [shown(post) for post in read.posts] == [expected]


def test_there_is_a_pair_for_every_structure() -> None:
    assert len(CASES) >= 30
