"""Which characters the bytes of a feed stand for.

    byte order mark -> valid UTF-8 -> what header and declaration say, tried -> a guess, said so

A declaration is believed only if the bytes fit it: valid UTF-8 is UTF-8 whatever the header says
(reliability.md, B5), and one bad byte damages that byte, not the document. Labels are read as
browsers read them (WHATWG Encoding Standard: iso-8859-1 is windows-1252, gb2312 is gb18030).
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

from charset_normalizer import from_bytes

from monitor.types.entries import Issue, Severity

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_UNMARKED = (
    (b"<\x00?\x00", "utf-16-le"),
    (b"\x00<\x00?", "utf-16-be"),
    (b"<\x00", "utf-16-le"),
    (b"\x00<", "utf-16-be"),
)
_AS_BROWSERS_DO = {
    **dict.fromkeys(("iso8859-1", "latin-1", "ascii", "us-ascii"), "cp1252"),
    **dict.fromkeys(("gb2312", "gbk", "hz", "x-gbk"), "gb18030"),
    **dict.fromkeys(("euc_kr", "ks_c_5601-1987", "johab"), "cp949"),
    **dict.fromkeys(("shift_jis", "x-sjis", "windows-31j"), "cp932"),
    **dict.fromkeys(("big5", "x-x-big5"), "big5hkscs"),
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
    "tis-620": "cp874",
}
_WIDE = frozenset({"gb18030", "cp949", "cp932", "big5hkscs", "euc_jp"})
_ESCAPED = ("iso2022_jp", "iso2022_kr")
_HEADER = re.compile(r"charset\s*=\s*[\"']?\s*([A-Za-z0-9._:-]+)", re.IGNORECASE)
_DECLARATION = re.compile(
    rb"\s*<\?xml[^>]{0,300}?encoding\s*=\s*[\"']\s*([A-Za-z0-9._:-]{1,40})\s*[\"']", re.IGNORECASE
)
_LATIN = re.compile("[\u0080-\u024f\u2000-\u206f\u20a0-\u20cf\u2122\ufffd]+")
SAMPLE = 20_000
"""Bytes that a guess of the character set looks at."""


@dataclass(frozen=True, slots=True)
class Decoded:
    """The text of a body, the name of its character set, and what was odd about it."""

    text: str
    encoding: str
    issues: tuple[Issue, ...] = ()


def decode_body(body: bytes, content_type: str | None = None) -> Decoded:
    """Return the text of `body`; `content_type` is the HTTP header. Never raises."""
    for mark, name in _BOMS:
        if body.startswith(mark):
            return _strict_or_patched(body[len(mark) :], name)
    for start, name in _UNMARKED:
        if body.startswith(start):
            return _strict_or_patched(body, name)
    header, declared = _codec(_header_label(content_type)), _codec(_declared_label(body))
    named = [name for name in dict.fromkeys((header, declared)) if name]
    for name in named:
        if name in _ESCAPED and b"\x1b" in body:
            return _strict_or_patched(body, name)
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        return _legacy(body, named)
    return _unless_wide(Decoded(text, "utf-8"), body, named)


def _header_label(content_type: str | None) -> str | None:
    match = _HEADER.search(content_type or "")
    return match[1] if match else None


def _declared_label(body: bytes) -> str | None:
    match = _DECLARATION.match(body[:1024])
    return match[1].decode("ascii") if match else None


def _codec(label: str | None) -> str | None:
    """Python's name of a character set, or None where it knows none that makes text of bytes."""
    if not label:
        return None
    label = label.lower()
    if label in _AS_BROWSERS_DO:
        return _AS_BROWSERS_DO[label]
    try:
        info = codecs.lookup(label)
        "".encode(info.name)  # refuses codecs that are no character sets (base64, rot13)
    except (LookupError, ValueError):
        return None
    name = info.name
    if name.startswith(("utf-16", "utf-32")):
        return None  # the first bytes decide that, and they said no
    return _AS_BROWSERS_DO.get(name, name)


