"""The n-gram model of py3langid, one table a script: how well each language that it knows explains a text.

Source: py3langid 0.4 (BSD-3-Clause), a maintained fork of langid.py (Lui and Baldwin 2012, "langid.py: An
Off-the-shelf Language Identification Tool"): naive Bayes over byte n-grams, 140 languages. `LanguageIdentifier`
holds one set of languages at a time, which `set_languages` changes under all its users, and normalises what it
says; so its tables are read instead, with its own walk over the text, and never changed.
"""

from __future__ import annotations

import threading
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.floating[Any]]

_LABELS: Mapping[str, str] = {
    "Cyrillic": "ba be bg kk ky mk mn ru sr tg tt uk uz",
    "Arabic": "ar ary arz fa ku ps sdh ug ur",
    "Devanagari": "gom hi mr ne sa",
    "Bengali": "as bn",
    "Han": "ja wuu yue zh",
}
_ALSO_LATIN = "az ku sr tk tt uz"
_ALONE = "am dz el grc gu hbo he hy ka km kn ko lo ml my or pa si ta te th zxx"
"""Labels whose script has no other language, or no language."""
_SCRIPTS = {script: frozenset(labels.split()) for script, labels in _LABELS.items()}
_NOT_LATIN = frozenset(_ALONE.split()).union(*_SCRIPTS.values()) - frozenset(_ALSO_LATIN.split())
_SAME: Mapping[str, str] = {
    "ary": "ar", "arz": "ar", "nn": "no", "sdh": "ku", "uzs": "uz", "wuu": "zh", "yue": "zh",
}  # fmt: skip
"""Labels taken for another language's: its dialects and second standards."""
SCRIPTS = frozenset({"Latin", *_SCRIPTS})
"""Scripts of several languages that the model tells apart."""
_LOAD = threading.RLock()


@dataclass(frozen=True, slots=True)
class _Table:
    """Weights of n-grams, of all languages, and the columns of those of one script.

    Each language's own column comes first, in order; further ones of some languages follow, and `second` pairs
    their places with the language's.
    """

    languages: tuple[str, ...]
    second: tuple[tuple[int, int], ...]
    weights: FloatArray
    columns: NDArray[np.intp]
    prior: FloatArray


@cache
def _model() -> Any:
    """Loaded at the first text: half a second and 100 MB that `import monitor` should not cost."""
    from py3langid.langid import MODEL_FILE, LanguageIdentifier  # noqa: PLC0415

    return LanguageIdentifier.from_model_file(MODEL_FILE)


@cache
def _walk() -> tuple[Any, Any, list[int], Any]:
    """py3langid's count of n-grams, and the automaton that it walks over the bytes of a text."""
    from py3langid.langid import visit_counts  # noqa: PLC0415

    with _LOAD:
        model = _model()
        return visit_counts, model.tk_nextmove, [row << 8 for row in model.tk_row], model.tk_output


@cache
def _table(script: str) -> _Table:
    with _LOAD:
        model = _model()
        labels: list[str] = model.nb_classes
        latin = frozenset(labels) - _NOT_LATIN
        taken = [place for place, label in enumerate(labels) if label in _SCRIPTS.get(script, latin)]
        owners = [_SAME.get(labels[place], labels[place]) for place in taken]
        # A language's first column speaks for it and comes first; its further columns follow.
        first = [n for n, owner in enumerate(owners) if owner not in owners[:n]]
        rest = [n for n in range(len(owners)) if n not in first]
        languages = tuple(owners[n] for n in first)
        second = tuple((len(first) + k, languages.index(owners[n])) for k, n in enumerate(rest))
        columns = np.array([taken[n] for n in first + rest], dtype=np.intp)
        # The model's own half floats: a copy for each script would cost 50 MB a process.
        return _Table(languages, second, model.nb_ptc, columns, model.nb_pc[columns])


def languages_of(script: str) -> tuple[str, ...]:
    """The languages that the model tells apart in `script`, in the order of `log_likelihoods`."""
    return _table(script).languages


def log_likelihoods(text: str, script: str) -> FloatArray:
    """Log-likelihood of `text` under each of `languages_of(script)` (nats, up to a constant)."""
    table = _table(script)
    count, moves, rows, output = _walk()
    data = unicodedata.normalize("NFC", text.lower() if text.isupper() else text)
    found = count(moves, rows, output, data.encode("utf-8", "surrogatepass"))
    scores = table.prior
    if found:
        places = np.fromiter(found, np.intp, len(found))
        counts = np.fromiter(found.values(), np.float32, len(found))
        # Half floats are slow to multiply.
        weights = table.weights[np.ix_(places, table.columns)].astype(np.float32)
        scores = np.log1p(counts) @ weights + scores
    else:
        scores = scores.copy()
    for further, own in table.second:
        scores[own] = max(scores[own], scores[further])
    return scores[: len(table.languages)]
