"""Every line that a reader will see, made once, so that HTML and plain text say the same.

Lines are plain strings on one line; templates escape them. Foreign names inside a line of the reader's
language are isolated (U+2068, U+2069) where their direction differs, so that they cannot reorder it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from monitor.render.escape import anchor, direction, isolate, language_tag, one_line, safe_url, shorten
from monitor.render.labels import Labels
from monitor.types.digest import Change, ClaimLine, DigestContent, DigestStory, FeedNote, Retold, Section

TITLE_LENGTH = 300
LEAD_LENGTH = 320
NAME_LENGTH = 80
OTHERS_SHOWN = 8
"""Further outlets named with a link; the rest is counted."""
FEEDS_SHOWN = 12
SUBJECT_TOPICS = 3
HEADLINE_IN_SUBJECT = 90
SUBJECT_LENGTH = 180


@dataclass(frozen=True, slots=True, kw_only=True)
class Other:
    """An outlet that also carries a story."""

    name: str
    note: str
    url: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One story. `lang` and `dir` are of its own text; `meta`, `badges` and `notes` are in the reader's.

    `head` is its headline as shown, in `head_lang`; where that is not its own `title`, `retold` says whose it is.
    """

    head: str
    head_lang: str
    head_dir: str
    retold: str
    title: str
    lead: str
    lang: str
    dir: str
    url: str | None
    report_url: str | None
    badges: tuple[str, ...]
    notes: tuple[str, ...]
    meta: str
    also: str
    others: tuple[Other, ...]
    more: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What is new in a line of the ledger, and its place in the report."""

    text: str
    url: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One topic."""

    title: str
    count: str
    items: tuple[Item, ...]
    left_out: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """The whole digest as lines. `notes` is what is not in it: quiet topics, backlog, feeds, left out."""

    language: str
    dir: str
    title: str
    subject: str
    day: str
    summary: str
    period: str
    notice: str
    claims_title: str
    claims: tuple[Claim, ...]
    parts: tuple[Part, ...]
    notes: tuple[str, ...]
    report_url: str | None
    report_word: str
    in_report_word: str
    original_word: str
    reason: str
    unsubscribe_url: str | None
    unsubscribe_word: str
    made: str
    colon: str


def build_page(
    content: DigestContent,
    labels: Labels,
    *,
    made_at: dt.datetime,
    report_url: str = "",
    sender: str = "",
) -> Page:
    """Return the lines of a digest. `report_url` is the address of report.html, or empty.

    Raises whatever an impossible story raises (a naive time, a title that is no text): see `render_safely`.
    """
    spec, base = content.spec, safe_url(report_url)
    title = f"{labels.word('digest_title')}{_colon(labels)}{one_line(spec.name)}"
    notice = (
        labels.count("n_days_merged", content.period.occurrences) if content.period.occurrences > 1 else ""
    )
    return Page(
        language=labels.language,
        dir=labels.dir,
        title=title,
        subject=subject_line(content, labels),
        day=_first_upper(labels.date(content.period.day, weekday=True)),
        summary=_summary(content, labels),
        period=_period(content, labels),
        notice=notice,
        claims_title=content.claims_title,
        claims=tuple(_claim(line, base) for line in content.claims),
        parts=tuple(_part(section, labels, base) for section in content.sections),
        notes=tuple(_notes(content, labels)),
        report_url=base,
        report_word=labels.word("open_report"),
        in_report_word=labels.word("in_report"),
        original_word=labels.word("original"),
        reason=labels.word("sent_to", list=_foreign(spec.name, labels)),
        unsubscribe_url=unsubscribe_link(sender, spec.name) if sender else None,
        unsubscribe_word=labels.word("unsubscribe"),
        made=labels.word("made_at", time=labels.datetime(made_at)),
        colon=_colon(labels),
    )


def unsubscribe_link(sender: str, name: str) -> str:
    """Address that a reader (or a mail program, by List-Unsubscribe) writes to for leaving the list."""
    return f"mailto:{quote(one_line(sender), safe='@.+-_')}?subject={quote(f'unsubscribe {one_line(name)}')}"


