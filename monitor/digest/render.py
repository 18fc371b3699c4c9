"""`DigestContent` -> a mail's subject, HTML (CSS inlined, chart by CID) and plain text of equal content.

content ─► page (lines) ─┬─► mail.html ─► css-inline
                         ├─► mail.txt
                         └─► subject          chart: matplotlib PNG with its figures as alternative text
"""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import textwrap
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final

import css_inline
from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from monitor.digest.page import build_page
from monitor.render.charts import Bar
from monitor.render.labels import Labels
from monitor.render.png import PngChart, bar_png
from monitor.types.digest import DigestContent, Dropped, InlineImage, RenderedDigest, Section

CHART_FROM_TOPICS: Final = 2
"""A chart of one bar says nothing."""
TEXT_WIDTH: Final = 76
"""RFC 5322 2.1.1 asks for at most 78 characters a line; addresses stay whole."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RenderOptions:
    """`made_at` aware; `report_url` the address of report.html or empty; `sender` for leaving the list."""

    made_at: dt.datetime
    report_url: str = ""
    sender: str = ""
    charts: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class SafelyRendered:
    """A digest that could be rendered, and the content it tells: without what could not (`dropped`)."""

    rendered: RenderedDigest
    content: DigestContent


def render_digest(content: DigestContent, labels: Labels, options: RenderOptions) -> RenderedDigest:
    """Return the digest in the words of `labels`. The same content and options give the same bytes."""
    page = build_page(
        content, labels, made_at=options.made_at, report_url=options.report_url, sender=options.sender
    )
    chart = _chart(content, labels) if options.charts else None
    image = _image(chart) if chart else None
    values = {"page": page, "chart": chart, "cid": image.cid if image else ""}
    return RenderedDigest(
        name=content.spec.name,
        day=content.period.day,
        title=page.title,
        subject=page.subject,
        html=_inliner().inline(_templates().get_template("mail.html").render(values)),
        text=_templates().get_template("mail.txt").render(values),
        language=page.language,
        images=(image,) if image else (),
    )


def render_safely(
    content: DigestContent,
    labels: Labels,
    options: RenderOptions,
    *,
    measure: Callable[[RenderedDigest], int] = lambda _: 0,
    limit: int = 0,
) -> SafelyRendered:
    """Render without the stories that make rendering, or `measure`, fail; the digest says how many.

    `measure` returns the size of the finished mail in bytes; above `limit` (0: none) the last stories of each
    section are left out for length until it fits. Raises only what fails without any story too.
    """
    try:
        rendered = render_digest(content, labels, options)
        size = measure(rendered)
    except Exception as error:
        blamed = _without_poison(content, labels, options, measure)
        if blamed is content:
            raise
        content = blamed
        try:
            rendered = render_digest(content, labels, options)
            size = measure(rendered)
        except Exception as again:
            raise again from error
    while limit and size > limit and content.stories:
        content = _shorter(content)
        rendered = render_digest(content, labels, options)
        size = measure(rendered)
    return SafelyRendered(rendered=rendered, content=content)


def preview_html(rendered: RenderedDigest) -> str:
    """The HTML as a page of its own: pictures as data, and a policy that lets nothing else load."""
    html = rendered.html
    for image in rendered.images:
        data = base64.b64encode(image.png).decode("ascii")
        html = html.replace(f"cid:{image.cid}", f"data:image/png;base64,{data}")
    policy = (
        "default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
    )
    return html.replace("<head>", f'<head><meta http-equiv="Content-Security-Policy" content="{policy}">', 1)


def _without_poison(
    content: DigestContent,
    labels: Labels,
    options: RenderOptions,
    measure: Callable[[RenderedDigest], int],
) -> DigestContent:
    """The content without the stories that fail on their own, or the same object if none does."""
    dropped: list[Dropped] = []
    sections: list[Section] = []
    for section in content.sections:
        kept = []
        for story in section.stories:
            alone = replace(content, sections=(replace(section, stories=(story,)),))
            try:
                measure(render_digest(alone, labels, options))
            except Exception as error:  # whatever it is, it costs one story and is named
                reason = f"{type(error).__name__}: {error}"[:300]
                dropped.append(Dropped(story_id=story.story_id, entry_ids=story.entry_ids, reason=reason))
            else:
                kept.append(story)
        if kept:
            sections.append(replace(section, stories=tuple(kept)))
    if not dropped:
        return content
    counts = dict(content.counts)
    counts["told"] = counts.get("told", 0) - len(dropped)
    counts["dropped"] = counts.get("dropped", 0) + len(dropped)
    return replace(content, sections=tuple(sections), dropped=(*content.dropped, *dropped), counts=counts)


def _shorter(content: DigestContent) -> DigestContent:
    """The content without the last quarter (at least one story) of its longest sections."""
    target = len(content.stories) * 3 // 4
    sections = list(content.sections)
    left = list(content.left_out_ids)
    while sum(len(section.stories) for section in sections) > target:
        place = max(range(len(sections)), key=lambda i: len(sections[i].stories))
        section = sections[place]
        last = section.stories[-1]
        left.extend(last.story_ids or (last.story_id,))
        sections[place] = replace(section, stories=section.stories[:-1], left_out=section.left_out + 1)
    counts = dict(content.counts)
    gone = len(content.stories) - sum(len(section.stories) for section in sections)
    counts["told"] = counts.get("told", 0) - gone
    counts["left_out"] = counts.get("left_out", 0) + gone
    return replace(
        content,
        sections=tuple(section for section in sections if section.stories),
        left_out_ids=tuple(sorted(left)),
        counts=counts,
    )


def _chart(content: DigestContent, labels: Labels) -> PngChart | None:
    bars = [
        Bar(
            label=labels.topic(section.topic),
            value=len(section.stories) + section.left_out,
            language=labels.language,
        )
        for section in content.sections
    ]
    if len(bars) < CHART_FROM_TOPICS:
        return None
    return bar_png(bars, title=labels.word("stories_by_topic"), labels=labels, width=440)


def _image(chart: PngChart) -> InlineImage:
    # named by content: the same chart has the same id in every copy of the mail
    digest = hashlib.sha256(chart.png).hexdigest()[:16]
    return InlineImage(cid=f"chart-{digest}@digest.invalid", png=chart.png, alt=chart.alt)


@lru_cache(maxsize=1)
def _templates() -> Environment:
    environment = Environment(
        loader=PackageLoader("monitor.digest"),
        undefined=StrictUndefined,
        autoescape=select_autoescape(["html"]),
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["wrapped"] = _wrapped
    return environment


@lru_cache(maxsize=1)
def _inliner() -> css_inline.CSSInliner:
    # at-rules stay in <style>: dark mode and small screens; nothing is ever loaded
    return css_inline.CSSInliner(keep_at_rules=True, load_remote_stylesheets=False)


def _wrapped(text: str, indent: str = "") -> str:
    return textwrap.fill(
        text,
        TEXT_WIDTH,
        initial_indent=indent,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )
