"""The whole report of 90 days on an archive of a million entries: seconds and memory, page alone and with its tables.

    python -m benches.report_million [--entries 1000000] [--database sqlite|postgresql] [--keep FOLDER] [--tables]

The report is built in a process of its own; its peak of resident memory is the kernel's.
Target for the page: 15 s and 600 MB.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import yaml

from benches.million import FIRST, LAST, archived, options, spent
from monitor.pipeline.rollups import refresh_rollups
from monitor.store import Store

SECONDS, MEMORY = 15, 600
CHILD = """\
import json, resource, sys, time
from pathlib import Path
import datetime as dt
from monitor.pipeline.publish import write_report
from monitor.pipeline.workspace import open_workspace
config, out, first, last, alone = sys.argv[1:]
began, used = time.perf_counter(), time.process_time()
with open_workspace(Path(config)) as workspace:
    made = write_report(workspace, first=dt.date.fromisoformat(first), last=dt.date.fromisoformat(last),
                        out=Path(out), page_only=alone == "1")
print(json.dumps({"seconds": time.perf_counter() - began, "cpu": time.process_time() - used,
                  "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
                  "page": made.path.stat().st_size, "files": sum(p.stat().st_size for p in made.files)}))
"""


def build(config: Path, out: Path, *, alone: bool) -> dict[str, float]:
    """Build the report in a process of its own; what it took."""
    command = [
        sys.executable,
        "-c",
        CHILD,
        str(config),
        str(out),
        str(FIRST),
        str(LAST),
        "1" if alone else "0",
    ]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def main() -> None:
    """Make the archive, build, say whether the target is met."""
    parser = options(__doc__)
    parser.add_argument("--tables", action="store_true", help="with all tables too")
    given = parser.parse_args()
    met = False
    with archived(given) as (url, folder):
        with Store.open(url) as store:
            print(f"{refresh_rollups(store)} days counted before")
        config = folder / "config.yaml"
        config.write_text(yaml.safe_dump({"database": {"url": url}, "outlets": []}), encoding="utf-8")
        for alone in (True, False) if given.tables else (True,):
            used = spent(folder)
            took = build(config, folder / "report", alone=alone)
            server = f" and {spent(folder) - used:.1f} s of the server" if given.database != "sqlite" else ""
            what = "page alone" if alone else "page and tables"
            print(
                f"{what}: {took['seconds']:.1f} s, own processor {took['cpu']:.1f} s{server},"
                f" peak {took['memory']:.0f} MB, page {took['page'] / 1e6:.2f} MB,"
                f" all files {took['files'] / 1e6:.0f} MB, load {os.getloadavg()[0]:.1f}"
            )
            if alone:
                met = took["seconds"] <= SECONDS and took["memory"] <= MEMORY
    raise SystemExit(0 if met else 1)


if __name__ == "__main__":
    main()
