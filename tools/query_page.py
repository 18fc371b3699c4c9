"""Write docs/reference/queries.md from monitor/data/queries: `python -m tools.query_page`."""

from __future__ import annotations

from pathlib import Path

from monitor.catalogue.queries import known_queries

PAGE = Path(__file__).resolve().parents[1] / "docs" / "reference" / "queries.md"
HEAD = """\
# Queries that people ask

Each runs as it stands on the views of `sql.md`, and is tested on both databases. `:since` is a day (`2026-11-01`),
`:topic` a slug of the taxonomy. `monitor browse` has them as forms; the files are in `monitor/data/queries/`. This
page is made from them by `python -m tools.query_page`.
"""


def page() -> str:
    """The page."""
    parts = [HEAD]
    for query in known_queries():
        parts.append(f"## {query.title}\n\n`{query.name}`: {query.about}\n")
        if query.postgresql is None:
            parts.append(f"```sql\n{query.sql}\n```\n")
        else:
            parts.append(
                f"On SQLite:\n\n```sql\n{query.sql}\n```\n\nOn PostgreSQL:\n\n```sql\n{query.postgresql}\n```\n"
            )
    return "\n".join(parts)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
