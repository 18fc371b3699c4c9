"""How a channel is read without holes: what to ask next, how far it is read, what is gone. Pure.

    newest page ─► gap to last_id? ── no ─► take
                        └─ yes ─► `after` pages, ascending ─► newest page

State moves page by page, ascending, so that a crash costs one page asked again (specification, section 4).
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from statistics import median
from urllib.parse import urlencode

from monitor.types.entries import Issue
from monitor.types.telegram import ChannelState, Drift, EmbedKind, Page, PageShape

MAX_PAGES = 10
"""Pages of one poll; a longer gap is closed by the next runs."""

CONFIRMATIONS = 2
"""Runs that must agree that a post is gone."""

MAX_ABSENT = 200
HABIT_RUNS = 30
LOOK_AGAIN = (dt.timedelta(days=7), dt.timedelta(days=30))
"""When a post that a claim rests on is looked at again."""

REREAD = dt.timedelta(hours=72)
"""How long a post is read again for edits and deletions."""

REREAD_EVERY = dt.timedelta(hours=1)
"""A page that the newest does not show is read again so often, of each channel: a sixth more requests at most."""

_LEAST_HABIT = 5
_LEAST_POSTS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class PageAsk:
    """Which page of a channel: the newest, or that before or after an id (exclusive)."""

    before: int | None = None
    after: int | None = None

    def path(self, name: str) -> str:
        """The path and query on Telegram's host."""
        pairs = [
            (key, value)
            for key, value in (("before", self.before), ("after", self.after))
            if value is not None
        ]
        return f"/s/{name}" + (f"?{urlencode(pairs)}" if pairs else "")


NEWEST = PageAsk()


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """An unread range: every id up to `floor` is read, the newest page begins at `target`."""

    floor: int
    target: int
    pages: int = 0
    closed: bool = False
    stuck: bool = False  # `after` brought nothing of the gap: walk back from `target` instead

    @property
    def ask(self) -> PageAsk:
        """The next page that brings the floor up."""
        return PageAsk(after=self.floor)


def gap_before(state: ChannelState, newest: Page) -> Gap | None:
    """Return the gap between what was read and the newest page; None where there is none, or nothing was read."""
    ids = newest.ids
    if state.last_id is None or not ids or ids[0] <= state.last_id + 1:
        return None
    return Gap(floor=state.last_id, target=ids[0])


def fresh_ids(page: Page, floor: int | None) -> tuple[int, ...]:
    """Return the ids of a page beyond `floor`."""
    return tuple(number for number in page.ids if floor is None or number > floor)


