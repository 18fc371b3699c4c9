"""The second opinion on stories: a score a topic, the newest one only."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy.engine import Connection

from monitor.store.schema.grouping import story_opinions
from monitor.store.upsert import insert
from monitor.types.opinions import Probabilities


def save_opinions(connection: Connection, found: Mapping[int, Probabilities], *, model: str) -> None:
    """Keep the classifier's scores by story; those kept before are replaced. Saving twice changes nothing."""
    rows = [
        {"story_id": story, "topic": topic, "model": model, "score": round(score, 4)}
        for story, said in sorted(found.items())
        for topic, score in sorted(said.items())
    ]
    if not rows:
        return
    query = insert(connection, story_opinions)
    newer = {"model": query.excluded.model, "score": query.excluded.score}
    connection.execute(query.on_conflict_do_update(index_elements=["story_id", "topic"], set_=newer), rows)