def subject_line(content: DigestContent, labels: Labels) -> str:
    """What is new, by topic, and the first headline: `3 new on arms transfers, 2 on sanctions: …`."""
    if not content.sections:
        day = labels.date(content.period.day)
        return f"{labels.word('no_news')}{_colon(labels)}{one_line(content.spec.name)}, {day}"
    counts: list[str] = []
    for section in content.sections:
        new = section.left_out + sum(1 for story in section.stories if not story.updated)
        if new and len(counts) < SUBJECT_TOPICS:
            key = "n_on" if counts else "n_new_on"
            counts.append(labels.count(key, new, topic=_inside(labels.topic(section.topic), labels)))
    if not counts:
        counts.append(labels.count("n_updates", len(content.stories)))
    top = _top(content, labels.language)
    headline = shorten(_own_words(top, labels), HEADLINE_IN_SUBJECT)
    return shorten(labels.word("subject", counts=labels.join(counts), headline=headline), SUBJECT_LENGTH)


def _top(content: DigestContent, language: str) -> DigestStory:
    """The story whose headline the subject quotes: of the first section or first of another, if it can be read."""
    firsts = [section.stories[0] for section in content.sections]
    nearest = [*content.sections[0].stories, *firsts]
    return next((story for story in nearest if story.language == language or _lent(story)), firsts[0])


def _lent(story: DigestStory) -> str:
    """The headline that another outlet has in the reader's language; empty for none. A machine's needs its label."""
    return story.retold.title if story.retold is not None and story.retold.outlet else ""


def _own_words(story: DigestStory, labels: Labels) -> str:
    return _lent(story) or _title(story, labels)


def _inside(topic: str, labels: Labels) -> str:
    """A topic's name as it stands inside a sentence: German keeps its capitals, acronyms do too."""
    if labels.language == "de" or not topic[1:2].islower():
        return topic
    return topic[:1].lower() + topic[1:]


def _summary(content: DigestContent, labels: Labels) -> str:
    stories = content.stories
    if not stories:
        return labels.word("no_news")
    outlets = {story.outlet for story in stories} | {o.outlet for s in stories for o in s.carried_by}
    languages = {story.language for story in stories} | {o.language for s in stories for o in s.carried_by}
    updates = sum(1 for story in stories if story.updated)
    parts = [
        labels.count("n_stories", len(stories)),
        labels.count("n_outlets", len(outlets)),
        labels.count("n_languages", len(languages - {"und", ""})),
    ]
    return " · ".join(parts + ([labels.count("n_updates", updates)] if updates else []))


def _period(content: DigestContent, labels: Labels) -> str:
    since = labels.datetime(content.period.since, zone=False)
    return f"{labels.word('period')}{_colon(labels)}{since} – {labels.datetime(content.period.until)}"


def _claim(line: ClaimLine, report_url: str | None) -> Claim:
    place = f"{report_url}#{anchor('claim', line.claim_uid)}" if report_url and line.claim_uid else None
    return Claim(text=line.text, url=place)


def _part(section: Section, labels: Labels, report_url: str | None) -> Part:
    total = len(section.stories) + section.left_out
    return Part(
        title=one_line(labels.topic(section.topic)),
        count=labels.count("n_stories", total),
        items=tuple(_item(story, section.topic, labels, report_url) for story in section.stories),
        left_out=labels.count("n_left_out", section.left_out) if section.left_out else "",
    )


def _item(story: DigestStory, topic: str, labels: Labels, report_url: str | None) -> Item:
    title = _title(story, labels)
    others = story.carried_by[:OTHERS_SHOWN]
    rest = len(story.carried_by) - len(others)
    own = story.story_id > 0 and report_url
    retold = story.retold
    return Item(
        head=shorten(retold.title, TITLE_LENGTH) if retold else title,
        head_lang=labels.language if retold else language_tag(story.language),
        head_dir=labels.dir if retold else direction(story.language, title),
        retold=_whose(retold, labels) if retold else "",
        title=title,
        lead=shorten(story.lead, LEAD_LENGTH),
        lang=language_tag(story.language),
        dir=direction(story.language, title),
        url=safe_url(story.url),
        report_url=f"{report_url}#{anchor('story', story.story_id)}" if own else None,
        badges=tuple(_badges(story, topic, labels)),
        notes=tuple(_change(change, labels) for change in story.updated),
        meta=_meta(story, labels),
        also=labels.word("also_reported_by") + _colon(labels),
        others=tuple(
            Other(
                name=shorten(other.outlet, NAME_LENGTH),
                note="" if other.language == story.language else labels.language_name(other.language),
                url=safe_url(other.url),
            )
            for other in others
        ),
        more=labels.count("n_more", rest) if rest > 0 else "",
    )


