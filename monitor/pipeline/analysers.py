"""Builds the annotator that a configuration asks for, and spreads annotation over processes."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from monitor.annotate.annotator import Annotator, Knowledge
from monitor.annotate.collecting import not_collecting
from monitor.annotate.compiled import CompiledTaxonomy
from monitor.annotate.language import make_detector
from monitor.catalogue.citation_rules import load_citation_rules
from monitor.catalogue.claim_rules import load_claim_rules
from monitor.catalogue.gazetteer import load_gazetteer
from monitor.catalogue.register import load_register
from monitor.catalogue.taxonomy import load_taxonomy
from monitor.config import Config
from monitor.pipeline.registers import configured_register
from monitor.types.annotations import Annotation, EntryText
from monitor.types.register import Register
from monitor.types.taxonomy import Taxonomy

#: Below this many texts the start of worker processes costs more than they save (measured: about 2 s each).
WORTH_SPREADING = 4_000
#: Texts handed to a worker at once.
CHUNK = 250
#: Texts after which worker processes are begun anew, so that what they remember cannot grow with the archive.
RECYCLED = 100_000


def topics_folder(config: Config) -> Path | None:
    """The user's own topics, where the folder is there."""
    path = config.path(config.topics.path) if config.topics.path else None
    return path if path and path.is_dir() else None


def configured_taxonomy(config: Config) -> Taxonomy:
    """The packaged topics and the user's own, those in use. CatalogueError lists what is wrong with them."""
    return load_taxonomy(use=config.topics.use, path=topics_folder(config))


@lru_cache(maxsize=1)
def packaged_register() -> Register:
    """The register that ships with the package, read once a process."""
    with not_collecting():
        return load_register()


@lru_cache(maxsize=1)
def packaged_knowledge() -> Knowledge:
    """The gazetteer, register and rules that ship with the package, read once a process."""
    with not_collecting():
        return Knowledge(
            gazetteer=load_gazetteer(),
            register=packaged_register(),
            citations=load_citation_rules(),
            claims=load_claim_rules(),
        )


def configured_knowledge(config: Config) -> Knowledge:
    """The packaged knowledge, its register with the configured outlets."""
    packaged = packaged_knowledge()
    register = configured_register(config, packaged.register)
    return packaged if register is packaged.register else replace(packaged, register=register)


def build_annotator(config: Config, knowledge: Knowledge | None = None) -> Annotator:
    """Taxonomy, languages, detector and knowledge (unless it is given) as configured, compiled."""
    detector = make_detector(config.language.detector, config.languages)
    with not_collecting():
        compiled = CompiledTaxonomy(configured_taxonomy(config), config.languages)
        return Annotator(compiled, detector, knowledge or configured_knowledge(config))


class AnnotatorPool:
    """Annotates texts in order: in this process for a few, over all cores for many.

    `apart` gives many texts to a process of their own even where there is only one, so that this one need not hold
    the automata and can store meanwhile.
    """

    def __init__(self, annotator: Annotator, *, processes: int | None = None, apart: bool = False) -> None:
        self.annotator = annotator
        self._processes = processes or os.cpu_count() or 1
        self._apart = apart or self._processes > 1
        self._executor: ProcessPoolExecutor | None = None
        self._given = 0

    def annotate(self, texts: Sequence[EntryText], *, more_to_come: bool = False) -> Iterator[Annotation]:
        """The annotations of `texts`, in their order. `more_to_come` says that a long run makes processes worth it."""
        if not self._apart or (len(texts) < WORTH_SPREADING and not more_to_come):
            yield from map(self.annotator.annotate, texts)
            return
        if self._given >= RECYCLED:
            self.close()
        self._given += len(texts)
        if self._executor is None:
            self._executor = ProcessPoolExecutor(
                self._processes,
                mp_context=multiprocessing.get_context("forkserver"),
                initializer=_begin,
                initargs=(self.annotator,),
            )
        for done in self._executor.map(_annotate_all, _chunks(texts)):
            yield from done

    def close(self) -> None:
        """End the worker processes."""
        if self._executor is not None:
            self._executor.shutdown()
            self._executor = None
        self._given = 0


@contextmanager
def annotator_pool(
    config: Config, *, processes: int | None = None, apart: bool = False
) -> Iterator[AnnotatorPool]:
    """The configured annotator with its processes, which end with the block."""
    pool = AnnotatorPool(build_annotator(config), processes=processes, apart=apart)
    try:
        yield pool
    finally:
        pool.close()


_annotator: Annotator | None = None


def _begin(annotator: Annotator) -> None:
    global _annotator  # noqa: PLW0603 -- one annotator a worker process, built when it starts
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _annotator = annotator


def _annotate_all(texts: tuple[EntryText, ...]) -> list[Annotation]:
    if _annotator is None:
        raise RuntimeError("the worker was not begun")
    return [_annotator.annotate(text) for text in texts]


def _chunks(texts: Sequence[EntryText]) -> Iterator[tuple[EntryText, ...]]:
    for start in range(0, len(texts), CHUNK):
        yield tuple(texts[start : start + CHUNK])
