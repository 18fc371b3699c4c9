"""Reading a channel forward, by whichever route: the three questions of a source, and the walk over them.

newest ─► (gap?) after ─► after ─► … ─► newest        each step is stored before the next is asked
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import replace
from typing import Protocol

from monitor.polling.telegram_paging import (
    MAX_PAGES,
    Gap,
    back_from,
    far_from_habit,
    fresh_ids,
    gap_before,
    narrowed,
    older,
)
from monitor.types.telegram import (
    Action,
    Answer,
    ChannelState,
    Looked,
    Meaning,
    Page,
    PageStep,
    Received,
    Step,
    StepFailed,
)

Before = Callable[[str, int], Awaitable[Received | StepFailed]]
"""Asks a channel for the page before an id."""


class TelegramSource(Protocol):
    """What the preview and MTProto have in common. `channel` is a folded name; nothing here raises for an answer."""

    async def newest(self, channel: str, *, had_posts: bool = False) -> Received | StepFailed:
        """The newest posts. `had_posts`: an empty answer is then suspicious."""

    async def after(self, channel: str, last_id: int) -> Received | StepFailed:
        """The oldest posts with ids beyond `last_id`, ascending; an empty page where there are none."""

    async def by_ids(self, channel: str, ids: Sequence[int]) -> Looked:
        """Single posts as they are now, or the word that they are gone."""


async def read_forward(
    source: TelegramSource,
    channel: str,
    state: ChannelState,
    *,
    max_pages: int = MAX_PAGES,
    before: Before | None = None,
) -> AsyncIterator[Step]:
    """Yield the pages of one poll, ascending, each with the `last_id` that holds once it is stored.

    A crash between two steps, or a failure, leaves no hole: the next poll goes on from the last id stored.
    `before` closes a gap in which `after` shows nothing; without it such a gap is taken to be empty.
    """
    newest = await source.newest(channel, had_posts=state.last_id is not None)
    if isinstance(newest, StepFailed):
        newest = _renamed(state, newest) or newest
    if isinstance(newest, Received) and newest.page.chat_id == state.chat_id is not None:
        channel = newest.page.channel.lower()
    if isinstance(newest, StepFailed):
        yield newest
        return
    wrong = _distrusted(state, newest)
    if wrong is not None:
        yield wrong
        return
    gap = gap_before(state, newest.page)
    failed: StepFailed | None = None
    if gap is not None:
        while not (gap.closed or gap.stuck) and gap.pages < max_pages:
            got = await source.after(channel, gap.floor)
            if isinstance(got, StepFailed):
                failed = got
                break
            read = gap.floor
            gap = narrowed(gap, got.page)
            if not gap.stuck:
                yield _step(got, gap.floor, read, more=True)
        if gap.stuck and before is not None and failed is None:
            steps, gap, failed = await _walk_back(before, channel, gap, newest, max_pages)
            for step in steps:
                yield step
        elif gap.stuck and failed is None:
            gap = _closed(gap)
    yield _last(newest, state, gap, failed)
    if failed is not None:
        yield failed


def _closed(gap: Gap) -> Gap:
    return Gap(floor=gap.floor, target=gap.target, pages=gap.pages, closed=True)


def _step(got: Received, last_id: int | None, read: int | None, *, more: bool) -> PageStep:
    return PageStep(received=got, last_id=last_id, fresh=fresh_ids(got.page, read), more=more)


def _last(newest: Received, state: ChannelState, gap: Gap | None, failed: StepFailed | None) -> PageStep:
    """The newest page, which is stored whatever became of the gap: news first; the last id waits for the gap."""
    ids = newest.page.ids
    read = state.last_id if gap is None else gap.floor
    whole = gap is None or gap.closed
    top = max([*ids[-1:], *([] if read is None else [read])], default=None)
    return PageStep(
        received=newest,
        last_id=top if whole else read,
        fresh=fresh_ids(newest.page, state.last_id),
        truncated=not whole,
        more=failed is not None,
        newest=True,
    )


async def _walk_back(
    before: Before, channel: str, gap: Gap, newest: Received, max_pages: int
) -> tuple[list[PageStep], Gap, StepFailed | None]:
    """Close a gap from above. The pages are handed on ascending, and raise the last id only if it closed."""
    pages: list[Received] = []
    walk = back_from(newest.page)
    failed: StepFailed | None = None
    reached = False
    while not reached and walk.before is not None and len(pages) < max_pages:
        got = await before(channel, walk.before)
        if isinstance(got, StepFailed):
            failed = got
            break
        pages.append(got)
        walk = older(walk, got.page)
        reached = not got.page.ids or got.page.ids[0] <= gap.floor + 1
    closed = failed is None and (reached or walk.before is None)
    steps = []
    read = gap.floor
    for got in reversed(pages):
        top = max([read, *got.page.ids[-1:]])
        steps.append(_step(got, top if closed else gap.floor, read, more=True))
        read = top
    left = Gap(
        floor=read if closed else gap.floor, target=gap.target, pages=gap.pages + len(pages), closed=closed
    )
    return steps, left, failed


def _renamed(state: ChannelState, failed: StepFailed) -> Received | None:
    """The page of the same channel under a new name: its number says so, and it is read on under that name."""
    page = failed.page
    if failed.answer.meaning is not Meaning.OTHER_CHANNEL or page is None:
        return None
    if state.chat_id is None or page.chat_id != state.chat_id or page.drift.unparsed:
        return None
    return Received(page=replace(page, broken="", detail=""), url=failed.url, raw=failed.raw)


def _distrusted(state: ChannelState, newest: Received) -> StepFailed | None:
    """A channel that is another one under the same name, or a page that is far from the channel's habit."""
    page: Page = newest.page
    if state.chat_id is not None and page.chat_id is not None and page.chat_id != state.chat_id:
        detail = f"the name {page.channel} now belongs to another channel: remove the feed, or add it anew"
        return _failed(Meaning.OTHER_CHANNEL, detail, newest)
    odd = far_from_habit(page.drift, state.habit)
    return _failed(Meaning.LAYOUT, odd, newest) if odd else None


def _failed(meaning: Meaning, detail: str, got: Received) -> StepFailed:
    answer = Answer(meaning=meaning, action=Action.FAIL, detail=detail)
    return StepFailed(answer=answer, url=got.url, raw=got.raw, page=got.page)
