"""HTML to plain text with sensible paragraphs, in linear time whatever the markup.

    hidden elements out -> block tags to marks -> other tags out -> entities -> white space -> clean_text

It is a scanner of tags, not a tree builder, on purpose: an HTML5 tree builder is quadratic on
hostile nesting (lexbor, measured: 1 MB of `<div>` takes 93 s, 5,000 nested `<b id=…><p>` 15 s),
and a feed's item needs no tree. Every pattern below consumes what it has looked at.
"""

from __future__ import annotations

import html
import re

from monitor.text.clean import clean_text

# an attribute's quotes count only after "=", as HTML's tokenizer has it; possessive: no backtracking
_ATTRIBUTES = r"(?:[^>=]++|=\s*+(?:\"[^\"]*+\"|'[^']*+')?+)*+(?:>|\Z)"
_PARAGRAPH_TAG = re.compile(
    r"</?(?:p|h[1-6]|blockquote|ul|ol|dl|table|figure|section|article|hr|pre|header|footer|aside|address)"
    rf"(?![\w-]){_ATTRIBUTES}",
    re.IGNORECASE,
)
_LINE_TAG = re.compile(
    r"<br(?![\w-])[^>]*+(?:>|\Z)|</?(?:div|li|tr|dt|dd|figcaption|caption|option|center|main|nav|form|summary|details)"
    rf"(?![\w-]){_ATTRIBUTES}",
    re.IGNORECASE,
)
_CELL_TAG = re.compile(rf"</?(?:td|th)(?![\w-]){_ATTRIBUTES}", re.IGNORECASE)
_OTHER_TAG = re.compile(rf"</?[a-zA-Z]{_ATTRIBUTES}|<[!?][^>]*+(?:>|\Z)|</[^a-zA-Z][^>]*+(?:>|\Z)")
_HIDDEN = re.compile(
    r"<(!--|script|style|noscript|template|iframe|head|title|svg|object|video|audio|canvas|select|button|textarea)"
    rf"(?:(?<=!--)|(?![\w-]){_ATTRIBUTES})",
    re.IGNORECASE,
)
_RAW = frozenset({"!--", "script", "style"})
_HREF = re.compile(r"<a\s[^>]*?\bhref\s*=\s*(?:\"([^\"<>]*)\"|'([^'<>]*)'|([^\s\"'<>]+))", re.IGNORECASE)
_ESCAPED_TAG = re.compile(r"&lt;(?:/(?:p|div|a|b|i|em|strong|span|ul|li|h[1-6])|br\s*/?|p|img\s[^&]{1,300})\s*&gt;", re.I)
_LEFT_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z]{2,8}[1-4]?);")
_PARAGRAPH, _LINE = "\x1d", "\x1e"
_BREAKS = re.compile(f"[\\s{_LINE}]*{_PARAGRAPH}[\\s{_LINE}{_PARAGRAPH}]*|\\s*{_LINE}\\s*(?:{_LINE}[\\s{_LINE}]*)?")
_PLAIN_BREAK = re.compile(r"\s*\n\s*\n\s*|\n")
MAX_HTML = 2_000_000
"""Characters of markup that are read of one text; the rest is not looked at."""


def html_to_text(source: str) -> str:
    """Return the readable text of an HTML fragment: cleaned, paragraphs apart by an empty line.

    Lines are kept for `<br>`, `<div>` and list items. Text without a tag keeps its own line ends.
    Scripts, styles, comments and the fallback of embedded media are left out. Markup that was
    escaped twice is read as markup where it can be nothing else. Linear in the length; never raises.
    """
    source = source[:MAX_HTML]
    if "<" not in source:
        if "&" not in source:
            return _plain(source)
        if "&lt;" not in source or not _ESCAPED_TAG.search(source):
            return _plain(_decode(source))
        source = html.unescape(source)
    return _tagged(source)


def inline_text(source: str) -> str:
    """Return the text of a short HTML fragment (a title) on one line, cleaned."""
    if "<" in source or "&" in source:
        source = html_to_text(source)
    return " ".join(clean_text(source).split())


def hrefs(source: str, limit: int = 200) -> list[str]:
    """Return the targets of `<a href>` in an HTML fragment, as written, without repeats, at most `limit`."""
    if "href" not in source and "HREF" not in source:
        return []
    found: dict[str, None] = {}
    for match in _HREF.finditer(source[:MAX_HTML]):
        url = match[match.lastindex or 1]
        found[html.unescape(url) if "&" in url else url] = None
        if len(found) >= limit:
            break
    return list(found)


def _tagged(source: str) -> str:
    """Text of markup. The marks are controls, which no cleaned text holds."""
    source = source.replace(_PARAGRAPH, "").replace(_LINE, "")
    if "<![CDATA[" in source:
        source = source.replace("<![CDATA[", "").replace("]]>", "")
    source = _without_hidden(source)
    source = _PARAGRAPH_TAG.sub(_PARAGRAPH, source)
    source = _LINE_TAG.sub(_LINE, source)
    if "<t" in source or "<T" in source:
        source = _CELL_TAG.sub(" ", source)
    if "<" in source:
        source = _OTHER_TAG.sub("", source)
    if "&" in source:
        source = _decode(source)
    return _join(source)


def _join(marked: str) -> str:
    """White space as HTML shows it: runs are one space, marks are line ends."""
    paragraphs = []
    for part in marked.split(_PARAGRAPH):
        lines = [" ".join(line.split()) for line in part.split(_LINE)]
        text = "\n".join(lines).strip("\n")
        if text:
            paragraphs.append(re.sub("\n{2,}", "\n\n", text))
    return clean_text("\n\n".join(paragraphs))


def _plain(text: str) -> str:
    """Text without markup: its own line ends are meant, spaces are collapsed."""
    text = clean_text(text)
    if "\n" not in text:
        return " ".join(text.split())
    return re.sub("\n{3,}", "\n\n", "\n".join(" ".join(line.split()) for line in text.split("\n"))).strip("\n")


def _decode(text: str) -> str:
    """Entities decoded, a second time where the first left whole ones (a feed that escapes twice)."""
    text = html.unescape(text)
    if "&" in text and _LEFT_ENTITY.search(text):
        text = _LEFT_ENTITY.sub(lambda match: html.unescape(match[0]), text)
    return text


def _without_hidden(source: str) -> str:
    """Leave out comments and elements whose content is not read.

    An element that is never closed loses its tag only (scripts, styles and comments: the rest),
    and each name is searched for at most once in vain, which keeps the scan linear.
    """
    match = _HIDDEN.search(source)
    if match is None:
        return source
    lower = source.lower() if source.isascii() else source.translate(_ASCII_LOWER)
    kept, position = [], 0
    unclosed: set[str] = set()
    while match is not None:
        name = match[1].lower()
        kept.append(source[position : match.start()])
        position = match.end()
        if name not in unclosed and (name in _RAW or not match[0].endswith("/>")):
            end = lower.find("-->" if name == "!--" else f"</{name}", match.start() if name == "!--" else position)
            if end >= 0:
                position = lower.find(">", end) + 1 or len(source)
            elif name in _RAW:
                position = len(source)
            else:
                unclosed.add(name)
        match = _HIDDEN.search(source, position)
    kept.append(source[position:])
    return "".join(kept)


_ASCII_LOWER = {upper: upper + 32 for upper in range(ord("A"), ord("Z") + 1)}
