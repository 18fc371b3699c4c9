"""Vectors centred by language: without it languages cluster, not happenings.

Each language of a multilingual model lies off the origin in a direction of its own; subtracting the mean vector of
many texts of the language takes that out (Libovický, Rosa and Fraser 2020, On the Language Neutrality of Pre-trained
Multilingual Representations). The means come from texts outside the batch: shipped ones, or the archive's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from monitor.types.embedding import LanguageMeans, Vectors

ENOUGH = 200
"""Texts of the archive from which a language's mean is taken instead of the shipped one's lack."""


def centred(vectors: Vectors, languages: Sequence[str], means: LanguageMeans | None) -> Vectors:
    """Each row less the mean of its language (of all languages where it has none), at length 1 again.

    Raises ValueError where rows and languages do not fit, or the means are of another length.
    """
    if len(vectors) != len(languages):
        raise ValueError(f"{len(vectors)} vectors of {len(languages)} languages")
    if means is None or not means.means or not len(vectors):
        return vectors
    overall = np.mean(list(means.means.values()), axis=0)
    if overall.shape[0] != vectors.shape[1]:
        raise ValueError(f"means have {overall.shape[0]} dimensions, vectors {vectors.shape[1]}")
    moved = vectors - np.stack([means.means.get(language, overall) for language in languages])
    lengths = np.linalg.norm(moved, axis=1, keepdims=True)
    result: Vectors = np.divide(moved, lengths, out=np.zeros_like(moved), where=lengths > 1e-9)
    return result.astype(np.float32)


def means_of(model: str, vectors: Vectors, languages: Sequence[str], source: str = "") -> LanguageMeans:
    """Means by language of these vectors."""
    places: dict[str, list[int]] = {}
    for place, language in enumerate(languages):
        places.setdefault(language, []).append(place)
    return LanguageMeans(
        model=model,
        means={language: vectors[rows].mean(axis=0).astype(np.float32) for language, rows in places.items()},
        counts={language: len(rows) for language, rows in places.items()},
        source=source,
    )


def completed(
    shipped: LanguageMeans | None, archive: LanguageMeans | None, *, enough: int = ENOUGH
) -> LanguageMeans | None:
    """The shipped means, with the archive's for languages that they lack and of which it has `enough` texts."""
    own: Mapping[str, Vectors] = {}
    if archive is not None:
        own = {lang: mean for lang, mean in archive.means.items() if archive.counts.get(lang, 0) >= enough}
    if shipped is None:
        return LanguageMeans(model=archive.model, means=own, source="archive") if archive and own else None
    return LanguageMeans(
        model=shipped.model,
        means={**own, **shipped.means},
        counts=shipped.counts,
        source=shipped.source,
    )
