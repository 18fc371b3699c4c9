"""The newsroom simulator with heavy faults on 300 feeds over several ticks of its clock: what is stored, and what it
says of our manners. The acceptance of issue 3; `tests/e2e/test_newsroom.py` is the small version.

    python -m benches.newsroom_faults [--feeds 300] [--ticks 8] [--minutes 480]
"""

from __future__ import annotations

import argparse
import asyncio
import json
import tempfile
import time
from pathlib import Path

from monitor.pipeline.ingest import poll
from monitor.pipeline.setup import upgrade_database
from monitor.pipeline.workspace import open_workspace
from tests.newsroom_process import (
    PAGES_SHOW_IN,
    accept,
    by_pages,
    issue_codes,
    running,
    unexpected_health,
    unexplained,
    write_config,
)

SHARED = Path(__file__).resolve().parent.parent.parent / "shared"


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--feeds", type=int, default=300)
    parser.add_argument("--ticks", type=int, default=8)
    parser.add_argument("--minutes", type=int, default=480, help="of the newsroom's clock, for each tick")
    options = parser.parse_args()
    if not SHARED.is_dir():
        raise SystemExit("../shared is not there: this bench needs its newsroom")
    world = ("--feeds", str(options.feeds), "--faults", "heavy", "--retry-after", "2", "--warm")
    with running(SHARED, *world) as room, tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        config = write_config(folder, room, timeout="8s", host_gap="0.35s")
        upgrade_database(config)
        with open_workspace(config, clock=room.clock) as workspace:
            for tick in range(options.ticks):
                if tick:
                    room.tick(minutes=options.minutes)
                started = time.monotonic()
                result = asyncio.run(poll(workspace))
                print(f"tick {tick}: {time.monotonic() - started:.1f} s; {'; '.join(result.lines[:2])}")
            print(json.dumps(accept(room, workspace.store, folder), indent=1, ensure_ascii=False))
            print(f"wrong state or code: {unexpected_health(room, workspace.store) or 'none'}")
            print(f"failed checks: {json.dumps(list(room.failed_checks().values()), indent=1)}")
            for check, counter in PAGES_SHOW_IN.items():
                print(f"by older pages ({check}): {by_pages(room, workspace.store, counter)}")
            print(f"of these not explained: {list(unexplained(room, workspace.store)) or 'none'}")
            print(f"open issues: {dict(issue_codes(workspace.store))}")


if __name__ == "__main__":
    main()
