"""Text at the border: what no database, mail or terminal should ever be handed is taken out here, once.

    raw text -> forbidden characters out -> line ends -> NFC -> runs of combining marks capped

Bidirectional marks stay (Arabic and Persian need them; output isolates them), as do joiners.
Source of the rules: the project's reliability checklist, B7; Unicode Standard 23.7 (noncharacters).
"""

from __future__ import annotations

import hashlib
import re
import unicodedata

MAX_MARKS = 4
"""Combining marks that may follow each other; no orthography of the ten languages stacks more."""

_LINE_ENDS = re.compile("\r\n?|[\x85\u2028\u2029]")
_FORBIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufeff\ufffe\uffff"
    + "".join(f"{chr(plane << 16 | 0xFFFE)}{chr(plane << 16 | 0xFFFF)}" for plane in range(1, 17))
    + "]+"
)
_ODD = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufdd0-\ufdef\ufeff\ufffe\uffff]")
_ASTRAL = re.compile("[\U0001fffe-\U0010ffff]")


def _marks() -> str:
    """The nonspacing and enclosing marks of the basic plane, as the inside of a character class."""
    return "".join(chr(p) for p in range(0x300, 0xFFFE) if unicodedata.category(chr(p)) in {"Mn", "Me"})


_PILE = re.compile(f"([{_marks()}]{{{MAX_MARKS}}})[{_marks()}]+")


def clean_text(text: str) -> str:
    """Return `text` as NFC without controls (but newline and tab), surrogates and noncharacters.

    Every kind of line end becomes a newline; at most `MAX_MARKS` combining marks follow each other.
    Idempotent; never raises.
    """
    # nothing that is taken out is printable: the usual text is done after one look in C
    if not text.isprintable() and (_ODD.search(text) or _ASTRAL.search(text)):
        text = _FORBIDDEN.sub("", _LINE_ENDS.sub("\n", text))
    if text.isascii():
        return text
    if not unicodedata.is_normalized("NFC", text):
        text = unicodedata.normalize("NFC", text)
    return _PILE.sub(r"\1", text)


def clean_line(text: str) -> str:
    """Return `clean_text(text)` on one line: every run of white space is one space, none at the ends."""
    return " ".join(clean_text(text).split())


def cut_text(text: str, limit: int) -> str:
    """Return `text` unchanged up to `limit` characters, else its start and a hash of the whole.

    The hash (16 hexadecimal digits of SHA-256, after `…#`) keeps two long texts that begin alike
    apart. `limit` must be at least 32. Idempotent.
    """
    if len(text) <= limit:
        return text
    mark = f"…#{text_hash(text)[:16]}"
    head = text[: limit - len(mark)]
    # a mark must not lose the letter it belongs to, nor a pair of joined characters its joiner
    while head and (unicodedata.combining(text[len(head)]) or head[-1] == "\u200d"):
        head = head[:-1]
    return head + mark


def text_hash(*parts: str) -> str:
    """Return the SHA-256 of the parts in hexadecimal; where one part ends matters."""
    return hashlib.sha256("\x00".join(parts).encode("utf-8", "replace")).hexdigest()
