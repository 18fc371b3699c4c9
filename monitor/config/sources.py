"""The feeds of a configuration as `FeedSource`, with slugs, and what is wrong between them."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from dataclasses import replace

from monitor.catalogue.register import for_feed, load_register
from monitor.config.model import Config
from monitor.config.outlets import Feed, OutletOptions
from monitor.config.units import feed_address
from monitor.text.telegram_names import channel_name
from monitor.types.source import FeedKind, FeedSource, Outlet, Ownership, Rights

Place = tuple[str | int, ...]


def feed_sources(config: Config) -> list[FeedSource]:
    """All feeds in the order of the configuration. Telegram feeds only where telegram is enabled."""
    sources = []
    for options in config.outlets:
        outlet = _with_register(_outlet(options), options)
        for number, feed in enumerate(options.feeds, start=1):
            if feed.telegram is not None and not config.telegram.enabled:
                continue
            sources.append(_source(outlet, options, feed, number))
    return sources


def feed_proxies(config: Config) -> dict[str, str]:
    """Slug to the proxy of each feed that has one, with its password: it is never stored."""
    return {
        _slug(options, feed, number): feed.proxy
        for options in config.outlets
        for number, feed in enumerate(options.feeds, start=1)
        if feed.proxy
    }


def source_problems(config: Config) -> Iterator[tuple[Place, str]]:
    """Slugs and addresses that are given twice; digests and topics that name what is not there."""
    seen: dict[str, str] = {}
    slugs: set[str] = set()
    for index, options in enumerate(config.outlets):
        for number, feed in enumerate(options.feeds, start=1):
            place: Place = ("outlets", index, "feeds", number - 1)
            source = _source(_outlet(options), options, feed, number)
            identity = f"{source.kind}:{source.address}"
            if identity in seen:
                yield place, f"{source.address} is given twice (also by {seen[identity]}): keep one"
            seen[identity] = options.name
            if source.slug in slugs:
                yield place, f"the slug `{source.slug}` is taken: give this feed a `slug:` of its own"
            slugs.add(source.slug)
    names: set[str] = set()
    for index, digest in enumerate(config.digests):
        if digest.name in names:
            yield (
                ("digests", index, "name"),
                f"a digest `{digest.name}` is there already: choose another name",
            )
        names.add(digest.name)
        for topic in digest.topics:
            if topic not in config.topics.use:
                yield ("digests", index, "topics"), f"`{topic}` is not among topics.use"


def _outlet(options: OutletOptions) -> Outlet:
    return Outlet(
        slug=options.key,
        name=options.name,
        country=options.country,
        ownership=options.ownership,
        typology=options.typology,
        owner=options.owner,
        language=options.language,
        rights=Rights(
            licence=options.rights.licence,
            excerpt_length=options.rights.excerpt_length,
            retention=options.rights.retention,
            machine_learning=options.rights.machine_learning,
        ),
    )


_register = functools.cache(load_register)


def _with_register(outlet: Outlet, options: OutletOptions) -> Outlet:
    """What the configuration leaves open, from the register of outlets. The configuration always wins."""
    if outlet.country is not None and outlet.ownership is not Ownership.UNKNOWN:
        return outlet
    addresses = [feed.telegram or feed.rss or "" for feed in options.feeds]
    known = next((entry for address in addresses if (entry := for_feed(_register(), address))), None)
    if known is None:
        return outlet
    given = outlet.ownership is not Ownership.UNKNOWN
    return replace(
        outlet,
        country=outlet.country or known.country,
        ownership=outlet.ownership if given else known.ownership,
        typology=outlet.typology or (None if given else known.typology),
        owner=outlet.owner or known.owner,
    )


def _slug(options: OutletOptions, feed: Feed, number: int) -> str:
    kind = FeedKind.TELEGRAM if feed.telegram is not None else FeedKind.RSS
    return feed.slug or f"{options.key}-{kind}-{number}"


def _source(outlet: Outlet, options: OutletOptions, feed: Feed, number: int) -> FeedSource:
    kind = FeedKind.TELEGRAM if feed.telegram is not None else FeedKind.RSS
    address = channel_name(feed.telegram) if feed.telegram is not None else feed_address(feed.rss or "")
    return FeedSource(
        slug=_slug(options, feed, number),
        kind=kind,
        address=address,
        outlet=outlet,
        language=feed.language or options.language,
        full_text=feed.full_text,
        expect_per_day=feed.expect.get("entries_per_day"),
        proxy=feed.proxy,
        priority=feed.priority,
    )
