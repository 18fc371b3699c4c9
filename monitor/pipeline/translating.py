"""Headlines of a digest translated: off without `translator.kind`, bounded, kept, labelled, and never needed.

told in another language ──► that a machine may see ──► kept from before? ──► asked, in batches ──► kept ──► beside
the original

Telegram's terms bar machine learning on what is scraped from it, so titles of posts are never handed over unless
`telegram.machine_learning` says so; nor are those of outlets or pages whose rights forbid it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from monitor import logs
from monitor.digest.headlines import to_translate, usable, with_translations
from monitor.pipeline.translators import configured_translator
from monitor.pipeline.workspace import Workspace, recorded
from monitor.types.digest import DigestContent
from monitor.types.entries import Issue
from monitor.types.translation import Asked, NotTranslated, Translator

#: Headlines and characters handed over at once.
BATCH, BATCH_LENGTH = 20, 4_000
#: Failures in a row after which the translator is left alone until the next digest.
GIVE_UP = 2


def with_translated(workspace: Workspace, content: DigestContent) -> DigestContent:
    """The content with translations beside headlines in other languages; as it is where none can be had."""
    options = workspace.config.translator
    if options.kind == "none":
        return content
    asked = to_translate(
        content,
        telegram=workspace.config.telegram.machine_learning,
        languages=options.languages,
        at_most=options.at_most,
    )
    if not asked:
        return content
    with recorded(workspace, "translate") as run:
        translator = configured_translator(workspace)
        if isinstance(translator, NotTranslated):
            _failed(workspace, translator)
            run["failed"] = 1
            return content
        target = content.spec.reader_language
        known = workspace.store.known_translations(asked, target, translator.engine)
        missing = [one for one in asked if one not in known]
        counts: Counter[str] = Counter(known=len(known))
        made = _made(workspace, translator, missing, target, counts)
        run |= dict(counts)
    return with_translations(content, {**known, **made})


def _made(
    workspace: Workspace,
    translator: Translator,
    missing: Sequence[Asked],
    target: str,
    counts: Counter[str],
) -> Mapping[Asked, str]:
    """What the translator makes of these within its time; each batch is kept as it comes."""
    made: dict[Asked, str] = {}
    latest, failures = workspace.clock() + workspace.config.translator.time, 0
    for batch in _batches(missing):
        if failures == GIVE_UP or workspace.clock() > latest:
            counts["skipped"] += len(batch)
            continue
        counts["asked"] += len(batch)
        answers = translator.translate([one.text for one in batch], batch[0].source, target)
        if not isinstance(answers, NotTranslated) and len(answers) != len(batch):
            answers = NotTranslated(reason=f"{len(answers)} answers came for {len(batch)} texts")
        if isinstance(answers, NotTranslated):
            failures = GIVE_UP if answers.lasting else failures + 1
            counts["failed"] += len(batch)
            _failed(workspace, answers)
            continue
        failures = 0
        fit = {one: text for one, got in zip(batch, answers, strict=True) if (text := usable(one, got))}
        counts["translated"] += len(fit)
        counts["rejected"] += len(batch) - len(fit)
        workspace.store.save_translations(fit, target, translator.engine, now=workspace.clock())
        made |= fit
    return made


def _batches(missing: Iterable[Asked]) -> Iterator[list[Asked]]:
    """Of one source language each, in the order of the digest."""
    waiting: dict[str, list[Asked]] = {}
    for one in missing:
        batch = waiting.setdefault(one.source, [])
        if len(batch) == BATCH or sum(len(other.text) for other in batch) + len(one.text) > BATCH_LENGTH:
            yield batch
            batch = waiting[one.source] = []
        batch.append(one)
    yield from waiting.values()


def _failed(workspace: Workspace, why: NotTranslated) -> None:
    reason = logs.one_line(why.reason)
    logs.logger().warning("translator", detail=reason)
    issue = Issue(code="translator", detail=f"{reason}; headlines stay in their own language")
    workspace.store.record_issues([issue], now=workspace.clock())
