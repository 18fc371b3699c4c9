"""The bundled newsroom as a context, for flows and tests, which do not enter `demo` themselves."""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import AsyncIterator

from monitor.demo.server import Newsroom


@contextlib.asynccontextmanager
async def newsroom(now: dt.datetime, port: int = 0) -> AsyncIterator[str]:
    """Serve the newsroom while the block runs; yields its address."""
    async with Newsroom(now, port) as room:
        yield room.base
