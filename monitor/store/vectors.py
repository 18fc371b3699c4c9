"""Vectors of stories: kept at half precision, as the model gave them, within the window of grouping only."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from monitor.store.known import CHUNK, chunks
from monitor.store.schema.grouping import stories, story_embeddings
from monitor.store.upsert import insert
from monitor.types.clusters import StoryText
from monitor.types.embedding import LanguageMeans, Vectors


def unpacked(vector: bytes) -> Vectors:
    """A stored vector as float32."""
    return np.frombuffer(vector, dtype="<f2").astype(np.float32)


def window_vectors(
    connection: Connection, *, model: str, since: dt.datetime, until: dt.datetime, limit: int
) -> tuple[list[int], list[str], Vectors]:
    """Story ids, languages and vectors of a model within [since, until], the newest `limit`, half precision."""
    query = (
        sa.select(story_embeddings.c.story_id, stories.c.language, story_embeddings.c.vector)
        .join(stories, stories.c.id == story_embeddings.c.story_id)
        .where(
            story_embeddings.c.model == model,
            story_embeddings.c.effective_at >= since,
            story_embeddings.c.effective_at <= until,
        )
        .order_by(story_embeddings.c.effective_at.desc(), story_embeddings.c.story_id)
        .limit(limit)
    )
    ids: list[int] = []
    languages: list[str] = []
    parts: list[bytes] = []
    for row in connection.execute(query):
        ids.append(row.story_id)
        languages.append(row.language)
        parts.append(row.vector)
    flat = np.frombuffer(b"".join(parts), dtype="<f2")
    return ids, languages, flat.reshape(len(ids), -1) if ids else flat.reshape(0, 0)


def archive_means(connection: Connection, *, model: str, limit: int = 20_000) -> LanguageMeans:
    """Mean vectors by language of the newest stored stories."""
    query = (
        sa.select(stories.c.language, story_embeddings.c.vector)
        .join(stories, stories.c.id == story_embeddings.c.story_id)
        .where(story_embeddings.c.model == model)
        .order_by(story_embeddings.c.effective_at.desc())
        .limit(limit)
    )
    sums: dict[str, Any] = {}
    counts: dict[str, int] = {}
    for row in connection.execute(query):
        vector = unpacked(row.vector)
        sums[row.language] = sums.get(row.language, 0) + vector
        counts[row.language] = counts.get(row.language, 0) + 1
    means = {language: (total / counts[language]).astype(np.float32) for language, total in sums.items()}
    return LanguageMeans(model=model, means=means, counts=counts, source="archive")


def write_vectors(
    connection: Connection, texts: Sequence[StoryText], vectors: Mapping[int, Vectors], model: str | None
) -> None:
    """Store the vectors of these stories, by story id."""
    rows = [
        {
            "story_id": text.story_id,
            "model": model,
            "vector": vectors[text.story_id].astype("<f2").tobytes(),
            "effective_at": text.first_seen_at,
        }
        for text in texts
        if model and text.story_id in vectors
    ]
    if rows:
        connection.execute(insert(connection, story_embeddings).on_conflict_do_nothing(), rows)


def prune_vectors(connection: Connection, before: dt.datetime, *, limit: int = 10_000) -> int:
    """Forget vectors of stories before a time, at most `limit` a call; how many went."""
    old = story_embeddings.c.effective_at < before
    ids = list(connection.execute(sa.select(story_embeddings.c.story_id).where(old).limit(limit)).scalars())
    for chunk in chunks(sorted(set(ids)), CHUNK):
        connection.execute(sa.delete(story_embeddings).where(story_embeddings.c.story_id.in_(chunk), old))
    return len(ids)


def stored_vectors(connection: Connection, story_ids: Sequence[int], *, model: str) -> dict[int, Vectors]:
    """The vectors that these stories have of a model."""
    found: dict[int, Vectors] = {}
    query = sa.select(story_embeddings.c.story_id, story_embeddings.c.vector)
    for chunk in chunks(story_ids, CHUNK):
        here = query.where(story_embeddings.c.model == model, story_embeddings.c.story_id.in_(chunk))
        found |= {row.story_id: unpacked(row.vector) for row in connection.execute(here)}
    return found
