"""Secrets that a worker's environment lacks, from Prefect's Secret blocks, which the server keeps encrypted."""

from __future__ import annotations

import os
from typing import Any

from prefect.blocks.system import Secret
from prefect.settings import PREFECT_API_URL

#: Environment variable to block. A variable that is set is never replaced.
BLOCKS = {
    "MONITOR_MAIL_PASSWORD": "monitor-mail-password",
    "MONITOR_DATABASE_URL": "monitor-database-url",
}


async def load_secrets() -> list[str]:
    """Put secrets of blocks that exist into this process's environment; the variables that were set."""
    if not PREFECT_API_URL.value():
        return []
    loaded = []
    for name, block in BLOCKS.items():
        if os.environ.get(name):
            continue
        try:
            secret: Any = await Secret.aload(block)
        except ValueError:  # there is no such block
            continue
        os.environ[name] = str(secret.get())
        loaded.append(name)
    return loaded
