"""The public preview over the guarded `Fetcher`: one connection, jittered seconds apart, never past a redirect.

    page of a channel ─► what does it mean? ─► take | retry | next host | landing, canary | stop the host

Host failover is for names that do not resolve or connect, never to get round a refusal: a stop holds for
every host of the site. The beacon that counts views (`/v/`) is never called, and no media is fetched.
"""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import replace
from random import Random
from urllib.parse import urlsplit

from monitor.fetch.client import Fetcher
from monitor.fetch.options import PAGE_ACCEPT, FetchOptions
from monitor.fetch.request import FetchRequest
from monitor.fetch.telegram_source import read_forward
from monitor.parse.telegram import embed, landing, page
from monitor.polling.telegram import TRIES, answer_of, landing_answer
from monitor.polling.telegram_paging import MAX_PAGES, NEWEST, Back, PageAsk, older
from monitor.polling.telegram_rates import GAP_S
from monitor.types.fetching import Fetched, FetchOutcome
from monitor.types.telegram import (
    Action,
    Answer,
    ChannelState,
    Embed,
    Landing,
    LandingKind,
    Looked,
    Meaning,
    Page,
    PageShape,
    PageStep,
    Received,
    Step,
    StepFailed,
)

BASE_URLS = ("https://t.me", "https://telegram.me")
CANARY = "telegram"
"""A channel that always exists: it tells a name that is absent from a reader who is blocked."""

CANARY_KEPT_S = 600.0
TIMEOUT_S = 20.0
MAX_BODY = 8 * 1024 * 1024
RETRY_S = 2.0
"""The first wait before a retry; doubled each time, and up to half as much again at random."""


ReadPage = Callable[[bytes, str], Awaitable[Page]]
"""Reads the body of a page of a channel (by name)."""


async def read_here(body: bytes, channel: str) -> Page:
    """Read a page in this process; the pipeline hands in a reader with limits instead."""
    return page(body, expected=channel)


def preview_options(options: FetchOptions) -> FetchOptions:
    """Options of fetching as the preview wants them: the spacing is `PreviewClient`'s own."""
    return replace(
        options,
        per_host=1,
        host_gap=0.0,
        timeout=min(options.timeout, TIMEOUT_S),
        max_body=min(options.max_body, MAX_BODY),
        max_wire=min(options.max_wire, MAX_BODY),
    )


