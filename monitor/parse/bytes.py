"""What is mended in a feed's XML before a parser sees it, and what is refused.

    junk before and after -> controls -> impossible references -> excess, nesting -> UTF-8 with its declaration

Everything here is linear in the length of the body.
"""

from __future__ import annotations

import re

import numpy as np

from monitor.errors import ParseError
from monitor.types.entries import Issue, Severity

MAX_DEPTH = 1000
"""Levels of elements; real feeds have a dozen, 100,000 cost a parser seconds (facts.md)."""

MAX_NAMESPACES = 5000
MAX_ATTRIBUTES = 1000
MAX_CATEGORIES = 2000

_CONTROLS = bytes([*range(0x09), 0x0B, 0x0C, *range(0x0E, 0x20)])
_ROOT = re.compile(rb"<\?xml\b|<(?:\w{1,20}:)?(?:rss|feed|RDF|rdf|channel)\b|<!DOCTYPE|<!--", re.IGNORECASE)
_FIRST_ELEMENT = re.compile(rb"<\w")
_XML_DECLARATION = re.compile(rb"<\?xml[^>]*+>")
_LAST_CLOSE = re.compile(rb"</(?:\w{1,20}:)?(?:rss|feed|RDF)\s*>", re.IGNORECASE)
_LONE_OPEN = re.compile(rb"<(?:item|entry)[\s>]")
# references to what XML does not allow: controls, surrogates, noncharacters, beyond Unicode
_BAD_REFERENCE = re.compile(
    rb"&#(?:[xX]0*+(?:[0-8bcefBCEF]|1[0-9a-fA-F]|[dD][89a-fA-F][0-9a-fA-F]{2}|[fF]{3}[eEfF]|(?!10)[1-9a-fA-F][0-9a-fA-F]{5}"
    rb"|[1-9a-fA-F][0-9a-fA-F]{6,}|)|0*+(?:[0-8]|1[124-9]|2[0-9]|3[01]|55(?:29[6-9]|[3-9][0-9]{2})|56[0-9]{3}"
    rb"|57(?:[0-2][0-9]{2}|3[0-3][0-9]|34[0-3])|6553[45]|111411[2-9]|11141[2-9][0-9]|1114[2-9][0-9]{2}"
    rb"|111[5-9][0-9]{3}|11[2-9][0-9]{4}|1[2-9][0-9]{5}|[2-9][0-9]{6}|[1-9][0-9]{7,}|));"
)
_PAIR = re.compile(rb"&#([xX][0-9a-fA-F]{1,8}|[0-9]{1,8});&#([xX][0-9a-fA-F]{1,8}|[0-9]{1,8});")
_CDATA = re.compile(rb"<!\[CDATA\[(?:[^\]]++|\](?!\]>))*+(?:\]\]>|\Z)|<!--(?:[^-]++|-(?!->))*+(?:-->|\Z)")
_VOID = re.compile(rb"</?(?:br|img|hr|p|li|input|wbr|td|tr|th|source|param|meta|link)[\s/>]", re.IGNORECASE)
_CATEGORY = re.compile(rb"<category\b[^<]*+</category\s*>|<category\b[^>]*+/>")
_MANY_ATTRIBUTES = re.compile(rb"<\w[^<>=]*+(?:=[^<>=]*+){1001}")
_DECLARATION = b'<?xml version="1.0" encoding="utf-8"?>\n'
# feedparser searches an author's text for a mail address in quadratic time
_LONG_AUTHOR = re.compile(
    rb"(<(?:\w{1,20}:)?(?:author|creator|managingEditor|webMaster|publisher|owner|contributor)\b[^<>]{0,200}>"
    rb"(?:<!\[CDATA\[)?+[^<]{1000})[^<\]]++",
    re.IGNORECASE,
)


def mend_xml(text: str) -> tuple[bytes, tuple[Issue, ...]]:
    """Return the document as UTF-8 bytes that an XML parser can start on, and what was mended.

    Raises `ParseError` (`too_deep`) where elements are nested beyond `MAX_DEPTH`.
    """
    # what decoding could not tell apart: lone surrogates have no UTF-8
    body = text.encode("utf-8", "replace").translate(None, _CONTROLS)
    if b"\xef\xbf\xbe" in body or b"\xef\xbf\xbf" in body:
        body = body.replace(b"\xef\xbf\xbe", b"").replace(b"\xef\xbf\xbf", b"")
    body, issues = _without_junk(body.strip())
    if b"&#" in body and _BAD_REFERENCE.search(body):
        body = _BAD_REFERENCE.sub(b"", _PAIR.sub(_joined, body))
    body = _few_categories(_LONG_AUTHOR.sub(rb"\1", _short_head(body)))
    _refuse_excess(body)
    _refuse_depth(body)
    return _DECLARATION + body, issues


