"""Headlines in the reader's language: of an outlet of the same cluster where one has it, else a machine's.

stories told ─► another language? ─► the cluster's entry in the reader's ─► shown instead, or its headline above
                                 └─► none ─► what a translator may see ─► its headline, labelled, above the original
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from monitor.digest.gather import lead_of, quotable
from monitor.render.escape import one_line, shorten
from monitor.types.digest import CarriedBy, DigestContent, DigestSpec, DigestStory, Retold
from monitor.types.storage import DigestCandidate
from monitor.types.translation import Asked

LONGEST = 300
"""Characters of a headline that are translated: what the mail shows of one."""


def unread_clusters(content: DigestContent) -> set[int]:
    """Clusters that are told in another language than the reader's."""
    return {
        story.cluster_id
        for story in content.stories
        if story.cluster_id is not None and _unread(story, content.spec) and not _edited(story)
    }


def with_headlines(content: DigestContent, found: Mapping[int, DigestCandidate]) -> DigestContent:
    """The content with these entries, by cluster, in place of stories in another language.

    An entry of an outlet that the list's filters leave out only lends its headline.
    """

    def told(story: DigestStory) -> DigestStory:
        row = found.get(story.cluster_id or 0)
        if row is None or not _unread(story, content.spec) or _edited(story):
            return story
        if _fits(row, content.spec):
            return _as_told_by(row, story)
        return replace(story, retold=Retold(title=one_line(row.title), outlet=row.outlet))

    return _mapped(content, told)


def to_translate(
    content: DigestContent, *, telegram: bool, languages: tuple[str, ...], at_most: int
) -> tuple[Asked, ...]:
    """Headlines still in another language that a machine may see, in the order of the digest, each once.

    `telegram`: whether posts are among them (their terms bar it). An empty `languages` means from any.
    """
    asked = dict.fromkeys(
        _asked(story)
        for story in content.stories
        if _unread(story, content.spec)
        and story.retold is None
        and story.machine_learning
        and (telegram or story.kind != "telegram")
        and story.language != "und"
        and (not languages or story.language in languages)
        and one_line(story.title)
    )
    return tuple(asked)[:at_most]


def with_translations(content: DigestContent, made: Mapping[Asked, str]) -> DigestContent:
    """The content with the translations of its headlines beside them; one that says the same is none."""

    def told(story: DigestStory) -> DigestStory:
        title = made.get(_asked(story), "")
        if story.retold is not None or not title or title.casefold() == _asked(story).text.casefold():
            return story
        return replace(story, retold=Retold(title=title))

    return _mapped(content, told)


def usable(asked: Asked, answer: object) -> str:
    """A translator's answer as one line; empty where it cannot be one: no text, or far longer than what was asked."""
    text = one_line(answer) if isinstance(answer, str) else ""
    return text if len(text) <= 3 * len(asked.text) + 100 else ""


def _asked(story: DigestStory) -> Asked:
    return Asked(text=shorten(story.title, LONGEST), source=story.language.split("-")[0])


def _unread(story: DigestStory, spec: DigestSpec) -> bool:
    return story.language.split("-")[0] != spec.reader_language


def _edited(story: DigestStory) -> bool:
    # the words before belong to the entry that was told
    return any(change.kind in {"edited", "added", "taken"} for change in story.updated)


def _fits(row: DigestCandidate, spec: DigestSpec) -> bool:
    return (
        (not spec.languages or row.language in spec.languages)
        and (not spec.countries or row.country in spec.countries)
        and (not spec.ownership or row.ownership in spec.ownership)
    )


def _as_told_by(row: DigestCandidate, story: DigestStory) -> DigestStory:
    others = (CarriedBy(outlet=story.outlet, language=story.language, url=story.url), *story.carried_by)
    first: dict[str, CarriedBy] = {}
    for other in others:
        if other.outlet != row.outlet:
            first.setdefault(other.outlet, other)
    return replace(
        story,
        title=row.title,
        url=row.url,
        outlet=row.outlet,
        country=row.country,
        ownership=row.ownership,
        language=row.language,
        effective_at=row.effective_at,
        lead=lead_of(row.body, row.title, quotable(row)),
        carried_by=tuple(first.values()),
        entry_ids=tuple(dict.fromkeys((row.entry_id, *story.entry_ids))),
        kind=row.kind,
        machine_learning=row.machine_learning,
        stands_for=story.entry_ids[0] if story.entry_ids else None,
    )


def _mapped(content: DigestContent, told: Callable[[DigestStory], DigestStory]) -> DigestContent:
    return replace(
        content,
        sections=tuple(
            replace(section, stories=tuple(map(told, section.stories))) for section in content.sections
        ),
    )
