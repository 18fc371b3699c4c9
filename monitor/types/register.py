"""The register of outlets: who publishes, under which names and addresses, and who stands behind.

The reference is docs/reference/register.md.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, get_args

from monitor.types.source import Outlet, Ownership
from monitor.types.taxonomy import ANY_LANGUAGE, TermGroup

OutletKind = Literal[
    "newspaper", "agency", "broadcaster", "magazine", "site", "telegram-channel", "monitoring", "unknown"
]
"""What an outlet is. `monitoring` reads other media or open sources (KCNA Watch, Bellingcat)."""

OUTLET_KINDS: tuple[str, ...] = get_args(OutletKind)

TYPOLOGY: Mapping[str, Ownership] = {
    "SC": Ownership.STATE,
    "CaPu": Ownership.STATE,
    "CaPr": Ownership.STATE,
    "ISFM": Ownership.PUBLIC,
    "ISF": Ownership.PUBLIC,
    "ISM": Ownership.PUBLIC,
    "IP": Ownership.PUBLIC,
}
"""The typology of State Media Monitor, and the one word that this project reduces it to (docs/reference/outlets.md)."""

UNVERIFIED = "unverified"
"""The `source` of an entry that was written from common knowledge."""

Names = Mapping[str, tuple[str, ...]]
"""Names by language (ISO 639-1, or `any`), written as terms of the taxonomy."""

_SCHEME = re.compile(r"^[a-z][a-z0-9+.-]*://", re.IGNORECASE)
_ARTICLE = re.compile(r"(?:the|der|die|das|le|la|les|el|los|al|o|a)[ -]+|l['’]")
_CYRILLIC = re.compile("[\u0400-\u04ff]")
_LOOKALIKES = str.maketrans("aceiopxy", "асеіорху")
"""Latin letters that stand for Cyrillic ones in posts (Суспiльне)."""

_TELEGRAM = re.compile(
    r"^(?:[a-z]+://)?(?:www\.)?(?:t(?:elegram)?\.me|telegram\.dog)/(?:s/)?@?(\w+)", re.IGNORECASE
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterEntry:
    """One outlet. `country` is ISO 3166-1 alpha-2, None where unknown or of no state (`EU` for the Union).

    `aliases` name it by themselves; `needs_context` are names that mean other things too and count only beside
    other evidence (a word such as "newspaper", quotes, a link). `domains` may carry a path (`bbc.com/persian`).
    `period` says when ownership held: `2024-02` as documented then, `2014/` since, `/2013` until, `2001/2013`.
    `family` folds outlets of one group that is neither a state nor a company; `edition_of` names the main outlet.
    """

    name: str
    kind: OutletKind = "unknown"
    country: str | None = None
    ownership: Ownership = Ownership.UNKNOWN
    typology: str | None = None
    owner: str | None = None
    period: str = ""
    source: str = UNVERIFIED
    family: str | None = None
    edition_of: str | None = None
    aliases: Names = field(default_factory=dict)
    needs_context: Names = field(default_factory=dict)
    domains: tuple[str, ...] = ()
    telegram: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Register:
    """All outlets by name. `version` hashes the content. Lookups answer with the main outlet, never an edition.

    `folder` folds many names at once (monitor.text); the index of names is made when it is first needed.
    """

    entries: Mapping[str, RegisterEntry]
    version: str
    domains: Mapping[str, str]
    channels: Mapping[str, str]
    folder: Callable[[Sequence[str]], list[str]] = field(repr=False, compare=False)
    sources: Mapping[str, str] = field(default_factory=dict, compare=False)
    _names: dict[str, tuple[tuple[str, str, bool], ...]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    _likes: dict[str, set[str]] = field(default_factory=dict, init=False, repr=False, compare=False)

    def entry(self, name: str) -> RegisterEntry | None:
        """The entry with exactly this name; an edition stays one."""
        return self.entries.get(name)

    def main(self, entry: RegisterEntry) -> RegisterEntry:
        """The outlet that `entry` is an edition of, or `entry` itself."""
        return self.entries.get(entry.edition_of or entry.name, entry)

    def by_domain(self, url: str) -> RegisterEntry | None:
        """The outlet that publishes at `url` (or host): the longest known suffix of the host, then the longest path."""
        host, _, path = _SCHEME.sub("", url.strip()).partition("/")
        host = host.rpartition("@")[2].partition(":")[0].lower().rstrip(".")
        parts = [part for part in path.partition("?")[0].partition("#")[0].split("/") if part]
        labels = host.split(".")
        for start in range(len(labels) - 1):
            suffix = ".".join(labels[start:])
            for length in range(len(parts), -1, -1):
                name = self.domains.get("/".join((suffix, *parts[:length])))
                if name is not None:
                    return self.main(self.entries[name])
        return None

    def by_telegram(self, channel: str) -> RegisterEntry | None:
        """The outlet that owns `channel`, given as a name, @name or t.me address, in any case."""
        found = _TELEGRAM.match(channel.strip())
        name = self.channels.get((found.group(1) if found else channel.strip().lstrip("@")).lower())
        return None if name is None else self.main(self.entries[name])

    def by_alias(self, text: str, *, language: str = "", country: str = "") -> tuple[RegisterEntry, ...]:
        """Outlets whose name, once folded, equals `text`: those that need no context first, each group by name.

        `language` leaves out names of other languages; `country` decides between homonyms where it can.
        """
        key = self.folder([text])[0]
        wanted = (language, ANY_LANGUAGE)
        found = [
            (weak, name) for name, of, weak in self._index().get(key, ()) if not language or of in wanted
        ]
        mains = dict.fromkeys(self.main(self.entries[name]).name for _, name in sorted(found))
        outlets = tuple(self.entries[name] for name in mains)
        local = tuple(outlet for outlet in outlets if country and outlet.country == country)
        return local or outlets

    def by_likeness(self, text: str) -> RegisterEntry | None:
        """The outlet with a name that is `text` but for articles, accents, blanks, signs and Latin letters within
        Cyrillic words (Welt, DailyMail, «Осторожно, новости», Суспiльне); None where several have one."""
        if not self._likes:
            likes: dict[str, set[str]] = {}
            for name, _, entry, _ in every_name(self.entries.values()):
                likes.setdefault(likeness(name), set()).add(self.main(entry).name)
            self._likes.update(likes)
        key = likeness(text)
        found = self._likes.get(key, set())
        chosen = found if len(found) == 1 else {name for name in found if likeness(name) == key}
        return self.entries[next(iter(chosen))] if len(chosen) == 1 else None

    def term_groups(self, *, context: bool = False) -> tuple[TermGroup, ...]:
        """Names as groups of terms for the matcher, one an outlet (`name` is the outlet's), editions with their own.

        `context` gives the names that need context instead of those that stand alone.
        """
        return tuple(
            TermGroup(name=entry.name, terms=names)
            for entry in self.entries.values()
            if (names := entry.needs_context if context else entry.aliases)
        )

    def _index(self) -> Mapping[str, tuple[tuple[str, str, bool], ...]]:
        if not self._names:
            listed = list(every_name(self.entries.values()))
            keys = self.folder([alias for alias, _, _, _ in listed])
            collected: dict[str, list[tuple[str, str, bool]]] = {}
            for key, (_, language, entry, weak) in zip(keys, listed, strict=True):
                collected.setdefault(key, []).append((entry.name, language, weak))
            self._names.update((key, tuple(found)) for key, found in collected.items())
        return self._names


def likeness(name: str) -> str:
    """What is left of a name without what writers change: case, accents, blanks, signs, a leading article."""
    bare = _ARTICLE.sub("", name.replace("*", "").strip().casefold())
    if _CYRILLIC.search(bare):
        bare = bare.translate(_LOOKALIKES)
    plain = unicodedata.normalize("NFKD", bare)
    return "".join(char for char in plain if char.isalnum())


def every_name(entries: Iterable[RegisterEntry]) -> Iterator[tuple[str, str, RegisterEntry, bool]]:
    """Each name of each entry without its stars, with its language and whether it needs context."""
    for entry in entries:
        for names, weak in ((entry.aliases, False), (entry.needs_context, True)):
            for language, listed in names.items():
                for name in listed:
                    yield name.replace("*", ""), language, entry, weak


def families(outlet: RegisterEntry | Outlet) -> tuple[str, ...]:
    """Keys of what stands behind `outlet`; two outlets that share a key are not independent of each other.

    An explicit `family` (the media of an armed group) comes first; state and party media fold by state, those that a
    state has captured too; others by owner, which may be an outlet itself (a station of ARD). An outlet of unknown
    owner folds only with itself and its editions.
    """
    entry = outlet if isinstance(outlet, RegisterEntry) else None
    own = f"house:{_plain((entry and entry.edition_of) or outlet.name)}"
    if entry and entry.family:
        return f"family:{_plain(entry.family)}", own
    if outlet.ownership in (Ownership.STATE, Ownership.PARTY) and outlet.country:
        return f"state:{outlet.country}", own
    return (f"house:{_plain(outlet.owner)}", own) if outlet.owner else (own,)


def _plain(name: str) -> str:
    return " ".join(name.casefold().split())
