"""The register of outlets as a configuration has it: the packaged one, and the names of the configured outlets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from monitor.catalogue.register import extend, load_register
from monitor.config import Config
from monitor.config.outlets import OutletOptions
from monitor.text.telegram_names import channel_name
from monitor.types.register import Register, RegisterEntry
from monitor.types.taxonomy import ANY_LANGUAGE


def configured_register(config: Config, packaged: Register | None = None) -> Register:
    """The packaged register with the configured outlets, so that others' texts can cite them by any of their names."""
    register = packaged or load_register()
    added = list(_entries(config, register))
    return extend(register, added) if added else register


def _entries(config: Config, register: Register) -> Iterator[RegisterEntry]:
    """What the configuration adds: outlets that the register does not know, and further names of those it knows."""
    for options in config.outlets:
        known = register.entry(options.name) or next(iter(register.by_alias(options.name)), None)
        if known is None:
            yield _new(options)
        elif options.aliases:
            yield replace(known, aliases=_joined(known.aliases, options.aliases))


def _new(options: OutletOptions) -> RegisterEntry:
    return RegisterEntry(
        name=options.name,
        country=options.country,
        ownership=options.ownership,
        owner=options.owner,
        source="configuration",
        aliases=_joined({}, options.aliases),
        telegram=tuple(channel_name(feed.telegram) for feed in options.feeds if feed.telegram),
    )


def _joined(
    names: Mapping[str, tuple[str, ...]], given: Mapping[str, tuple[str, ...]]
) -> dict[str, tuple[str, ...]]:
    """Names by language with `given` ones after them; ANY_LANGUAGE holds what counts in all."""
    languages = sorted({*names, *given, *((ANY_LANGUAGE,) if not names else ())})
    joined = {code: tuple(dict.fromkeys((*names.get(code, ()), *given.get(code, ())))) for code in languages}
    return {code: listed for code, listed in joined.items() if listed}
