"""Backups of PostgreSQL by its own tools, where they are installed and fit the server."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.engine import URL

from monitor.errors import StoreError
from monitor.store.engine import connect, display
from monitor.store.tables import tables


def pg_tool(name: str, url: URL) -> str | None:
    """The path of `pg_dump` or `pg_restore`, if it is there and not older than the server; None otherwise."""
    if url.get_backend_name() != "postgresql":
        return None
    found = shutil.which(name)
    if found is None:
        return None
    said = subprocess.run([found, "--version"], capture_output=True, text=True, check=False).stdout  # noqa: S603
    version = re.search(r"(\d+)", said)
    engine = connect(url, read_only=True)
    try:
        with engine.connect() as connection:
            server = connection.execute(sa.text("SHOW server_version_num")).scalar_one()
    finally:
        engine.dispose()
    return found if version and int(version[1]) >= int(server) // 10000 else None


def _run(url: URL, tool: str, *arguments: str) -> None:
    # the password goes by the environment: a command line can be seen by every user of the machine
    secret = {"PGPASSWORD": str(url.password)} if url.password else {}
    address = url.set(drivername="postgresql", password=None).render_as_string(hide_password=False)
    done = subprocess.run(  # noqa: S603 -- PostgreSQL's own tool
        [tool, *arguments, "--dbname", address],
        env=os.environ | secret,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise StoreError(f"{Path(tool).name} failed: {done.stderr.strip()[:500]}")


def write(url: URL, part: Path) -> dict[str, int]:
    """Dump a database to a file; rows by table."""
    tool = pg_tool("pg_dump", url)
    _run(url, str(tool), "--format=custom", "--no-owner", "--no-privileges", f"--file={part}")
    engine = connect(url, read_only=True)
    try:
        with engine.connect() as connection:
            count, there = sa.select(sa.func.count()), set(sa.inspect(connection).get_table_names())
            return {
                table.name: connection.execute(count.select_from(table)).scalar_one()
                for table in tables()
                if table.name in there
            }
    finally:
        engine.dispose()


def restore(url: URL, path: Path) -> None:
    """Restore a dump into an empty database, all or nothing. StoreError where tables are there."""
    tool = pg_tool("pg_restore", url)
    if tool is None:
        raise StoreError(
            f"{path} was written by pg_dump, and no pg_restore fits {display(url)}",
            hint="install PostgreSQL's client tools of the server's version or newer, and name a PostgreSQL database",
        )
    engine = connect(url)
    try:
        with engine.connect() as connection:
            if sa.inspect(connection).get_table_names():
                raise StoreError(f"{display(url)} holds tables already", hint="name an empty database")
    finally:
        engine.dispose()
    _run(url, tool, "--exit-on-error", "--single-transaction", "--no-owner", "--no-privileges", str(path))
