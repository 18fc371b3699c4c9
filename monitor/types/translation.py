"""Headlines handed to a translator, and what came of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A text on one line, and the language it is in (ISO 639-1)."""

    text: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NotTranslated:
    """Why a translator gave nothing; `lasting`: asking it again in this run is of no use."""

    reason: str
    lasting: bool = False


class Translator(Protocol):
    """Translates headlines. It is never handed texts that models may not see."""

    @property
    def engine(self) -> str:
        """Name and version: what its translations are kept under."""

    def translate(self, texts: Sequence[str], source: str, target: str) -> Sequence[object] | NotTranslated:
        """One answer for each text, in their order; expected failures are a value."""
