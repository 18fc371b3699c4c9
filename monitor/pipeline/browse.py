"""browse: the database in Datasette, read-only and on this machine alone, with the documented queries as forms."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from monitor.catalogue.queries import known_queries
from monitor.config import load_config
from monitor.errors import UsageError
from monitor.pipeline.workspace import database_url
from monitor.store import browsing

HOST: Final = "127.0.0.1"
PORT: Final = 8001
FACETS: Final[Mapping[str, tuple[str, ...]]] = {
    "report_entries": ("language", "outlet", "country", "ownership", "kind"),
    "report_claims": ("status", "language", "outlet"),
    "report_stories": ("language", "first_outlet"),
    "report_topics": ("topic", "accepted"),
    "report_citations": ("outlet", "cited_outlet", "kind"),
    "report_feed_health": ("state", "kind", "outlet"),
    "report_fetches": ("outcome", "code", "feed"),
    "report_issues": ("code", "severity", "feed"),
    "report_ledger": ("status", "supplier", "recipient"),
}
SEARCH: Final = """\
SELECT e.effective_at, e.outlet, e.language, e.title, e.url, e.entry_id
  FROM search_index i
  JOIN report_entries e ON e.entry_id = i.rowid
 WHERE i.search_index MATCH monitor_query(:words) AND e.gone_at IS NULL
 ORDER BY i.rowid DESC
 LIMIT 100"""


def metadata(name: str, tables: list[str]) -> dict[str, Any]:
    """What Datasette shows: the views of the contract with facets, the queries; tables stay in the background."""
    queries: dict[str, Any] = {
        "search": {
            "title": "Search texts by their words",
            "description": 'Words, "phrases", AND, OR, NOT, ( ), prefix*, title:word; see docs/reference/search.md.',
            "sql": SEARCH,
        }
    }
    for query in known_queries():
        queries[query.name] = {
            "title": query.title,
            "description": query.about,
            "sql": query.sql,
            "params": list(query.parameters),
        }
    shown = {view: {"facets": list(facets)} for view, facets in FACETS.items()}
    return {
        "title": "News monitor",
        "description": "Read-only. Columns are explained in docs/reference/sql.md; counts marked there do not add up.",
        "databases": {
            name: {"queries": queries, "tables": shown | {table: {"hidden": True} for table in tables}}
        },
    }


def application(path: Path, *, allow_sql: bool = True, base_url: str = "/") -> Any:
    """The ASGI application over an SQLite file. UsageError where Datasette is not installed."""
    try:
        from datasette.app import Datasette  # noqa: PLC0415 -- an extra
        from datasette.plugins import pm  # noqa: PLC0415 -- the same

        from monitor.pipeline import browse_words  # noqa: PLC0415 -- the same
    except ImportError as error:
        raise UsageError("Datasette is not installed", hint="pip install 'news-monitor[browse]'") from error

    if not pm.has_plugin("monitor"):
        pm.register(browse_words, name="monitor")
    settings = {
        "default_page_size": 50,
        "facet_time_limit_ms": 1000,
        "sql_time_limit_ms": 10_000,
        # the file holds the addresses of recipients
        "allow_download": False,
        "default_allow_sql": allow_sql,
        "suggest_facets": False,
        "base_url": base_url,
        "num_sql_threads": 2,
    }
    return Datasette(
        [str(path)], metadata=metadata(path.stem, browsing.hidden(path)), settings=settings
    ).app()


def serve(config_path: Path, *, port: int = PORT, allow_sql: bool = True, base_url: str = "/") -> None:
    """Serve the configured database on loopback until stopped. UsageError on PostgreSQL."""
    path = browsing.sqlite_path(database_url(load_config(config_path)))
    app = application(path, allow_sql=allow_sql, base_url=base_url)
    import uvicorn  # noqa: PLC0415 -- comes with Datasette

    uvicorn.run(app, host=HOST, port=port, log_level="warning", lifespan="on")
