"""The queries that people ask (`monitor/data/queries/*.sql`), for the reference and for `monitor browse`.

A file begins with two comments: what it answers, and what to know of the answer. A query that one database spells
otherwise has a second file, `NAME.postgresql.sql`. Parameters: `:since` (a day), `:topic` (a slug).
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import resources

from monitor.errors import UsageError


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownQuery:
    """One query; `postgresql` is its text there where it differs."""

    name: str
    title: str
    about: str
    sql: str
    postgresql: str | None = None

    def text(self, dialect: str) -> str:
        """The query for a database: `sqlite` or `postgresql`."""
        return self.postgresql if dialect == "postgresql" and self.postgresql is not None else self.sql

    @property
    def parameters(self) -> tuple[str, ...]:
        """Names of its parameters."""
        return tuple(name for name in ("topic", "since") if f":{name}" in self.sql)


def known_queries() -> tuple[KnownQuery, ...]:
    """All of them, by name."""
    folder = resources.files("monitor") / "data" / "queries"
    texts = {
        file.name: file.read_text(encoding="utf-8") for file in folder.iterdir() if file.name.endswith(".sql")
    }
    found = []
    for name in sorted(texts):
        stem = name.removesuffix(".sql")
        if not stem.endswith(".postgresql"):
            other = texts.get(f"{stem}.postgresql.sql")
            title, about, sql = _parts(name, texts[name])
            found.append(
                KnownQuery(
                    name=stem,
                    title=title,
                    about=about,
                    sql=sql,
                    postgresql=_parts(name, other)[2] if other else None,
                )
            )
    return tuple(found)


def _parts(name: str, text: str) -> tuple[str, str, str]:
    title, about, *rest = text.splitlines()
    if not (title.startswith("-- ") and about.startswith("-- ") and rest):
        raise UsageError(
            f"{name} does not begin with two comments", hint="say what it answers, then what to know"
        )
    return title[3:], about[3:], "\n".join(rest).strip()