def _strict_or_patched(body: bytes, name: str) -> Decoded:
    try:
        return Decoded(body.decode(name), name)
    except UnicodeDecodeError:
        text = body.decode(name, "replace")
        return Decoded(text, name, (_damage(name, text.count("\ufffd")),))


def _unless_wide(utf8: Decoded, body: bytes, named: list[str]) -> Decoded:
    """A handful of double-byte characters can look like UTF-8 by chance; then the declaration decides."""
    wide = [name for name in named if name in _WIDE]
    if not wide or len(named) > 1 or body.isascii():
        return utf8
    if sum(byte > 0x7F for byte in body) > 12:
        return utf8
    try:
        return Decoded(body.decode(wide[0]), wide[0])
    except UnicodeDecodeError:
        return utf8


def _legacy(body: bytes, named: list[str]) -> Decoded:
    """Bytes that are not valid UTF-8."""
    for name in named:
        if name == "utf-8":
            continue
        try:
            text = body.decode(name)
        except UnicodeDecodeError as error:
            text = body.decode(name, "replace")
            bad = text.count("\ufffd")
            high = sum(byte > 0x7F for byte in body[error.start : error.start + SAMPLE]) or 1
            if bad <= max(3, high // 50):
                return Decoded(text, name, (_damage(name, bad),))
            continue
        if not _mostly_utf8(body):
            return Decoded(text, name)
    if _mostly_utf8(body) or _few_bad(body):
        return _patched_utf8(body)
    return _guessed(body)


def _mostly_utf8(body: bytes) -> bool:
    """Whether the valid multi-byte characters outnumber the bad bytes (in no other character set do they)."""
    text = body.decode("utf-8", "replace")
    bad = text.count("\ufffd")
    good = sum(1 for _ in re.finditer("[\u0080-\ufffc\U00010000-\U0010ffff]", text))
    return good >= 4 and good >= 2 * bad


def _few_bad(body: bytes) -> bool:
    """Whether a body is nearly ASCII: hardly any byte is bad, and no run of them makes a word."""
    return sum(byte > 0x7F for byte in body) <= max(3, len(body) // 500)


def _patched_utf8(body: bytes) -> Decoded:
    """UTF-8 with bad bytes: in Latin-script text they are read as windows-1252, else marked as lost."""
    try:
        # UTF-16 surrogates that were written as UTF-8 (CESU-8)
        pairs = (
            body.decode("utf-8", "surrogatepass")
            .encode("utf-16", "surrogatepass")
            .decode("utf-16", "replace")
        )
        return Decoded(pairs, "utf-8", (_damage("utf-8", pairs.count("\ufffd")),))
    except UnicodeDecodeError:
        pass
    lost = body.decode("utf-8", "replace")
    count = lost.count("\ufffd")
    if _LATIN.sub("", lost).isascii():
        text = body.decode("utf-8", _CP1252_BYTES)
        return Decoded(text, "utf-8", (_damage("utf-8", count),))
    return Decoded(lost, "utf-8", (_damage("utf-8", count),))


def _cp1252_bytes(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return error.object[error.start : error.end].decode("cp1252", "replace"), error.end


_CP1252_BYTES = "monitor-cp1252"
codecs.register_error(_CP1252_BYTES, _cp1252_bytes)


def _guessed(body: bytes) -> Decoded:
    """Nothing that was said fits: guess from the parts that are not ASCII, and say so."""
    foreign = b" ".join(re.findall(rb"[^<>]{0,40}[\x80-\xff][^<>]{0,200}", body)[:400])[:SAMPLE]
    best = from_bytes(foreign).best()
    name = _codec(best.encoding) if best is not None else None
    name = name or "cp1252"
    text = body.decode(name, "replace")
    detail = f"the bytes are not what header and declaration say; read as {name}"
    return Decoded(text, name, (Issue(code="encoding_guessed", detail=detail),))


def _damage(name: str, count: int) -> Issue:
    return Issue(
        code="encoding_damaged", detail=f"{count} places are not valid {name}", severity=Severity.WARNING
    )