def _title(story: DigestStory, labels: Labels) -> str:
    return shorten(story.title, TITLE_LENGTH) or shorten(story.lead, 100) or labels.word("untitled")


def _whose(retold: Retold, labels: Labels) -> str:
    if not retold.outlet:
        return labels.word("machine_translation")
    return labels.word("headline_of", outlet=_foreign(shorten(retold.outlet, NAME_LENGTH), labels))


def _badges(story: DigestStory, topic: str, labels: Labels) -> Iterable[str]:
    if story.updated:
        yield labels.word("updated")
    for slug in story.topics:
        if slug != topic:
            yield one_line(labels.topic(slug))


def _meta(story: DigestStory, labels: Labels) -> str:
    local = labels.local(story.effective_at)
    day, time = labels.date(local.date(), year=False), labels.time(story.effective_at)
    when = f"{day} {time}" if labels.language == "zh" else labels.join([day, time])
    owned = story.ownership in {"state", "party"}
    parts = [
        _foreign(shorten(story.outlet, NAME_LENGTH), labels),
        labels.country_name(story.country) if story.country else "",
        labels.word(f"media_{story.ownership}") if owned else "",
        labels.language_name(story.language),
        when,
    ]
    if story.independent_sources:
        parts.append(labels.count("n_independent", story.independent_sources))
    return " · ".join(part for part in parts if part)


def _change(change: Change, labels: Labels) -> str:
    if change.kind == "grown":
        names = [_foreign(shorten(name, NAME_LENGTH), labels) for name in change.outlets[:OTHERS_SHOWN]]
        rest = len(change.outlets) - len(names)
        names += [labels.count("n_more", rest)] if rest > 0 else []
        return labels.count("change_grown", len(change.outlets), outlets=labels.join(names))
    text = _foreign(shorten(change.text, TITLE_LENGTH), labels)
    place = {"gone": "outlet", "denied": "who", "confirmed": "who"}.get(change.kind, "old")
    return labels.word(f"change_{change.kind}", **{place: text})


def _notes(content: DigestContent, labels: Labels) -> Iterable[str]:
    if content.empty_topics:
        names = [_inside(one_line(labels.topic(slug)), labels) for slug in content.empty_topics]
        yield labels.word("nothing_on", topics=labels.join(names))
    if content.backlog_entries:
        line = labels.count("n_backlog", content.backlog_entries)
        by_topic = [f"{labels.topic(slug)} {labels.number(n)}" for slug, n in content.backlog.items()]
        yield f"{line} ({labels.join(by_topic)})" if by_topic else line
    for trouble, key in (("silent", "n_silent"), ("failing", "n_failing")):
        notes = [note for note in content.feeds if note.trouble == trouble]
        if notes:
            yield labels.count(key, len(notes), feeds=_names(notes, labels))
    if content.dropped:
        yield labels.count("n_dropped", len(content.dropped))
    yield from _scope(content, labels)


def _scope(content: DigestContent, labels: Labels) -> Iterable[str]:
    """What the list's own filters keep out, for a reader who did not write them."""
    spec = content.spec
    if spec.languages:
        yield labels.word(
            "covers_languages", names=labels.join([labels.language_name(c) for c in spec.languages])
        )
    if spec.countries:
        yield labels.word(
            "covers_countries", names=labels.join([labels.country_name(c) for c in spec.countries])
        )
    if spec.ownership:
        yield labels.word(
            "covers_ownership", names=labels.join([labels.ownership(o) for o in spec.ownership])
        )


def _names(notes: Sequence[FeedNote], labels: Labels) -> str:
    outlets = list(dict.fromkeys(shorten(note.outlet or note.feed, NAME_LENGTH) for note in notes))
    shown = [_foreign(name, labels) for name in outlets[:FEEDS_SHOWN]]
    rest = len(outlets) - len(shown)
    return labels.join(shown + ([labels.count("n_more", rest)] if rest > 0 else []))


def _first_upper(text: str) -> str:
    return text[:1].upper() + text[1:]


def _colon(labels: Labels) -> str:
    return {"fr": "\u00a0: ", "zh": "："}.get(labels.language, ": ")


def _foreign(text: object, labels: Labels) -> str:
    line = one_line(text)
    return line if direction(None, line) == labels.dir else isolate(line)
