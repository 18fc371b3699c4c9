"""Telegram's public preview, pure: `page`, `landing` and `embed` turn bytes into `monitor.types.telegram`."""

from monitor.parse.telegram.landing import embed, landing
from monitor.parse.telegram.page import page

__all__ = ["embed", "landing", "page"]
