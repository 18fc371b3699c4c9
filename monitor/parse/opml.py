"""Lists of feeds as OPML: read whatever a reader exported, write OPML 2.0 (opml.org/spec2.opml).

Folders are outlines without an address; they are kept as a path. Included lists are named, never fetched.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass
from email.utils import format_datetime
from typing import Any

from lxml import etree

from monitor.errors import ParseError
from monitor.parse.xmltree import child_text, children, local_name, read_xml
from monitor.text.clean import clean_line, cut_text
from monitor.text.urls import canonical_url
from monitor.types.entries import Issue, Severity

MAX_FEEDS = 50_000
MAX_TITLE = 300
MAX_ISSUES = 200
_OUTLINE = re.compile(r"<outline\b", re.IGNORECASE)
_TAG_END = re.compile(r"(?<=[\"'\s])(/?)>(?=\s*+(?:<|\Z))")
_ATTRIBUTE = re.compile(
    r"\s(text|title|type|xmlUrl|htmlUrl|url|description|language|category|version|created|isComment|isBreakpoint)"
    r"\s?=\s?([\"'])",
    re.IGNORECASE,
)
_MARKS = ("xmlurl", "xml", "feed", "feedurl")


@dataclass(frozen=True, slots=True, kw_only=True)
class OpmlFeed:
    """One subscription: its address as written, its title, its site, and the folders it is in, outermost first."""

    url: str
    title: str = ""
    html_url: str | None = None
    folder: tuple[str, ...] = ()
    kind: str = "rss"
    language: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Opml:
    """A list of feeds in its order, and what could not be taken over."""

    title: str = ""
    feeds: tuple[OpmlFeed, ...] = ()
    issues: tuple[Issue, ...] = ()


def parse_opml(body: bytes, *, content_type: str | None = None) -> Opml:
    """Return the feeds that an OPML file lists, damaged or not.

    A feed that stands twice in one folder counts once; an address that is none is an issue. Raises `ParseError`:
    `not_opml`, and those of `read_xml`.
    """
    document = read_xml(body, content_type=content_type, mend=_mended)
    root = document.root
    if local_name(root) not in {"opml", "body", "outline", "outlinedocument"}:
        raise ParseError("not_opml", f"the document is <{local_name(root)[:40]}>, not OPML")
    reading = _Reading(list(document.issues))
    heads = list(children(root, "head"))
    tops = list(children(root, "body")) or [root]
    for top in tops:
        reading.walk(top)
    title = next((child_text(head, "title") for head in heads), "")
    return Opml(title=title, feeds=tuple(reading.feeds), issues=tuple(reading.issues))


class _Reading:
    """Collects feeds and issues while the outlines are walked in their order."""

    def __init__(self, issues: list[Issue]) -> None:
        self.feeds: dict[OpmlFeed, None] = {}
        self.issues = issues
        self._seen: set[tuple[str, tuple[str, ...]]] = set()

    def walk(self, top: Any) -> None:
        """Take in all outlines below `top`; nesting is bounded by the XML parser, the number here."""
        waiting: list[tuple[Any, tuple[str, ...]]] = [(top, ())]
        while waiting:
            element, folder = waiting.pop()
            if local_name(element) == "outline":
                folder = self._outline(element, folder)
            waiting.extend(
                (child, folder) for child in reversed(element) if local_name(child) in {"outline", "body"}
            )
            if len(self.feeds) >= MAX_FEEDS:
                self._note("opml_capped", f"the first {MAX_FEEDS} feeds of the list were read")
                return

    def _outline(self, element: Any, folder: tuple[str, ...]) -> tuple[str, ...]:
        """Take in one outline; returns the folder of what is nested in it."""
        said = {name.rpartition("}")[2].lower(): value for name, value in element.attrib.items()}
        title = cut_text(clean_line(said.get("title") or said.get("text") or ""), MAX_TITLE)
        nested = (*folder, title) if title else folder
        address = next((said[name].strip() for name in _MARKS if said.get(name, "").strip()), "")
        if not address and said.get("type", "").lower() in {"rss", "atom", "feed"}:
            address = said.get("url", "").strip()
        if address:
            self._feed(said, address, title, folder)
        elif said.get("type", "").lower() in {"include", "link"} and said.get("url"):
            self._note(
                "opml_link", f"an included list or link is not followed: {said['url'][:200]}", Severity.INFO
            )
        elif not len(element):
            self._note("opml_no_address", f"an outline has no address: {title or 'no title'}", Severity.INFO)
        return nested

    def _feed(self, said: dict[str, str], address: str, title: str, folder: tuple[str, ...]) -> None:
        url = plain_feed_url(address)
        if canonical_url(url) is None:
            self._note("opml_bad_address", f"no address of a feed: {clean_line(address)[:200]}")
            return
        if (url, folder) in self._seen:
            self._note("opml_repeated", f"listed twice in one folder: {url[:200]}", Severity.INFO)
            return
        self._seen.add((url, folder))
        if title in {url, clean_line(address)}:
            title = ""  # an address is no title
        site = said.get("htmlurl", "").strip()
        feed = OpmlFeed(
            url=url,
            title=title,
            html_url=site if site and canonical_url(site) else None,
            folder=folder,
            kind=clean_line(said.get("type", "")).lower()[:20] or "rss",
            language=clean_line(said.get("language", ""))[:20] or None,
        )
        self.feeds[feed] = None

    def _note(self, code: str, detail: str, severity: Severity = Severity.WARNING) -> None:
        if len(self.issues) == MAX_ISSUES:
            code, detail = "opml_more", f"more than {MAX_ISSUES} problems, the rest is not listed"
        elif len(self.issues) > MAX_ISSUES:
            return
        self.issues.append(Issue(code=code, detail=clean_line(detail), severity=severity))


def _mended(text: str) -> str:
    """The text of a damaged list with its attributes quoted anew: `<`, `>` and quotes stood in titles."""
    first, *outlines = _OUTLINE.split(text)
    return first + "".join(_requoted(outline) for outline in outlines)


def _requoted(outline: str) -> str:
    """One outline, from after its name to before the next; an attribute's value ends where the next one starts."""
    end = None
    for end in _TAG_END.finditer(outline):  # noqa: B007 - the last one: the others stand in values
        pass
    if end is None:
        return ""
    tag, rest = outline[: end.start()], outline[end.end() :]
    starts = list(_ATTRIBUTE.finditer(tag))
    ends = [*(start.start() for start in starts[1:]), len(tag)]
    values = {
        start[1]: tag[start.end() : stop].rstrip().removesuffix(start[2])
        for start, stop in zip(starts, ends, strict=True)
    }
    quoted = "".join(
        f' {name}="{value.replace("<", "&lt;").replace(chr(34), "&quot;")}"' for name, value in values.items()
    )
    return f"<outline{quoted}{end[1]}>{rest}"