def narrowed(gap: Gap, page: Page) -> Gap:
    """Return what is left of a gap after an `after` page.

    A first page without an id inside the gap proves nothing: the ids may be deleted, or `after` ignored.
    """
    inside = [number for number in page.ids if gap.floor < number < gap.target]
    overlaps = bool(page.ids) and page.ids[-1] >= gap.target
    if not inside:
        works = gap.pages > 0 and overlaps
        return replace(gap, pages=gap.pages + 1, closed=works, stuck=not works)
    return replace(
        gap, pages=gap.pages + 1, floor=max(inside), closed=overlaps or max(inside) + 1 >= gap.target
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Back:
    """A walk to older posts: the next `before`, pages so far, whether the missing link was probed."""

    before: int | None
    pages: int = 0
    seen: frozenset[int] = frozenset()
    probed: bool = False
    lowest: int | None = None


def back_from(page: Page) -> Back:
    """Return the walk to what is older than a page."""
    return older(Back(before=None), page)


def older(walk: Back, page: Page) -> Back:
    """Return the walk after a page: `rel=prev`, else the link to more, else one probe from the lowest id.

    It ends (`before` is None) at id 1, at a cursor that repeats, and where a probe adds no id.
    """
    ids = page.ids
    lowest = ids[0] if ids else None
    fresh = lowest is not None and (walk.lowest is None or lowest < walk.lowest)
    seen = walk.seen | ({walk.before} if walk.before is not None else frozenset())
    done = replace(
        walk, before=None, pages=walk.pages + 1, seen=seen, lowest=lowest if fresh else walk.lowest
    )
    if lowest is None or not fresh or lowest <= 1 or page.shape is PageShape.NO_RESULTS:
        return done
    linked = page.cursors.before
    cursor = linked if linked is not None else lowest
    if cursor in seen or cursor > lowest:
        # a cursor above the page leads round in a circle
        cursor = lowest
    return done if cursor in seen else replace(done, before=cursor, probed=linked is None)


def absent_ids(page: Page, known: Iterable[int]) -> tuple[int, ...]:
    """Return known posts that a page should show and does not: within its ids, in none of its albums."""
    ids = page.ids
    if not ids:
        return ()
    shown = set(ids)
    return tuple(
        sorted(number for number in set(known) if ids[0] <= number <= ids[-1] and number not in shown)
    )


def confirmed(
    absent: Mapping[int, int], verdicts: Mapping[int, EmbedKind], shown: Collection[int] = ()
) -> tuple[dict[int, int], tuple[int, ...]]:
    """Return the counts after one run, and the ids that are now gone for good.

    `verdicts` are what the widget of each absent id said; only its own error counts. What is `shown` again is
    forgotten. To be called once a run: two runs must agree.
    """
    counts = {number: count for number, count in absent.items() if number not in shown}
    for number, verdict in verdicts.items():
        if verdict is EmbedKind.GONE and number not in shown:
            counts[number] = counts.get(number, 0) + 1
        elif verdict is EmbedKind.POST:
            counts.pop(number, None)
    gone = tuple(sorted(number for number, count in counts.items() if count >= CONFIRMATIONS))
    kept = sorted(number for number in counts if number not in gone)[-MAX_ABSENT:]
    return {number: counts[number] for number in kept}, gone


def look_again(first_seen: dt.datetime, last_looked: dt.datetime, now: dt.datetime) -> bool:
    """Whether a post under a claim is due for a look: 7 and 30 days after it was first seen, once each."""
    return any(last_looked < first_seen + after <= now for after in LOOK_AGAIN)


def reread_after(state: ChannelState, newest: Page, first: int | None, now: dt.datetime) -> int | None:
    """Return the id after which to read a page again, oldest first, round by round; None where nothing is due.

    `first` is the oldest stored post of the last 72 hours. What the newest page shows is seen with each poll anyway.
    """
    top = newest.ids[0] if newest.ids else None
    waits = state.reread_at is not None and now - state.reread_at < REREAD_EVERY
    if top is None or first is None or first >= top or waits:
        return None
    done = state.reread
    return first - 1 if done is None or done + 1 >= top else max(first - 1, done)


def reread_done(state: ChannelState, page: Page | None, now: dt.datetime) -> ChannelState:
    """Return the state after a page was read again; `page` None where that failed: it is asked for again later.

    A page without posts ends the round.
    """
    if page is None:
        return replace(state, reread_at=now)
    return replace(state, reread=max(page.ids, default=None), reread_at=now)


def far_from_habit(drift: Drift, habit: Collection[tuple[int, int, int]]) -> str:
    """Say how a page's shares differ from a channel's habit: what most posts had, hardly one has now.

    Empty when nothing is odd, or too few runs or posts are known to tell.
    """
    shares = shares_of(drift)
    if shares is None or len(habit) < _LEAST_HABIT:
        return ""
    for place, word in enumerate(("text", "media", "views")):
        usual = median(run[place] for run in habit)
        if word != "media" and usual >= 50 and shares[place] * 10 < usual:
            return f"{shares[place]} % of the posts have {word}, usually {usual:.0f} %"
    return ""


def shares_of(drift: Drift) -> tuple[int, int, int] | None:
    """Return the percentages of posts with text, media and views; None for a page of fewer than five posts."""
    if drift.posts < _LEAST_POSTS:
        return None
    counts = (drift.with_text, drift.with_media, drift.with_views)
    return tuple(round(100 * count / drift.posts) for count in counts)  # type: ignore[return-value]  # three of them


def remembered(state: ChannelState, page: Page, last_id: int | None, *, newest: bool) -> ChannelState:
    """Return what is remembered of a channel once a page is stored. `last_id` never goes back."""
    known = [number for number in (state.last_id, last_id) if number is not None]
    shares = shares_of(page.drift) if newest else None
    return replace(
        state,
        last_id=max(known, default=None),
        name=page.channel or state.name,
        chat_id=page.chat_id or state.chat_id,
        missing_runs=0,
        habit=(*state.habit, shares)[-HABIT_RUNS:] if shares is not None else state.habit,
    )


def rename_issue(state: ChannelState, page: Page) -> Issue | None:
    """Return the issue to raise where a channel, known by its number, goes by another name than before."""
    same = state.chat_id is not None and state.chat_id == page.chat_id
    if not same or not state.name or state.name.lower() == page.channel.lower():
        return None
    detail = f"{state.name} is now called {page.channel}: write the new name into the configuration"
    return Issue(code="telegram_renamed", detail=detail)


def write_state(state: ChannelState) -> str:
    """Write a channel's state as the feed's cursor: short JSON."""
    return json.dumps(
        {
            "last": state.last_id,
            "name": state.name,
            "chat": state.chat_id,
            "absent": {str(number): count for number, count in sorted(state.absent.items())},
            "missing": state.missing_runs,
            "habit": state.habit,
            "again": state.reread,
            "again_at": state.reread_at.isoformat() if state.reread_at else None,
        },
        separators=(",", ":"),
    )


def read_state(cursor: str | None) -> ChannelState:
    """Read a feed's cursor; one that cannot be read is a channel met for the first time."""
    try:
        value = json.loads(cursor or "{}")
        return ChannelState(
            last_id=value.get("last"),
            name=value.get("name") or "",
            chat_id=value.get("chat"),
            absent={int(number): int(count) for number, count in (value.get("absent") or {}).items()},
            missing_runs=value.get("missing") or 0,
            habit=tuple((int(a), int(b), int(c)) for a, b, c in value.get("habit") or ()),
            reread=value.get("again"),
            reread_at=dt.datetime.fromisoformat(value["again_at"]) if value.get("again_at") else None,
        )
    except (ValueError, TypeError, AttributeError):
        return ChannelState()
