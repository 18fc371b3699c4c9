"""Claims of a model server, beside those of the rules: off without `claims.model.url`, bounded, and never needed.

annotated texts ──► those where a claim is possible ──► those that a model may see ──► asked ──► held against the text
    ──► stored, marked `model`

Telegram's terms bar machine learning on what is scraped from it, so posts are never sent unless
`telegram.machine_learning` says so; nor are texts of outlets or pages whose rights forbid it.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from monitor import logs
from monitor.annotate.claims.answered import question, read_answer
from monitor.fetch import ask_json_now, networks
from monitor.pipeline.ingest import fetch_options
from monitor.pipeline.workspace import Workspace, recorded
from monitor.types.annotations import Annotation, EntryText
from monitor.types.entries import Issue
from monitor.types.fetching import Answered, FetchFailed
from monitor.types.secret import Secret

KEY = "MONITOR_MODEL_API_KEY"
#: Failures in a row after which the server is left alone until the next run.
GIVE_UP = 3

Pair = tuple[EntryText, Annotation]


class ModelClaims:
    """One run's questions to the configured model.

    `look(texts, annotations)` after a batch is stored; without an address it does nothing.
    """

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._model = workspace.config.claims.model
        self._options = replace(
            fetch_options(workspace),
            timeout=self._model.timeout.total_seconds(),
            allow_networks=networks(self._model.allow_networks),
        )
        self._key = Secret(os.environ.get(KEY, ""))
        self._left = self._model.per_run
        self._failures = 0

    def look(self, texts: Sequence[EntryText], annotations: Sequence[Annotation]) -> None:
        """Ask about the texts where a claim is possible, as many as the run may, and store what stands the test."""
        if not self._model.url or not self._asking():
            return
        wanted = self._allowed(list(zip(texts, annotations, strict=True)))
        if not wanted:
            return
        with recorded(self._workspace, "claims-model") as run:
            counts: Counter[str] = Counter()
            for text, annotation in wanted:
                if not self._asking():
                    counts["skipped"] += 1
                    continue
                counts.update(self._ask(text, annotation))
            run |= dict(counts)

    def _asking(self) -> bool:
        return self._left > 0 and self._failures < GIVE_UP

    def _allowed(self, pairs: Sequence[Pair]) -> list[Pair]:
        """Those where the rules think a claim possible and that a model may see."""
        posts = self._workspace.config.telegram.machine_learning
        possible = [(t, a) for t, a in pairs if a.claim_possible and (posts or t.kind != "telegram")]
        consents = self._workspace.store.consents([text.entry_id for text, _ in possible]) if possible else {}
        return [
            (text, annotation)
            for text, annotation in possible
            if text.entry_id in consents and consents[text.entry_id].machine_learning
        ]

    def _ask(self, text: EntryText, annotation: Annotation) -> Counter[str]:
        self._left -= 1
        answer = self._answer(text, annotation)
        if isinstance(answer, FetchFailed):
            self._failed(answer)
            return Counter(asked=1, failed=1)
        self._failures = 0
        reading = read_answer(answer.value, text, annotation, self._model.name)
        counts = Counter(asked=1, known=reading.known, rejected=sum(reading.rejected.values()))
        counts.update({f"rejected_{reason}": n for reason, n in reading.rejected.items()})
        if reading.claims:
            counts["claims"] += self._workspace.store.add_claims(
                text.uid, text.revision_id, reading.claims, now=self._workspace.clock()
            )
        return counts

    def _answer(self, text: EntryText, annotation: Annotation) -> Answered | FetchFailed:
        headers = {"Authorization": f"Bearer {self._key.reveal()}"} if self._key else {}
        return ask_json_now(
            f"{self._model.url.rstrip('/')}/chat/completions",
            question(text, annotation, self._model.name),
            self._options,
            headers=headers,
        )

    def _failed(self, answer: FetchFailed) -> None:
        self._failures += 1
        detail = logs.one_line(self._key.hide_in(answer.detail))
        logs.logger().warning("claims model", code=answer.code, detail=detail)
        if self._failures == GIVE_UP:
            issue = Issue(code="claims_model", detail=f"{answer.code}: {detail}; the rules went on alone")
            self._workspace.store.record_issues([issue], now=self._workspace.clock())
