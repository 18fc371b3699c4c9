"""Items of a well-formed RSS 2.0 or Atom feed straight from Expat, as the dictionaries that feedparser would make.

feedparser's own handlers cost five times what Expat costs. Most feeds use a small part of what it can read;
for them its answers are worked out here. Whatever is not certain to come out the same (other formats, damage, nested
or repeated elements, odd attributes, XHTML) is left to feedparser: `quick_items` returns None. A test holds both
against each other on every capture and on made-up feeds.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from xml.parsers import expat

from monitor.parse import quick_values as values
from monitor.parse.quick_values import Item, Leave


@dataclass(slots=True)
class QuickItems:
    """The items of a document, and the document without them."""

    items: list[Item]
    rest: bytes


def quick_items(xml: bytes) -> QuickItems | None:
    """Return the items of a mended document (UTF-8 with its declaration), or None where feedparser must read it."""
    if b"<!DOCTYPE" in xml[:4000] or b"<!ENTITY" in xml[:4000]:
        return None
    reader = _Reader(xml)
    try:
        reader.parser.Parse(xml, True)
    except (Leave, expat.ExpatError):
        return None
    finally:
        # the parser holds the reader that holds it: without this the document would wait for the collector
        del reader.parser
    if not reader.items:
        return None
    return QuickItems(reader.items, xml[: reader.first] + xml[reader.last :])


@dataclass(slots=True)
class _Leaf:
    """An element of an item that is open."""

    key: str
    attributes: dict[str, str]
    name: str = ""


@dataclass(slots=True)
class _State:
    """What feedparser would remember of the item."""

    data: Item = field(default_factory=dict)
    seen: set[str] = field(default_factory=set)


class _Reader:
    """Handlers of one document."""

    def __init__(self, xml: bytes) -> None:
        parser = expat.ParserCreate("utf-8", values.SEPARATOR)
        parser.namespace_prefixes = True
        parser.buffer_text = True
        parser.buffer_size = 1 << 16
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        parser.StartNamespaceDeclHandler = self._namespace
        parser.StartDoctypeDeclHandler = self._refuse
        self.parser = parser
        self.items: list[Item] = []
        self.first = self.last = len(xml)
        self._end_tag = 0
        self._xml = xml
        self._names: dict[str, str] = {}
        self._depth = 0
        self._item_depth = 0
        self._atom = False
        self._language: str | None = None
        self._state: _State | None = None
        self._leaf: _Leaf | None = None
        self._inside = 0
        self._pieces: list[str] = []
        self._inner: list[str] = []

    @staticmethod
    def _refuse(*_: object) -> None:
        raise Leave

    @staticmethod
    def _namespace(prefix: str | None, uri: str | None) -> None:
        lower = (uri or "").lower()
        if "backend.userland.com" in lower:
            raise Leave
        # feedparser goes by well-known prefixes, too: one that stands for something else is its affair
        if prefix and prefix.lower() in values.RULED_PREFIXES and values.PREFIXES.get(lower) != prefix:
            raise Leave

    def _key(self, name: str) -> str:
        """`prefix_name` as feedparser has it, lower case, the prefix empty for RSS and Atom."""
        key = self._names.get(name)
        if key is None:
            uri, _, rest = (
                name.rpartition(values.SEPARATOR) if name.count(values.SEPARATOR) == 1 else ("", "", "")
            )
            given = ""
            if name.count(values.SEPARATOR) == 2:
                uri, rest, given = name.split(values.SEPARATOR)
            elif not uri:
                rest = name
            prefix = values.PREFIXES.get(uri.lower(), given) if uri else ""
            key = (f"{prefix}_{rest}" if prefix else rest).lower()
            self._names[name] = key
        return key

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        key = self._key(name)
        self._depth += 1
        if self._state is not None:
            self._start_in_item(key, attributes)
        elif self._depth <= 2:  # root and channel, or root and entry
            self._start_outside(key, attributes)
        elif key in {"item", "entry"}:
            if self._atom or self._depth != self._item_depth or key != "item":
                raise Leave
            self._open_item(attributes)
        elif self.items and self._depth == self._item_depth:
            raise Leave

    def _start_outside(self, key: str, attributes: dict[str, str]) -> None:
        if self._depth == 1:
            # a feed with a version is Atom 0.x, which has other rules
            if key not in {"rss", "feed"} or (key == "feed" and "version" in attributes):
                raise Leave
            self._atom = key == "feed"
            self._item_depth = 2 if self._atom else 3
        if "base" in attributes or values.XML_BASE in attributes:
            raise Leave
        language = attributes.get(values.XML_LANG, attributes.get("lang"))
        if self._depth == 1:
            if language == "":
                raise Leave
            self._language = language.replace("_", "-") if language else None
        elif key in {"entry", "item"}:
            if not self._atom or key != "entry":
                raise Leave
            self._open_item(attributes)
        elif self.items or (not self._atom and (key != "channel" or attributes)):
            raise Leave

    def _open_item(self, attributes: dict[str, str]) -> None:
        if attributes:
            raise Leave
        self._close_span()
        self._state = _State()

    def _close_span(self) -> None:
        """Items must follow each other: nothing but white space between them."""
        at = self.parser.CurrentByteIndex
        if not self.items:
            self.first = at
        elif self._xml[self._end_tag : at].strip():
            raise Leave

    def _start_in_item(self, key: str, attributes: dict[str, str]) -> None:
        if self._leaf is None:
            if self._without_effect(key):
                self._leaf = _Leaf("", {})
            elif key in values.UNDERSTOOD:
                self._leaf = _Leaf(key, attributes)
            else:
                raise Leave
            return
        self._inside += 1
        if self._leaf.key == "":
            if key in values.HANDLED and key not in values.HARMLESS_INSIDE and not self._without_effect(key):
                raise Leave
            return
        if self._leaf.key != "author" or not self._atom or key not in {"name", "email", "uri"} or attributes:
            raise Leave
        self._leaf.name = key
        self._inner.clear()

    def _without_effect(self, key: str) -> bool:
        """Whether an element changes nothing that is read of the item."""
        if key == "media_title":
            # a title that was there before it stands, unless a source came between: feedparser forgets it then
            state = self._state
            return state is not None and bool(state.data.get("title")) and "source" not in state.seen
        return key in values.HARMLESS or (key not in values.HANDLED and key not in values.READ)

    def _text(self, text: str) -> None:
        if self._leaf is not None:
            (self._inner if self._inside else self._pieces).append(text)

    def _end(self, _name: str) -> None:
        depth, self._depth = self._depth, self._depth - 1
        state = self._state
        if state is None:
            return
        if self._inside:
            self._inside -= 1
            if self._leaf is not None and self._leaf.key == "author":
                self._end_of_author_part(state, self._leaf)
            return
        leaf = self._leaf
        if leaf is not None:
            self._leaf = None
            if leaf.key:
                self._close(state, leaf, values.popped("".join(self._pieces)))
            self._pieces.clear()
            return
        if depth == self._item_depth:
            self.items.append(state.data)
            self._state = None
            self._end_tag = self.last = self._xml.index(b">", self.parser.CurrentByteIndex) + 1

    def _end_of_author_part(self, state: _State, leaf: _Leaf) -> None:
        value = "".join(self._inner).strip()
        if leaf.name == "name":
            if not value or "name" in leaf.attributes:
                raise Leave
            leaf.attributes["name"] = value
            state.data["author_detail"] = {"name": value}
        leaf.name = ""

    def _close(self, state: _State, leaf: _Leaf, value: str) -> None:
        key = leaf.key
        if key == "link":
            self._close_link(state, leaf.attributes, value)
        elif key in values.AUTHORS:
            self._close_author(state, leaf, value)
        elif key in {"category", "dc_subject"}:
            values.close_category(state.data, leaf.attributes, value)
        elif key == "source":
            self._once(state, "source")
            if self._atom or leaf.attributes.keys() - {"url"}:
                raise Leave
            state.data["source"] = {"href": leaf.attributes["url"]} if "url" in leaf.attributes else {}
        elif key in values.SINGLE:
            self._close_single(state, leaf, values.SINGLE[key], value)
        else:
            self._close_text(state, leaf, value)

    @staticmethod
    def _once(state: _State, name: str) -> None:
        if name in state.seen:
            raise Leave
        state.seen.add(name)

    def _close_single(self, state: _State, leaf: _Leaf, name: str, value: str) -> None:
        self._once(state, name)
        data = state.data
        if name == "title":
            data["title"] = value
            data["title_detail"] = self._detail(leaf.attributes, "text/plain", value)
            return
        if name == "id":
            self._close_id(data, leaf, value)
            return
        if leaf.attributes:
            raise Leave
        data[name] = value

    @staticmethod
    def _close_id(data: Item, leaf: _Leaf, value: str) -> None:
        permanent = leaf.attributes.get("isPermaLink", leaf.attributes.get("ispermalink", "true")) == "true"
        if leaf.attributes.keys() - {"isPermaLink", "ispermalink"}:
            raise Leave
        if permanent and value:
            value = values.absolute(value)
        data["id"] = value
        data["guidislink"] = permanent and "link" not in data
        if permanent:
            data.setdefault("link", value)

    @staticmethod
    def _close_link(state: _State, attributes: dict[str, str], value: str) -> None:
        data = state.data
        links: list[dict[str, str]] = data.setdefault("links", [])
        if not attributes:
            _Reader._once(state, "link")
            value = values.absolute(value) if value else value
            value = values.QUERY_ENTITY.sub(r"&\g<1>", value.replace("&amp;", "&"))
            data["link"] = value
            links.append({"rel": "alternate", "href": value} if value else {"rel": "alternate"})
            return
        if value or not attributes.get("href") or attributes.keys() & {"url", "uri", "base", "lang"}:
            raise Leave
        if any(values.SEPARATOR in name for name in attributes):
            raise Leave
        rel = attributes.get("rel", "alternate").lower()
        kind = attributes.get("type", "text/html" if rel != "self" else "application/atom+xml").lower()
        href = values.absolute(attributes["href"])
        links.append({"rel": rel, "href": href})
        if rel == "alternate" and (values.TYPES.get(kind, kind) in values.HTML or kind == "xhtml"):
            data["link"] = href

    def _close_author(self, state: _State, leaf: _Leaf, value: str) -> None:
        if self._atom and leaf.key == "author":
            if value or "name" not in leaf.attributes:
                raise Leave
            return
        if leaf.attributes or self._atom:
            raise Leave
        state.data["author"] = value
        if "@" in value:
            detail = values.Author(value).detail
            if detail:
                state.data.setdefault("author_detail", detail)
        elif value:
            state.data.setdefault("author_detail", {"name": value})

    def _close_text(self, state: _State, leaf: _Leaf, value: str) -> None:
        data, key = state.data, leaf.key
        if key in {"description", "summary"}:
            if (key == "summary") != self._atom:
                raise Leave
            self._once(state, "summary")
            data["summary"] = value
            default = "text/plain" if self._atom else "text/html"
            data["summary_detail"] = self._detail(leaf.attributes, default, value)
            return
        if (key == "content") != self._atom:
            raise Leave
        self._once(state, "content")
        detail = self._detail(leaf.attributes, "text/plain" if self._atom else "text/html", value)
        data["content"] = [detail | {"value": value}]
        data.setdefault("summary", value)

    def _detail(self, attributes: dict[str, str], default: str, value: str) -> dict[str, Any]:
        """Type and language of a text, as feedparser guesses them."""
        given = attributes.get("type", default).lower()
        kind = values.TYPES.get(given, given)
        # a base changes nothing, for links in texts are resolved later
        if attributes.keys() - {"type", values.XML_LANG, values.XML_BASE} or kind not in {
            "text/plain",
            "text/html",
        }:
            raise Leave
        if not self._atom and attributes:
            raise Leave
        language = self._language
        if values.XML_LANG in attributes:
            language = attributes[values.XML_LANG].replace("_", "-") or None
        if not self._atom and kind == "text/plain" and ("<" in value or "&" in value):
            kind = "text/html" if values.looks_like_html(value) else kind
        return {"type": kind, "language": language}