def cut_off(body: bytes) -> bool:
    """Return whether the document ends inside an item whose siblings were closed."""
    opened = max(
        (match.start() for match in _LONE_OPEN.finditer(body, max(0, len(body) - 2_000_000))), default=-1
    )
    closed = max(body.rfind(b"</item>"), body.rfind(b"</entry>"))
    return 0 <= closed < opened


def _without_junk(body: bytes) -> tuple[bytes, tuple[Issue, ...]]:
    """Leave out what stands before the first and after the last tag of the feed."""
    issues = []
    if not body.startswith(b"<?xml"):
        start = _ROOT.search(body[:10_000])
        if start is not None and start.start() > 0:
            issues.append(
                Issue(code="junk_before", detail="text before the XML was left out", severity=Severity.INFO)
            )
            body = body[start.start() :]
    if not body.endswith(b">") or not _LAST_CLOSE.search(body, max(0, len(body) - 20)):
        last = None
        for last in _LAST_CLOSE.finditer(body, max(0, len(body) - 1_000_000)):  # noqa: B007 - the last one counts
            pass
        if last is not None and body[last.end() :].strip() and not _LONE_OPEN.search(body, last.end()):
            rest = body[last.end() :].strip()
            if not (rest.startswith(b"<!--") and rest.endswith(b"-->")):
                issues.append(
                    Issue(
                        code="junk_after",
                        detail="text after the feed's end was left out",
                        severity=Severity.INFO,
                    )
                )
            body = body[: last.end()]
    declaration = _XML_DECLARATION.match(body)
    if declaration is not None:
        body = body[declaration.end() :].lstrip()
    return body, tuple(issues)


def _joined(match: re.Match[bytes]) -> bytes:
    """Two references to the halves of a UTF-16 pair are one character; others stay as they are."""
    first, second = (int(code[1:], 16) if code[:1] in b"xX" else int(code) for code in match.groups())
    if 0xD800 <= first < 0xDC00 <= second < 0xE000:
        return b"&#%d;" % (0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00))
    return match[0]


def _short_head(body: bytes) -> bytes:
    """White space before the first element is made short: feedparser's search for a DOCTYPE is quadratic in it."""
    first = _FIRST_ELEMENT.search(body)
    head = body[: first.start()] if first is not None else body[:0]
    if len(head) > 2000:
        return re.sub(rb"\s+", b"\n", head) + body[len(head) :]
    return body


def _few_categories(body: bytes) -> bytes:
    """feedparser compares each category with all others of its item: absurd numbers of them go."""
    count = body.count(b"<category")
    if count <= MAX_CATEGORIES or count <= 100 * len(_LONE_OPEN.findall(body)):
        return body
    return _CATEGORY.sub(b"", body)


def _refuse_excess(body: bytes) -> None:
    """Refuse numbers of name spaces, or of attributes on one tag, that no feed has: both cost squares of time."""
    if body.count(b"xmlns:") > MAX_NAMESPACES:
        raise ParseError("too_complex", f"more than {MAX_NAMESPACES} declarations of name spaces")
    if body.count(b"=") > MAX_ATTRIBUTES and _MANY_ATTRIBUTES.search(body):
        raise ParseError("too_complex", f"more than {MAX_ATTRIBUTES} attributes on one tag")


def _refuse_depth(body: bytes) -> None:
    """Bound nesting. The cheap count sees too much depth, never too little; then CDATA and void tags go."""
    if _depth(body) > MAX_DEPTH and _depth(_VOID.sub(b"", _CDATA.sub(b"", body))) > MAX_DEPTH:
        raise ParseError("too_deep", f"more than {MAX_DEPTH} levels of elements")


def _depth(body: bytes) -> int:
    """Most opening tags without their closing ones at any place."""
    data = np.frombuffer(body + b" ", dtype=np.uint8)
    at = np.flatnonzero(data == ord("<"))
    if at.size <= MAX_DEPTH:
        return 0
    following = data[at + 1]
    step = np.where(following == ord("/"), -1, 1)
    step[(following == ord("!")) | (following == ord("?"))] = 0
    ends = np.flatnonzero(data == ord(">"))
    closed = ends[(ends > 0) & (data[ends - 1] == ord("/"))]
    places = np.concatenate((at, closed))
    steps = np.concatenate((step, np.full(closed.size, -1)))
    level = np.cumsum(steps[np.argsort(places, kind="stable")])
    # closing tags that close nothing must not hide the depth that follows
    return int((level - np.minimum.accumulate(np.minimum(level, 0))).max(initial=0))
