"""What the outbox keeps of a digest: its words, and a line for each story, so that none is told twice."""

from __future__ import annotations

from collections.abc import Iterable

from monitor.types.digest import DigestContent, RenderedDigest
from monitor.types.storage import DigestItem, DigestRecord

LEFT_OUT = "left_out"
"""Kind of an item that was not told for length: it does not come back as news the next day."""


def digest_items(content: DigestContent) -> tuple[DigestItem, ...]:
    """Return a line for every story that this digest settled: told, an update, left out, or dropped."""
    return tuple(_items(content))


def digest_record(content: DigestContent, rendered: RenderedDigest, message: bytes) -> DigestRecord:
    """Return the row of the outbox. `message` is the mail without a recipient (`mail.message.compose_bytes`)."""
    return DigestRecord(
        name=rendered.name,
        day=rendered.day,
        period_start=content.period.since,
        period_end=content.period.until,
        subject=rendered.subject,
        html=rendered.html,
        text=rendered.text,
        message=message,
        items=digest_items(content),
        counts=dict(content.counts),
    )


def _items(content: DigestContent) -> Iterable[DigestItem]:
    for section in content.sections:
        for story in section.stories:
            kind = "update" if story.updated else "story"
            for place, story_id in enumerate(story.story_ids or (story.story_id,)):
                # one line a folded story; the first names the entry whose text was shown
                entry = story.entry_ids[0] if story.entry_ids and place == 0 else None
                yield DigestItem(
                    section=section.topic, entry_id=entry, story_id=_grouped(story_id), kind=kind
                )
            if story.stands_for is not None and story.stands_for != story.entry_ids[0]:
                # what becomes of the version that the list asked for brings the story back, too
                yield DigestItem(
                    section=section.topic,
                    entry_id=story.stands_for,
                    story_id=_grouped(story.story_id),
                    kind=kind,
                )
    for story_id in content.left_out_ids:
        entry = -story_id if story_id < 0 else None
        yield DigestItem(section="", entry_id=entry, story_id=_grouped(story_id), kind=LEFT_OUT)
    for dropped in content.dropped:
        entry = dropped.entry_ids[0] if dropped.entry_ids else None
        yield DigestItem(section="", entry_id=entry, story_id=_grouped(dropped.story_id), kind="dropped")


def _grouped(story_id: int) -> int | None:
    """The id of a story; None for an entry that was told before it was grouped."""
    return story_id if story_id > 0 else None
