"""Speed: the matcher alone, language and topics, and annotate as a whole.

    python -m benches.matcher_speed [--texts 4000]

Texts of 2,100 characters in ten languages are put together from sentences of the project's own set (benches/gold), at
random with a fixed seed; one in two of news feeds names nothing, so every second text is of its items without topics.
The matcher: full taxonomy and gazetteer on one core. The rest: two processes. Medians of three rounds; start-up of the
automata and processes is not counted.
"""

from __future__ import annotations

import argparse
import random
import statistics
import time
from collections import defaultdict
from collections.abc import Callable, Sequence

from benches.topics_gold import ROOT
from monitor.annotate.gazetteer import CompiledGazetteer
from monitor.annotate.topics import annotate_topics
from monitor.catalogue.gazetteer import load_gazetteer
from monitor.config import Config
from monitor.pipeline.analysers import AnnotatorPool, build_annotator
from monitor.pipeline.topics import read_gold
from monitor.types.annotations import EntryText

CHARS = 2_100
ROUNDS = 3
#: The issue's targets, a second.
TARGETS = {"matcher": 5_000, "language and topics": 1_500, "annotate": 600}


def texts(count: int) -> list[tuple[str, EntryText]]:
    """(language, text) of so many texts; the same for the same count."""
    parts: dict[tuple[str, bool], list[str]] = defaultdict(list)
    for item in read_gold(ROOT / "benches" / "gold" / "topics.jsonl"):
        parts[(item["lang"], bool(item["topics"]))] += [item["title"], item["body"]]
    rng = random.Random(1)
    made = []
    languages = sorted({language for language, _ in parts})
    for number in range(count):
        language, tagged = languages[number % len(languages)], number // len(languages) % 2 == 0
        body = ""
        while len(body) < CHARS:
            body += rng.choice(parts[(language, tagged)]) + "\n"
        text = EntryText(
            entry_id=number, revision_id=number, uid=str(number), kind="rss", title="", body=body[:CHARS]
        )
        made.append((language, text))
    return made


def rate(work: Callable[[], object], count: int) -> float:
    """Texts a second, the median of some rounds after one that warms up."""
    work()
    taken = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        work()
        taken.append(time.perf_counter() - started)
    return count / statistics.median(taken)


def show(name: str, found: float) -> None:
    target = TARGETS.get(name)
    verdict = "" if target is None else f", target {target}: {'reached' if found >= target else 'MISSED'}"
    print(f"{name}: {found:,.0f} texts a second{verdict}")


def matching(made: Sequence[tuple[str, EntryText]], config: Config) -> None:
    annotator = build_annotator(config)
    gazetteer = CompiledGazetteer(load_gazetteer(), config.languages)
    taxonomy = annotator.taxonomy

    def both() -> None:
        for language, text in made:
            taxonomy.matcher(language, text.body).find(text.body)
            gazetteer.matcher(language, text.body).find(text.body)

    show("matcher", rate(both, len(made)))
    show("matcher, taxonomy only", rate(lambda: [taxonomy.matcher(k, t.body).find(t.body) for k, t in made], len(made)))
    by_language = defaultdict(list)
    for language, text in made:
        by_language[language].append(text)
    for language, own in sorted(by_language.items()):
        found = rate(lambda: [taxonomy.matcher(language, t.body).find(t.body) for t in own], len(own))  # noqa: B023
        print(f"  {language}: {found:,.0f}")
    show("topics, one core", rate(lambda: [annotate_topics(text, key, taxonomy) for key, text in made], len(made)))
    detect = annotator.detector.detect
    show("language, one core", rate(lambda: [detect(text.body, None) for _, text in made], len(made)))


def annotating(made: Sequence[tuple[str, EntryText]], config: Config) -> None:
    pool = AnnotatorPool(build_annotator(config), processes=2)
    only = [text for _, text in made]
    try:
        found = rate(lambda: list(pool.annotate(only, more_to_come=True)), len(only))
    finally:
        pool.close()
    show("language and topics", found)
    show("annotate", found)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--texts", type=int, default=4_000)
    count = parser.parse_args().texts
    made, config = texts(count), Config()
    print(f"{count} texts of {CHARS} characters in ten languages")
    matching(made, config)
    annotating(made, config)


if __name__ == "__main__":
    main()
