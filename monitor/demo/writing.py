"""Writes the invented outlets' feeds: RSS 2.0, Atom, RDF (RSS 1.0) and JSON Feed, each with its quirks."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Sequence
from email.utils import format_datetime
from html import escape as escape_html
from xml.sax.saxutils import escape, quoteattr

from monitor.demo.news import DemoEntry, DemoOutlet

_TYPES = {
    "rss2": "application/rss+xml",
    "atom": "application/atom+xml",
    "rdf": "application/rdf+xml",
    "json": "application/feed+json",
}


def content_type(outlet: DemoOutlet) -> str:
    """The Content-Type header of an outlet's feed."""
    return f"{_TYPES[outlet.format]}; charset={outlet.charset}"


def feed_bytes(outlet: DemoOutlet, items: Sequence[DemoEntry], base: str, now: dt.datetime) -> bytes:
    """The feed as the outlet would serve it from `base`, in its own charset."""
    writers: dict[str, Callable[[DemoOutlet, Sequence[DemoEntry], str, dt.datetime], str]] = {
        "rss2": _rss2,
        "atom": _atom,
        "rdf": _rdf,
        "json": _json,
    }
    return writers[outlet.format](outlet, items, base, now).encode(outlet.charset)


def article_page(outlet: DemoOutlet, entry: DemoEntry, base: str, now: dt.datetime) -> str:
    """The page of an entry: headline, date, paragraphs, canonical address."""
    canonical = base + (entry.canonical or entry.path)
    paragraphs = "\n".join(f"<p>{escape_html(text)}</p>" for text in entry.paragraphs)
    title = escape_html(entry.title)
    return (
        f'<!doctype html><html lang="{outlet.language}"><head><meta charset="utf-8"><title>{title}</title>'
        f'<link rel="canonical" href="{escape_html(canonical)}"></head><body><header>{escape_html(outlet.name)}'
        f"</header><main><article><h1>{title}</h1><time datetime="
        f'"{entry.published(now).isoformat()}"></time>\n{paragraphs}\n</article></main></body></html>'
    )


def _html(entry: DemoEntry, base: str) -> str:
    """The body as paragraphs; a link of the entry stands on the last word of the first paragraph."""
    paragraphs = [escape_html(text, quote=False) for text in entry.paragraphs]
    for link in entry.links:
        start, _, last = paragraphs[0].rpartition(" ")
        paragraphs[0] = f'{start} <a href="{escape_html(base + link)}">{last}</a>'
    return "".join(f"<p>{text}</p>" for text in paragraphs)


def _text(outlet: DemoOutlet, entry: DemoEntry, base: str) -> str:
    """The description: HTML where the outlet writes it so or a link must stand in it, else plain paragraphs."""
    if "html_body" in outlet.quirks or entry.links:
        return _html(entry, base)
    return "\n\n".join(escape_html(text, quote=False) for text in entry.paragraphs)


def _guid(outlet: DemoOutlet, entry: DemoEntry) -> str | None:
    return None if "no_guid" in outlet.quirks else f"urn:newsroom:{outlet.slug}:{entry.id}"


def _rss2(outlet: DemoOutlet, items: Sequence[DemoEntry], base: str, now: dt.datetime) -> str:
    return (
        f'<?xml version="1.0" encoding="{outlet.charset}"?>\n'
        '<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"'
        ' xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel>'
        f"<title>{escape(outlet.name)}</title><link>{escape(base)}/{outlet.slug}/</link>"
        f"<description>{escape(outlet.name)}</description><language>{outlet.language}</language><ttl>30</ttl>\n"
        + "\n".join(_rss2_item(outlet, entry, base, now) for entry in items)
        + "\n</channel></rss>\n"
    )


