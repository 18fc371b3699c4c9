"""Versions that are known not to fit together, or to have holes: what doctor compares this installation with.

Sources: docs/reference/versions.md (Prefect's companions, measured) and the advisories named with each line.
"""

from __future__ import annotations

import importlib.metadata
import pyexpat
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

Version = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Bound:
    """A package must be at least `least` (and below `below`), or `why`. `breaks`: nothing works without."""

    package: str
    least: Version
    why: str
    below: Version | None = None
    breaks: bool = False


BOUNDS = (
    Bound("fastapi", (0, 139), "Prefect's server does not start", below=(0, 151), breaks=True),
    Bound("sqlalchemy", (2, 0, 40), "scheduled runs never start", below=(2, 1), breaks=True),
    Bound("prefect", (3, 8, 8), "flows were written for 3.8.8", below=(4,), breaks=True),
    Bound("aiohttp", (3, 13, 3), "decompression bombs (CVE-2025-69223)"),
    Bound("urllib3", (2, 7, 0), "decompression bombs (CVE-2025-66418, CVE-2026-21441, CVE-2026-44432)"),
    Bound("jinja2", (3, 1, 6), "templates can leave their sandbox (CVE-2025-27516)"),
)
#: The first releases of each Python without the holes in mail headers (CVE-2024-6923, then CVE-2026-1299).
PYTHON_SAFE: Mapping[Version, tuple[tuple[int, str], ...]] = {
    (3, 11): ((10, "CVE-2024-6923"), (15, "CVE-2026-1299")),
    (3, 12): ((5, "CVE-2024-6923"), (13, "CVE-2026-1299")),
    (3, 13): ((12, "CVE-2026-1299"),),
    (3, 14): ((3, "CVE-2026-1299"),),
}
#: Releases of SQLite from which the WAL-reset race is mended, by branch.
SQLITE_SAFE: tuple[Version, ...] = ((3, 51, 3), (3, 50, 7), (3, 44, 6))
#: From here on expat bounds the growth of entities (CVE-2013-0340).
EXPAT_SAFE: Version = (2, 4, 1)


@dataclass(frozen=True, slots=True)
class Misfit:
    """One version that does not fit: what is there, why it matters, and whether it breaks the monitor."""

    name: str
    text: str
    breaks: bool = False


def parsed(version: str) -> Version:
    """The leading numbers of a version: `2.0.58` and `3.14.0rc1` as (2, 0, 58) and (3, 14, 0)."""
    numbers = []
    for part in version.split("."):
        digits = part[: len(part) - len(part.lstrip("0123456789"))]
        if not digits:
            break
        numbers.append(int(digits))
    return tuple(numbers)


def packages(installed: Callable[[str], str] = importlib.metadata.version) -> Iterator[Misfit]:
    """Libraries that do not fit, or have holes. A package that is not installed has none."""
    for bound in BOUNDS:
        try:
            there = installed(bound.package)
        except importlib.metadata.PackageNotFoundError:
            continue
        version = parsed(there)
        if version < bound.least or (bound.below is not None and version >= bound.below):
            wanted = f"at least {_shown(bound.least)}" + (
                f", below {_shown(bound.below)}" if bound.below else ""
            )
            yield Misfit(
                bound.package, f"{there}: {bound.why}; needs {wanted}: run make install", bound.breaks
            )


def python(version: Version | None = None) -> Misfit | None:
    """Known holes of this Python."""
    version = version or sys.version_info[:3]
    holes = [(least, name) for least, name in PYTHON_SAFE.get(version[:2], ()) if version[2] < least]
    if not holes:
        return None
    newest = _shown((*version[:2], holes[-1][0]))
    names = ", ".join(name for _, name in holes)
    return Misfit("python", f"Python {_shown(version)} has known holes ({names}): take {newest}")


def sqlite(version: Version) -> Misfit | None:
    """The WAL-reset race, which matters with several connections."""
    branch = [safe for safe in SQLITE_SAFE if safe[:2] == version[:2]]
    if version >= max(SQLITE_SAFE) or any(version >= safe for safe in branch):
        return None
    return Misfit(
        "sqlite",
        f"{_shown(version)} has the WAL-reset race (fixed in 3.51.3): with several workers use PostgreSQL",
    )


def expat(version: Version | None = None) -> Misfit | None:
    """Entity bombs in feeds."""
    version = version or pyexpat.version_info
    if version >= EXPAT_SAFE:
        return None
    return Misfit(
        "expat", f"{_shown(version)} does not bound entities: a feed can take all memory; take 2.4.1 or newer"
    )


def _shown(version: Version) -> str:
    return ".".join(map(str, version))
