"""Digests built: rows of a period to stories, stories to content, content to a mail; files, or the outbox.

period -> candidates -> gather -> choose -> headlines -> translate -> render -> compose -> files | outbox
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from monitor.config.publishing import Digest
from monitor.digest.gather import gather_stories
from monitor.digest.headlines import unread_clusters, with_headlines
from monitor.digest.period import due_period, open_period, period_of
from monitor.digest.record import digest_record
from monitor.digest.render import RenderOptions, preview_html, render_safely
from monitor.digest.select import choose
from monitor.errors import UsageError
from monitor.mail.message import MAX_BYTES, MessageOptions, address_to, compose_bytes, message_id
from monitor.pipeline.analysers import configured_taxonomy
from monitor.pipeline.claim_news import TOPIC, claim_news, english_states
from monitor.pipeline.translating import with_translated
from monitor.pipeline.workspace import Workspace
from monitor.pipeline.writing import write_files
from monitor.render.claim_sentences import claim_sentence, claims_head, speaker_name
from monitor.render.labels import Labels
from monitor.types.digest import (
    Change,
    ChangeKind,
    ClaimLine,
    DigestContent,
    DigestPeriod,
    DigestSpec,
    Dropped,
    FeedNote,
    RenderedDigest,
)
from monitor.types.results import DigestResult

#: How far before its period a digest looks for stories that were analysed too late for the one before.
LATE = dt.timedelta(days=3)
#: How long after it was told a story may return because it was edited, removed, denied or confirmed.
RETURNS = dt.timedelta(days=30)
#: Sentences on claims that a digest leads with; the report has all.
CLAIMS = 12
#: Periods are half-open and the store's are closed at their end.
_MOMENT = dt.timedelta(microseconds=1)


class Builder:
    """Builds the configured digests, or one by name. UsageError where there is none of that name."""

    def __init__(self, workspace: Workspace, *, name: str | None = None, day: dt.date | None = None) -> None:
        self._workspace = workspace
        self._day = day
        self._config = workspace.config
        self._topics = configured_taxonomy(self._config)
        known = [digest.name for digest in self._config.digests]
        if name is not None and name not in known:
            raise UsageError(
                f"there is no digest {name!r}", hint=f"config.yaml has {', '.join(known) or 'none'}"
            )
        self.specs = tuple(
            _spec(digest) for digest in self._config.digests if name is None or digest.name == name
        )

    def build(self, spec: DigestSpec) -> DigestResult:
        """The digest up to now (or of the day asked for) as files; nothing is recorded."""
        told = self._workspace.store.last_digest_end(spec.name)
        period = self._asked(spec) if self._day else open_period(spec, self._workspace.clock(), told)
        content, rendered, message = self._render(spec, period)
        return self._written(spec, content, rendered, message)

    def post(self, spec: DigestSpec, *, dry_run: bool) -> DigestResult:
        """Store the digest that is due, with a delivery for each recipient, unless its day has one."""
        store, now = self._workspace.store, self._workspace.clock()
        period = self._asked(spec) if self._day else due_period(spec, now, store.last_digest_end(spec.name))
        if period is None:
            return DigestResult(
                name=spec.name, day=now.date(), subject="", stories=0, skipped="nothing is due"
            )
        if store.find_digest(spec.name, period.day) is not None:
            return DigestResult(
                name=spec.name, day=period.day, subject="", stories=0, skipped="was built before"
            )
        content, rendered, message = self._render(spec, period)
        if dry_run:
            result = self._written(spec, content, rendered, message)
            return DigestResult(
                name=spec.name,
                day=period.day,
                subject=rendered.subject,
                stories=len(content.stories),
                files=result.files,
                skipped=f"would send “{rendered.subject}” to {', '.join(spec.to) or 'nobody'}",
            )
        sender = self._config.mail.from_
        store.save_digest(
            digest_record(content, rendered, message),
            recipients={to: message_id(spec.name, period.day, to, sender) for to in spec.to},
            now=now,
        )
        return self._written(spec, content, rendered, message)

    def _asked(self, spec: DigestSpec) -> DigestPeriod:
        if self._day is None:
            raise ValueError("no day was asked for")
        period = period_of(spec, self._day)
        if period is None:
            raise UsageError(
                f"digest {spec.name} has none on {self._day}", hint=f"its schedule is {spec.schedule}"
            )
        return period

    def _render(self, spec: DigestSpec, period: DigestPeriod) -> tuple[DigestContent, RenderedDigest, bytes]:
        content = with_translated(self._workspace, self._in_readers_language(self._content(spec, period)))
        labels = self._labels(spec)
        content = self._with_claims(content, labels)
        base = self._config.report.base_url.rstrip("/")
        options = RenderOptions(
            made_at=self._workspace.clock(),
            report_url=f"{base}/report.html" if base else "",
            sender=self._config.mail.from_,
        )
        mail = MessageOptions(sender=self._config.mail.from_, sent_at=self._workspace.clock())
        safe = render_safely(
            content, labels, options, measure=lambda made: len(compose_bytes(made, mail)), limit=MAX_BYTES
        )
        return safe.content, safe.rendered, compose_bytes(safe.rendered, mail)

    def _labels(self, spec: DigestSpec) -> Labels:
        names = {topic.slug: topic.names for topic in self._topics.topics}
        return Labels(language=spec.reader_language, timezone=spec.timezone, topics=names)

    def _content(self, spec: DigestSpec, period: DigestPeriod) -> DigestContent:
        store = self._workspace.store
        # a list that was told something before may have missed what was analysed late
        late = LATE if store.last_digest_end(spec.name) is not None else dt.timedelta(0)
        turned = self._turned(period, self._labels(spec))
        candidates = store.list_digest_candidates(
            since_observed=period.since - late - _MOMENT,
            until_observed=period.until - _MOMENT,
            topics=spec.topics or self._config.topics.use,
            # `und` may be any of them: `choose` looks at its script
            languages=(*spec.languages, "und") if spec.languages else None,
            also=store.returning_entries(
                spec.name,
                told_after=period.since - RETURNS,
                since=period.since,
                until=period.until,
                clusters=turned,
            ),
        )
        # what is backlog is counted in its own period only
        candidates = [row for row in candidates if not row.backlog or row.observed_at >= period.since]
        stories = {row.story_id for row in candidates if row.story_id is not None}
        carriers = [one for rows in store.carriers(stories).values() for one in rows]
        clusters = {row.cluster_id for row in candidates if row.cluster_id is not None}
        gathered = gather_stories(candidates, carriers, store.independent_sources(clusters))
        told = store.told_stories(
            spec.name,
            clusters=clusters,
            ungrouped=[row.entry_id for row in candidates if row.story_id is None],
            since=period.since,
            until=period.until,
        )
        return choose(
            spec,
            period,
            gathered.stories,
            topics=self._config.topics.use,
            told=[replace(one, changes=(*turned.get(one.cluster_id or 0, ()), *one.changes)) for one in told],
            feeds=self._feeds(),
            backlog=gathered.backlog,
            backlog_entries=gathered.backlog_entries,
        )

    def _in_readers_language(self, content: DigestContent) -> DigestContent:
        """The same with the headlines that outlets of their clusters have in the reader's language."""
        clusters, spec = unread_clusters(content), content.spec
        found = self._workspace.store.headlines(
            clusters, spec.reader_language, countries=spec.countries, ownership=spec.ownership
        )
        return with_headlines(content, found)

    def _turned(self, period: DigestPeriod, labels: Labels) -> dict[int, tuple[Change, ...]]:
        """Clusters of which a claim was denied or confirmed in the period, and by whom."""
        found: dict[int, tuple[Change, ...]] = {}
        for news in claim_news(self._workspace, since=period.since, until=period.until, late=LATE):
            if news.kind in {"denial", "status"} and news.status in {"denied", "confirmed"}:
                kind: ChangeKind = "denied" if news.status == "denied" else "confirmed"
                change = Change(
                    kind=kind, text=speaker_name(news.speaker, labels, english_states()) or news.outlet
                )
                cluster = news.cluster_id or 0
                found[cluster] = tuple(dict.fromkeys((*found.get(cluster, ()), change)))
        return found

    def _with_claims(self, content: DigestContent, labels: Labels) -> DigestContent:
        """The same led by what is new in the ledger, for lists that are told of transfers."""
        if TOPIC not in (content.spec.topics or self._config.topics.use):
            return content
        news = claim_news(self._workspace, since=content.period.since, until=content.period.until, late=LATE)
        lines: list[ClaimLine] = []
        dropped: list[Dropped] = []
        for one in news[:CLAIMS]:
            try:
                lines.append(
                    ClaimLine(text=claim_sentence(one, labels, english_states()), claim_uid=one.claim_uid)
                )
            except Exception as error:  # whatever it is, it costs one line and is named
                reason = f"claim {one.claim_uid}: {type(error).__name__}: {error}"[:300]
                dropped.append(Dropped(story_id=0, entry_ids=(), reason=reason))
        if len(news) > CLAIMS:
            lines.append(ClaimLine(text=labels.count("n_more", len(news) - CLAIMS)))
        return replace(
            content,
            claims_title=claims_head(labels),
            claims=tuple(lines),
            dropped=(*content.dropped, *dropped),
        )

    def _feeds(self) -> list[FeedNote]:
        rows = self._workspace.store.frame(
            "select feed, outlet, state, silent from report_feed_health"
            " where silent or state in ('failing', 'dead', 'blocked', 'gone') order by outlet, feed"
        )
        return [
            FeedNote(
                feed=str(row.feed), outlet=str(row.outlet), trouble="silent" if row.silent else "failing"
            )
            for row in rows.itertuples()
        ]

    def _written(
        self, spec: DigestSpec, content: DigestContent, rendered: RenderedDigest, message: bytes
    ) -> DigestResult:
        folder = self._config.path(self._config.report.dir).parent / "digests"
        name = f"{spec.name}-{content.period.day}"
        recipient = spec.to[0] if spec.to else self._config.mail.from_
        identifier = message_id(spec.name, content.period.day, recipient, self._config.mail.from_)
        paths = write_files(
            folder,
            {
                f"{name}.eml": address_to(message, recipient, identifier),
                f"{name}.html": preview_html(rendered).encode("utf-8"),
            },
        )
        return DigestResult(
            name=spec.name,
            day=content.period.day,
            subject=rendered.subject,
            stories=len(content.stories),
            files=tuple(paths.values()),
        )


def _spec(digest: Digest) -> DigestSpec:
    return DigestSpec(
        name=digest.name,
        topics=digest.topics,
        languages=digest.languages,
        countries=digest.countries,
        ownership=tuple(str(kind) for kind in digest.ownership),
        schedule=digest.schedule,
        timezone=digest.timezone,
        reader_language=digest.reader_language,
        to=digest.to,
        max_stories=digest.max_stories,
    )