class PreviewClient:
    """Reads channels one request at a time; a `TelegramSource`.

    `strikes` are the refusals in a row, to be kept from run to run; `gap_s` bounds the random seconds between
    an answer and the next request. Clock and sleep are those of the fetcher's options.
    """

    def __init__(
        self,
        fetcher: Fetcher,
        *,
        rng: Random,
        base_urls: Sequence[str] = BASE_URLS,
        gap_s: tuple[float, float] = GAP_S,
        strikes: int = 0,
        canary: str = CANARY,
        read: ReadPage = read_here,
    ) -> None:
        self.strikes = strikes
        self._fetcher = fetcher
        self._rng = rng
        self._bases = [base.rstrip("/") for base in base_urls]
        self._hosts = [(urlsplit(base).hostname or "").lower().rstrip(".") for base in self._bases]
        self._gap_s = gap_s
        self._canary = canary
        self._page = read
        self._clock = fetcher.options.clock
        self._sleep = fetcher.options.sleep
        self._turn = asyncio.Lock()
        self._next_start = float("-inf")
        self._worked: str | None = None
        self._canary_ok: tuple[float, bool] | None = None

    async def newest(self, channel: str, *, had_posts: bool = False) -> Received | StepFailed:
        """The newest page. A channel without posts is an empty page, a suspicious silence a failure."""
        return await self._read(channel, NEWEST, had_posts=had_posts)

    async def after(self, channel: str, last_id: int) -> Received | StepFailed:
        """The page strictly newer than an id."""
        return await self._read(channel, PageAsk(after=last_id))

    async def before(self, channel: str, post_id: int) -> Received | StepFailed:
        """The page strictly older than an id."""
        return await self._read(channel, PageAsk(before=post_id))

    async def by_ids(self, channel: str, ids: Sequence[int]) -> Looked:
        """The widget of each post, in turn; it ends where the host refuses."""
        found: dict[int, Embed] = {}
        for number in ids:
            got = await self._look(channel, number)
            if isinstance(got, StepFailed):
                return Looked(found=found, failed=got)
            found[number] = got
        return Looked(found=found)

    def poll(self, channel: str, state: ChannelState, *, max_pages: int = MAX_PAGES) -> AsyncIterator[Step]:
        """Yield the pages of one poll, ascending, to be stored one by one (`read_forward`)."""
        return read_forward(self, channel, state, max_pages=max_pages, before=self.before)

    async def backfill(
        self,
        channel: str,
        *,
        since: dt.datetime | None = None,
        max_posts: int | None = None,
        max_pages: int | None = None,
        before: int | None = None,
    ) -> AsyncIterator[Step]:
        """Yield older and older pages down to a date or a number of posts; `before` resumes at `next_before`.

        Posts older than `since` are left out. `last_id` of these steps is None: the poll's place is not moved.
        """
        walk = Back(before=before)
        ask, posts = NEWEST if before is None else PageAsk(before=before), 0
        while True:
            got = await self._read(channel, ask)
            if isinstance(got, StepFailed):
                yield got
                return
            walk = older(walk, got.page)
            old = since is not None and any(_older(post.published_at, since) for post in got.page.posts)
            kept = got if since is None else replace(got, page=_since(got.page, since))
            posts += len(kept.page.posts)
            enough = old or posts >= (max_posts or posts + 1) or walk.pages >= (max_pages or walk.pages + 1)
            more = walk.before is not None and not enough
            yield PageStep(
                received=kept,
                last_id=None,
                fresh=kept.page.ids,
                more=more,
                next_before=walk.before if more else None,
            )
            if not more or walk.before is None:
                return
            ask = PageAsk(before=walk.before)

    async def _read(self, channel: str, ask: PageAsk, *, had_posts: bool = False) -> Received | StepFailed:
        """One page, with retries; whatever it means comes back as a value."""
        for attempt in range(TRIES):
            if attempt:
                await self._sleep(RETRY_S * 2 ** (attempt - 1) * self._rng.uniform(1.0, 1.5))
            outcome = await self._get(ask.path(channel))
            shown = await self._page(outcome.body, channel) if isinstance(outcome, Fetched) else None
            answer = answer_of(
                outcome, shown, name=channel, newest=ask == NEWEST, had_posts=had_posts, strikes=self.strikes
            )
            if answer.action is not Action.RETRY:
                break
        taken = answer.action in {Action.TAKE, Action.END_WALK}
        if taken and isinstance(outcome, Fetched) and shown is not None:
            self.strikes = 0
            self._worked = channel if shown.posts else self._worked
            return Received(
                page=shown,
                url=outcome.url,
                raw=outcome.body,
                wire_bytes=outcome.wire_bytes,
                elapsed_s=outcome.elapsed_s,
            )
        answer = await self._looked_into(channel, outcome, shown, answer)
        return self._failed(answer, outcome, shown)

    async def _looked_into(
        self, channel: str, outcome: FetchOutcome, shown: Page | None, answer: Answer
    ) -> Answer:
        """Where there is no preview, the landing page says why; where that says little, the canary does."""
        card: Landing | None = None
        if answer.action is Action.GET_LANDING:
            outcome = await self._get(f"/{channel}")
            if not isinstance(outcome, Fetched):
                again = answer_of(outcome, None, name="", newest=True, had_posts=False, strikes=self.strikes)
                odd = again.action in {Action.FAIL, Action.GET_LANDING}
                return replace(again, meaning=Meaning.UNEXPECTED, action=Action.NEXT_RUN) if odd else again
            card = landing(outcome.body)
        elif isinstance(outcome, Fetched) and shown is not None and shown.shape is PageShape.NOT_PREVIEW:
            # a soft block shows the landing page in place of the preview
            card = landing(outcome.body)
            card = None if card.kind is LandingKind.UNKNOWN else card
        if card is None:
            return answer
        answer = landing_answer(card, strikes=self.strikes)
        if answer.action is Action.ASK_CANARY:
            ok = await self._canary_sings(channel)
            answer = landing_answer(card, canary_ok=ok, strikes=self.strikes)
        return answer

    async def _canary_sings(self, channel: str) -> bool:
        """Whether a channel that exists can be read right now; asked at most every ten minutes."""
        if self._canary_ok is not None and self._clock() - self._canary_ok[0] < CANARY_KEPT_S:
            return self._canary_ok[1]
        worked = self._worked
        name = worked if worked is not None and worked.lower() != channel.lower() else self._canary
        outcome = await self._get(NEWEST.path(name))
        ok = isinstance(outcome, Fetched) and bool((await self._page(outcome.body, name)).posts)
        self._canary_ok = (self._clock(), ok)
        return ok

    async def _look(self, channel: str, number: int) -> Embed | StepFailed:
        for attempt in range(TRIES):
            if attempt:
                await self._sleep(RETRY_S * 2 ** (attempt - 1) * self._rng.uniform(1.0, 1.5))
            outcome = await self._get(f"/{channel}/{number}?embed=1&mode=tme")
            if isinstance(outcome, Fetched):
                return embed(outcome.body)
            answer = answer_of(
                outcome, None, name=channel, newest=False, had_posts=True, strikes=self.strikes
            )
            if answer.action is not Action.RETRY:
                break
        return self._failed(answer, outcome, None)

    def _failed(self, answer: Answer, outcome: FetchOutcome, shown: Page | None) -> StepFailed:
        """The failure as a value; a refusal stops every host of the site for all channels."""
        host = ""
        if answer.action in {Action.RETRY, Action.NEXT_HOST}:
            answer = replace(answer, action=Action.NEXT_RUN)
        if answer.action is Action.STOP_HOST:
            host = (urlsplit(outcome.url).hostname or "").lower()
            if getattr(outcome, "code", "") != "host_stopped":
                self.strikes += 1
            until = self._fetcher.options.now() + (answer.stop_for or dt.timedelta(0))
            for name in self._hosts:
                self._fetcher.stops[name] = max(until, self._fetcher.stops.get(name, until))
        return StepFailed(
            answer=answer,
            url=outcome.url,
            status=outcome.status,
            raw=outcome.body if isinstance(outcome, Fetched) else b"",
            page=shown,
            host=host,
        )

    async def _get(self, path: str) -> FetchOutcome:
        """Ask the host that worked last; the next one where its name does not resolve or nobody answers there."""
        outcome: FetchOutcome | None = None
        for _ in self._bases:
            outcome = await self._one(self._bases[0] + path)
            if getattr(outcome, "code", "") not in {"dns", "connect", "tls"}:
                return outcome
            self._bases.append(self._bases.pop(0))
        if outcome is None:
            raise ValueError("telegram.base_urls is empty")
        return outcome

    async def _one(self, url: str) -> FetchOutcome:
        async with self._turn:
            while (wait := self._next_start - self._clock()) > 0:
                await self._sleep(wait)
            outcome = await self._fetcher.fetch(
                FetchRequest(
                    url=url,
                    accept=PAGE_ACCEPT,
                    accept_language="en",
                    follow=False,
                    keep_alive=True,
                    max_body=MAX_BODY,
                )
            )
            self._next_start = self._clock() + self._rng.uniform(*self._gap_s)
            return outcome


def _older(published: dt.datetime | None, since: dt.datetime) -> bool:
    return published is not None and published < since


def _since(shown: Page, since: dt.datetime) -> Page:
    return replace(shown, posts=tuple(post for post in shown.posts if not _older(post.published_at, since)))
