"""Speed: the matcher alone, language and topics, and annotate as a whole.

    python -m benches.matcher_speed [--texts 4000]

Texts of 2,100 characters in ten languages: real news (../shared/data/ntrex) where it is there, and texts put together
at random from the project's own set (benches/gold), every second one from its traps. The latter speak of nothing but
weapons and sanctions, so rules have more to do than with news. One core is CPU time, two processes are wall time.
Medians of three rounds; start-up of automata and processes is not counted.
"""

from __future__ import annotations

import argparse
import itertools
import json
import random
import statistics
import time
from collections import defaultdict
from collections.abc import Callable, Sequence

from benches.topics_gold import ROOT
from monitor.annotate.gazetteer import CompiledGazetteer
from monitor.annotate.matcher import Matcher
from monitor.annotate.topics import annotate_topics
from monitor.catalogue.gazetteer import load_gazetteer
from monitor.config import Config
from monitor.config.model import LANGUAGES
from monitor.pipeline.analysers import AnnotatorPool, build_annotator
from monitor.pipeline.topics import read_gold
from monitor.types.annotations import EntryText
from monitor.types.taxonomy import ANY_LANGUAGE

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


def news(count: int) -> list[tuple[str, EntryText]]:
    """(language, text) of so many texts of real news, each document of each language in turn; none where it is not."""
    folder = ROOT.parent / "shared" / "data" / "ntrex"
    if not folder.is_dir():
        return []
    found = []
    for language in LANGUAGES:
        lines = (folder / f"{language}.jsonl").read_text(encoding="utf-8").splitlines()
        found += [(language, json.loads(line)) for line in lines if line.strip()]
    random.Random(1).shuffle(found)
    return [
        (
            language,
            EntryText(
                entry_id=number, revision_id=number, uid=str(number), kind="rss", title=item["title"],
                body=(item["body"] * 3)[: max(CHARS - len(item["title"]), 0)],
            ),
        )
        for number, (language, item) in zip(range(count), itertools.cycle(found), strict=False)
    ]  # fmt: skip


def rate(work: Callable[[], object], count: int, clock: Callable[[], float] = time.process_time) -> float:
    """Texts a second of CPU time (or by another clock), the median of some rounds after one that warms up."""
    work()
    taken = []
    for _ in range(ROUNDS):
        started = clock()
        work()
        taken.append(clock() - started)
    return count / statistics.median(taken)


def show(name: str, found: float) -> None:
    """Print a rate beside its target. `language and topics` is twice the rate of one core."""
    target = TARGETS.get(name)
    verdict = "" if target is None else f", target {target}: {'reached' if found >= target else 'MISSED'}"
    print(f"{name}: {found:,.0f} texts a second{verdict}")


def matching(made: Sequence[tuple[str, EntryText]], config: Config) -> None:
    annotator = build_annotator(config)
    gazetteer = CompiledGazetteer(load_gazetteer(), config.languages)
    taxonomy = annotator.taxonomy

    groups = (*taxonomy.taxonomy.groups.values(), *gazetteer.groups)
    matchers = {key: Matcher(groups, (key, ANY_LANGUAGE)) for key in config.languages}

    def both() -> None:
        for language, text in made:
            matchers[language].find(text.body)

    show("matcher", rate(both, len(made)))
    show(
        "matcher, taxonomy only",
        rate(lambda: [taxonomy.matcher(k, t.body).find(t.body) for k, t in made], len(made)),
    )
    by_language = defaultdict(list)
    for language, text in made:
        by_language[language].append(text)
    for language, own in sorted(by_language.items()):
        found = rate(lambda: [taxonomy.matcher(language, t.body).find(t.body) for t in own], len(own))  # noqa: B023
        print(f"  {language}: {found:,.0f}")
    show(
        "topics, one core",
        rate(lambda: [annotate_topics(text, key, taxonomy) for key, text in made], len(made)),
    )
    detect = annotator.detector.detect

    def tags() -> None:
        for _, text in made:
            annotate_topics(text, detect(f"{text.title}\n{text.body}", None).language, taxonomy)

    show("language, one core", rate(lambda: [detect(text.body, None) for _, text in made], len(made)))
    show("language and topics", 2 * rate(tags, len(made)))


def annotating(made: Sequence[tuple[str, EntryText]], config: Config) -> None:
    pool = AnnotatorPool(build_annotator(config), processes=2)
    only = [text for _, text in made]
    try:
        found = rate(lambda: list(pool.annotate(only, more_to_come=True)), len(only), time.perf_counter)
    finally:
        pool.close()
    show("annotate", found)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--texts", type=int, default=4_000)
    count = parser.parse_args().texts
    config = Config()
    for name, made in (("news", news(count)), ("dense", texts(count))):
        print(f"\n{name}: {len(made)} texts of {CHARS} characters in ten languages")
        if not made:
            print("skipped: ../shared/data/ntrex is not there")
            continue
        matching(made, config)
        annotating(made, config)


if __name__ == "__main__":
    main()
