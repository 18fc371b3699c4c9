"""Preview pages read a second on one core: markup to posts, and on to entries.

    python -m benches.telegram_parse [--rounds 300]

The pages are a full one of the tests' blocks (20 posts, every structure once) and, where it lies beside the
checkout, the captured page of `../shared`. Target: 300 pages a second each, parsed.
"""

from __future__ import annotations

import argparse
import datetime as dt
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

from monitor.normalise.telegram import entries
from monitor.parse.telegram import page
from monitor.types.telegram import Page

ROOT = Path(__file__).resolve().parent.parent
BLOCKS = ROOT / "tests" / "data" / "telegram"
CAPTURE = ROOT.parent / "shared" / "data" / "telegram" / "full.html"
POSTS = 20
TARGET = 300
NOW = dt.datetime(2026, 11, 22, tzinfo=dt.UTC)


def made_page() -> bytes:
    """A page of 20 posts about an invented quay."""
    blocks = [path.read_text("utf-8") for path in sorted(BLOCKS.glob("*.html"))[:POSTS]]
    return (
        '<!DOCTYPE html><html><head><link rel="prev" href="/s/Quay_Observer?before=10"></head>'
        '<body class="tgme_webpreview"><main class="tgme_main" data-url="/Quay_Observer">'
        f'<section class="tgme_channel_history js-message_history">{"".join(blocks)}</section></main></body></html>'
    ).encode()


def rate(work: Callable[[], object], rounds: int) -> float:
    """The median rate of five series, a second of processor time: other work on the machine does not count."""
    work()
    rates = []
    for _ in range(5):
        started = time.process_time()
        for _ in range(rounds // 5):
            work()
        rates.append(rounds // 5 / (time.process_time() - started))
    return median(rates)


def whole(body: bytes) -> tuple[Page, object]:
    """As a poll does it."""
    shown = page(body, expected=None)
    return shown, entries(shown, now=NOW)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=300)
    rounds = parser.parse_args().rounds
    bodies = {"made": made_page()}
    if CAPTURE.exists():
        bodies["captured"] = CAPTURE.read_bytes()
    for name, body in bodies.items():
        shown = page(body, expected=None)
        parsed = rate(lambda body=body: page(body, expected=None), rounds)  # type: ignore[misc]
        both = rate(lambda body=body: whole(body), rounds)  # type: ignore[misc]
        print(
            f"{name}: {len(body) / 1000:.0f} kB, {len(shown.posts)} posts: {parsed:.0f} pages/s parsed, "
            f"{both:.0f} pages/s with entries (target {TARGET})"
        )


if __name__ == "__main__":
    main()
