"""The source that channels are read through: the public preview, or Telegram's API with an account."""

from __future__ import annotations

import contextlib
import os
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from random import Random
from typing import Protocol
from urllib.parse import urlsplit

from monitor.config import Config
from monitor.fetch import Fetcher, FetchOptions
from monitor.fetch.mtproto import MtprotoSource
from monitor.fetch.mtproto_entities import EntityFile
from monitor.fetch.mtproto_session import Credentials, connected
from monitor.fetch.telegram import PreviewClient, preview_options
from monitor.pipeline.telegram_reading import page_reader, preview_pool
from monitor.pipeline.workspace import Workspace
from monitor.polling.telegram_paging import MAX_PAGES
from monitor.polling.telegram_rates import GAP_S
from monitor.store.keys import host_of
from monitor.types.source import FeedKind, FeedSource
from monitor.types.telegram import ChannelState, Looked, Received, Step, StepFailed

ENTITIES = "telegram-entities.json"
"""Beside config.yaml: channels that were resolved, for the account in use."""

KIND = "telegram"
"""The name of the lease, and of the runs that keep the strikes."""

_HOME = "t.me"
"""The host of every channel's row, whichever host is asked."""


class Source(Protocol):
    """What a run asks of a source, by either route."""

    def poll(self, channel: str, state: ChannelState, *, max_pages: int = MAX_PAGES) -> AsyncIterator[Step]:
        """The pages of one poll, ascending."""

    async def after(self, channel: str, last_id: int) -> Received | StepFailed:
        """The oldest posts beyond an id, ascending."""

    async def by_ids(self, channel: str, ids: Sequence[int]) -> Looked:
        """Single posts as they are now."""


@dataclass(slots=True)
class Opened:
    """A source for the length of a run. `hosts` are left alone together; `preview` is set on that route."""

    source: Source
    hosts: tuple[str, ...] = ()
    preview: PreviewClient | None = None

    @property
    def strikes(self) -> int:
        """Refusals in a row."""
        return self.preview.strikes if self.preview is not None else 0


@contextlib.asynccontextmanager
async def opened(workspace: Workspace, options: FetchOptions) -> AsyncIterator[Opened]:
    """Open the configured route. UsageError where MTProto lacks its library or session."""
    config = workspace.config
    if config.telegram.route == "mtproto":
        async with connected(Credentials.from_environment(os.environ)) as invoke:
            entities = EntityFile(config.path(Path(ENTITIES)))
            yield Opened(MtprotoSource(invoke, entities, now=workspace.clock), hosts=(_HOME,))
        return
    stops = workspace.store.stopped_hosts(now=workspace.clock())
    bases = config.telegram.base_urls
    async with Fetcher(preview_options(options), stops=stops) as fetcher, preview_pool() as pool:
        client = PreviewClient(
            fetcher,
            rng=Random(os.urandom(16)),  # noqa: S311 -- jitter, not a secret
            base_urls=bases,
            gap_s=(0.0, 0.0) if all(map(_is_loopback, bases)) else GAP_S,
            strikes=strikes_of(workspace),
            read=page_reader(pool),
        )
        hosts = dict.fromkeys([_HOME, *(host_of(base) for base in bases)])
        yield Opened(client, hosts=tuple(hosts), preview=client)


def _is_loopback(base: str) -> bool:
    """Whether a base is our own machine, by number: seconds between requests are for others' servers."""
    try:
        return ip_address(urlsplit(base).hostname or "").is_loopback
    except ValueError:
        return False


def strikes_of(workspace: Workspace) -> int:
    """Refusals in a row, as the last run that says so left them: stops grow from run to run."""
    for run in workspace.store.recent_runs(limit=5, kind=KIND):
        strikes: object = run.counts.get("strikes")
        if isinstance(strikes, int):
            return strikes
    return 0


def channels_of(config: Config, sources: Sequence[FeedSource]) -> Mapping[str, FeedSource]:
    """The configured channels by slug; none while telegram is not enabled."""
    if not config.telegram.enabled:
        return {}
    return {source.slug: source for source in sources if source.kind is FeedKind.TELEGRAM}