def _rss2_item(outlet: DemoOutlet, entry: DemoEntry, base: str, now: dt.datetime) -> str:
    published = entry.published(now)
    date = published.strftime("%Y-%m-%d %H:%M") if "bad_date" in outlet.quirks else format_datetime(published)
    guid = _guid(outlet, entry)
    parts = [
        f"<title>{escape(entry.title)}</title>",
        f"<link>{escape(base + entry.url)}</link>",
        f'<guid isPermaLink="false">{escape(guid)}</guid>' if guid else "",
        f"<pubDate>{date}</pubDate>",
        f"<atom:link rel={quoteattr('canonical')} href={quoteattr(base + entry.canonical)}/>"
        if entry.canonical
        else "",
    ]
    if "full_content" in outlet.quirks and not entry.summary_only:
        parts.append(f"<description>{escape(escape_html(entry.paragraphs[0], quote=False))}</description>")
        parts.append(f"<content:encoded><![CDATA[{_html(entry, base)}]]></content:encoded>")
    else:
        parts.append(f"<description>{escape(_text(outlet, entry, base))}</description>")
    return f"<item>{''.join(parts)}</item>"


def _atom(outlet: DemoOutlet, items: Sequence[DemoEntry], base: str, now: dt.datetime) -> str:
    newest = items[0].published(now).isoformat() if items else now.isoformat()
    return (
        f'<?xml version="1.0" encoding="{outlet.charset}"?>\n'
        f'<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="{outlet.language}">'
        f"<id>urn:newsroom:{outlet.slug}</id><title>{escape(outlet.name)}</title><updated>{newest}</updated>"
        f"<link rel={quoteattr('alternate')} href={quoteattr(f'{base}/{outlet.slug}/')}/>\n"
        + "\n".join(_atom_item(outlet, entry, base, now) for entry in items)
        + "\n</feed>\n"
    )


def _atom_item(outlet: DemoOutlet, entry: DemoEntry, base: str, now: dt.datetime) -> str:
    published = entry.published(now).isoformat()
    body = escape(_html(entry, base))
    tag = "summary" if entry.summary_only else "content"
    canonical = (
        f"<link rel={quoteattr('canonical')} href={quoteattr(base + entry.canonical)}/>"
        if entry.canonical
        else ""
    )
    return (
        f"<entry><id>{_guid(outlet, entry) or base + entry.url}</id><title>{escape(entry.title)}</title>"
        f"<link href={quoteattr(base + entry.url)}/>{canonical}<published>{published}</published>"
        f"<updated>{published}</updated><{tag} type={quoteattr('html')}>{body}</{tag}></entry>"
    )


def _rdf(outlet: DemoOutlet, items: Sequence[DemoEntry], base: str, now: dt.datetime) -> str:
    listed = "".join(f"<rdf:li rdf:resource={quoteattr(base + entry.url)}/>" for entry in items)
    return (
        f'<?xml version="1.0" encoding="{outlet.charset}"?>\n'
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f"<channel rdf:about={quoteattr(base + outlet.path)}><title>{escape(outlet.name)}</title>"
        f"<link>{escape(base)}/{outlet.slug}/</link><description>{escape(outlet.name)}</description>"
        f"<dc:language>{outlet.language}</dc:language><items><rdf:Seq>{listed}</rdf:Seq></items></channel>\n"
        + "\n".join(
            f"<item rdf:about={quoteattr(base + entry.url)}><title>{escape(entry.title)}</title>"
            f"<link>{escape(base + entry.url)}</link><dc:date>{entry.published(now).isoformat()}</dc:date>"
            f"<description>{escape(_text(outlet, entry, base))}</description></item>"
            for entry in items
        )
        + "\n</rdf:RDF>\n"
    )


def _json(outlet: DemoOutlet, items: Sequence[DemoEntry], base: str, now: dt.datetime) -> str:
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": outlet.name,
        "home_page_url": f"{base}/{outlet.slug}/",
        "language": outlet.language,
        "items": [
            {
                "id": _guid(outlet, entry) or base + entry.url,
                "url": base + entry.url,
                "title": entry.title,
                "date_published": entry.published(now).isoformat(),
                ("summary" if entry.summary_only else "content_html"): (
                    entry.body if entry.summary_only else _html(entry, base)
                ),
            }
            for entry in items
        ],
    }
    return json.dumps(feed, ensure_ascii=False, indent=1)
