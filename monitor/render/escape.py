"""Nothing from a feed reaches a page, a mail or a spreadsheet as anything but text."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from typing import Final, Literal
from urllib.parse import urlsplit

from markupsafe import Markup

Direction = Literal["ltr", "rtl"]

RTL_LANGUAGES: Final = frozenset(
    {
        "ar",
        "arc",
        "ckb",
        "dv",
        "fa",
        "ha-arab",
        "he",
        "iw",
        "ks",
        "ku-arab",
        "nqo",
        "ps",
        "sd",
        "syr",
        "ug",
        "ur",
        "yi",
    }
)
# embeddings, overrides and isolates: kept in storage, not shown, or one title could reorder a page
_BIDI_CONTROLS: Final = re.compile("[\u202a-\u202e\u2066-\u2069]")
_CONTROLS: Final = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]+")
_LINK_UNSAFE: Final = re.compile("[\x00-\x20\x7f-\xa0\u2028\u2029\ud800-\udfff\"'<>`\\\\]")
# ASVS 5 1.2.10, with full-width forms and leading blanks; the quote itself, so that `restore` is exact
_FORMULA: Final = re.compile(
    "^(?:['\t\r\n\x00]|[\\s\u200b-\u200f\u2060\ufeff]*[=+\\-@\uff1d\uff0b\uff0d\uff20])"
)
_LANGUAGE_TAG: Final = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8}){0,3}")


def safe_url(url: object) -> str | None:
    """Return the address if it is http or https with a host and no odd character, else None.

    Unsafe characters are percent-encoded where they may stand in a path (quotes, angle brackets,
    spaces); control characters refuse the link. User names and passwords in a link refuse it too.
    """
    if not isinstance(url, str):
        return None
    text = url.strip(" ")
    if _CONTROLS.search(text) or _BIDI_CONTROLS.search(text):
        return None
    try:
        parts = urlsplit(text)
        host, user = parts.hostname, parts.username
    except ValueError:
        return None
    if parts.scheme.lower() not in {"http", "https"} or not host or user is not None:
        return None
    if _LINK_UNSAFE.search(parts.netloc):
        return None
    return _LINK_UNSAFE.sub(lambda match: "".join(f"%{byte:02X}" for byte in match[0].encode()), text)


def direction(language: object, text: str = "") -> Direction:
    """Direction of a text: of its language where that is known, else of its first strong character."""
    code = str(language or "").lower()
    if code and code not in {"und", "mul", "nan", "none"}:
        return "rtl" if code in RTL_LANGUAGES or code.split("-")[0] in RTL_LANGUAGES else "ltr"
    for char in text:
        kind = unicodedata.bidirectional(char)
        if kind in {"R", "AL"}:
            return "rtl"
        if kind == "L":
            return "ltr"
    return "ltr"


def language_tag(language: object) -> str:
    """Value for a `lang` attribute: the code if it is one, else empty (HTML: language unknown)."""
    code = str(language or "")
    return code if code not in {"und", "nan", "None"} and _LANGUAGE_TAG.fullmatch(code) else ""


def one_line(text: object) -> str:
    """Text on one line without control and bidi control characters; None and NaN give an empty string."""
    if text is None or text != text:  # noqa: PLR0124 - NaN is the only value that differs from itself
        return ""
    return " ".join(_CONTROLS.sub(" ", _BIDI_CONTROLS.sub("", str(text))).split())


def shorten(text: object, limit: int) -> str:
    """One line of at most `limit` characters, cut at a word where there is one, with an ellipsis."""
    line = one_line(text)
    if len(line) <= limit:
        return line
    cut = line[: limit - 1]
    head, _, _ = cut.rpartition(" ")
    return (head if len(head) > limit * 0.6 else cut).rstrip(" ,;:-") + "…"


def isolate(text: object) -> str:
    """The text between U+2068 and U+2069 for plain text, so that it cannot reorder its neighbours."""
    return f"\u2068{one_line(text)}\u2069"


def bdi(text: object, language: object = "") -> Markup:
    """`<bdi>` with the language and direction of the text, escaped."""
    line = one_line(text)
    return Markup('<bdi lang="{}" dir="{}">{}</bdi>').format(
        language_tag(language), direction(language, line), line
    )


def link(url: object, text: object, language: object = "") -> Markup:
    """A link out with its text isolated; only the text where the address is not http or https."""
    inner, target = bdi(text, language), safe_url(url)
    if target is None:
        return inner
    return Markup('<a href="{}" rel="noopener noreferrer nofollow">{}</a>').format(target, inner)


def anchor(kind: str, key: object) -> str:
    """A stable id for an element, `story-12`, `claim-ab12`: from ids and uids, never from titles.

    Keys with other than ASCII letters, digits, `-` and `_`, or of over 80 characters, are hashed.
    """
    text = str(int(key)) if isinstance(key, float) and key.is_integer() else str(key)
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,80}", text):
        text = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]
    return f"{kind}-{text}"


def neutralise(text: str) -> str:
    """Cell text that no spreadsheet takes for a formula: a leading `'` where it could (OWASP ASVS 1.2.10)."""
    return f"'{text}" if _FORMULA.match(text) else text


def restore(text: str) -> str:
    """The inverse of `neutralise`."""
    return text[1:] if text.startswith("'") else text
