"""The outbox remembers every story that a digest settled."""

from __future__ import annotations

from monitor.digest.record import digest_items, digest_record
from monitor.digest.render import RenderOptions, render_digest
from monitor.digest.select import choose
from monitor.types.digest import ToldStory
from tests.digest_stories import PERIOD, TOPICS, UNTIL, changed, labels, spec, stories


def test_every_settled_story_has_a_line_and_none_comes_back() -> None:
    rows = [*stories(), changed(stories()[0], story_id=-50, story_ids=(-50,), entry_ids=(50,), updated=())]
    content = choose(spec(max_stories=10), PERIOD, rows, topics=TOPICS)
    items = digest_items(content)
    assert len(items) == 13
    assert {item.kind for item in items} == {"story", "update", "left_out"}
    assert (None, 50) in {(item.story_id, item.entry_id) for item in items}
    told = [ToldStory(story_id=item.story_id or -(item.entry_id or 0)) for item in items]
    again = choose(spec(), PERIOD, [changed(row, updated=()) for row in rows], topics=TOPICS, told=told)
    assert again.stories == ()


def test_the_row_of_the_outbox() -> None:
    content = choose(spec(), PERIOD, stories(), topics=TOPICS)
    made = render_digest(content, labels(), RenderOptions(made_at=UNTIL, charts=False))
    record = digest_record(content, made, b"mail")
    assert (record.name, record.day, record.period_start, record.period_end) == (
        "daily", PERIOD.day, PERIOD.since, PERIOD.until,
    )  # fmt: skip
    assert (record.message, record.subject, len(record.items)) == (b"mail", made.subject, 12)