def plain_feed_url(address: str) -> str:
    """Return an address without the `feed:` that some sites put before it."""
    lower = address[:12].lower()
    if lower.startswith(("feed:http:", "feed:https:")):
        return address[5:]
    return f"https://{address[7:]}" if lower.startswith("feed://") else address


def write_opml(feeds: Iterable[OpmlFeed], *, title: str, created: dt.datetime | None = None) -> bytes:
    """Return OPML 2.0: the feeds in their order within nested folders; `created` is aware.

    What `parse_opml` reads of it are the same feeds, folder by folder.
    """
    root = etree.Element("opml", version="2.0")
    head = etree.SubElement(root, "head")
    etree.SubElement(head, "title").text = clean_line(title)
    if created is not None:
        etree.SubElement(head, "dateCreated").text = format_datetime(created.astimezone(dt.UTC), usegmt=True)
    body = etree.SubElement(root, "body")
    folders: dict[tuple[str, ...], Any] = {(): body}
    for feed in feeds:
        outline = etree.SubElement(_folder(folders, feed.folder), "outline")
        outline.set("type", feed.kind)
        outline.set("text", clean_line(feed.title) or feed.url)
        if feed.title:
            outline.set("title", clean_line(feed.title))
        outline.set("xmlUrl", feed.url)
        if feed.html_url:
            outline.set("htmlUrl", feed.html_url)
        if feed.language:
            outline.set("language", feed.language)
    written: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)
    return written


def _folder(folders: dict[tuple[str, ...], Any], path: tuple[str, ...]) -> Any:
    """The outline of a folder, made with those around it where it is not there yet."""
    for depth in range(1, len(path) + 1):
        at = path[:depth]
        if at not in folders:
            folders[at] = etree.SubElement(folders[at[:-1]], "outline", text=clean_line(at[-1]))
    return folders[path]
