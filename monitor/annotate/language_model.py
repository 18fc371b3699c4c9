"""The n-gram model of py3langid, one view a script: how well each language that it knows explains a text.

Source: py3langid 0.4 (BSD-3-Clause), a maintained fork of langid.py (Lui and Baldwin 2012, "langid.py: An
Off-the-shelf Language Identification Tool"): naive Bayes over byte n-grams, 140 languages. It is read only through
`LanguageIdentifier`; a view for a script is a copy that shares the tables, since `set_languages` changes its object.
"""

from __future__ import annotations

import copy
import threading
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
FloatArray = NDArray[np.float64]
_LOAD = threading.Lock()
_SCRIPTS: Mapping[str, frozenset[str]] = {
    "Cyrillic": frozenset("ba be bg kk ky mk mn ru sr tg tt uk uz".split()),
    "Arabic": frozenset("ar ary arz fa ku ps sdh ug ur".split()),
    "Devanagari": frozenset("gom hi mr ne sa".split()),
    "Bengali": frozenset("as bn".split()),
    "Han": frozenset("ja wuu yue zh".split()),
}
_ALSO_LATIN = frozenset("az ku kk sr tk tt uz".split())
_OTHER_SCRIPTS = frozenset(
    "am dz el grc gu hbo he hy ja ka km kn ko lo ml my or pa si ta te th zh zxx wuu yue".split()
)
_SAME: Mapping[str, str] = {"ary": "ar", "arz": "ar", "nn": "no", "wuu": "zh", "yue": "zh", "uzs": "uz"}
"""Labels taken as another language's: dialects and second standards for which no feed declares a code."""
SCRIPTS = frozenset({"Latin", *_SCRIPTS})
"""Scripts of several languages that the model tells apart."""


@lru_cache(maxsize=1)
def _model() -> Any:
    """Loaded at the first text: half a second and 100 MB that `import monitor` should not cost."""
    from py3langid.langid import MODEL_FILE, LanguageIdentifier  # noqa: PLC0415

    return LanguageIdentifier.from_model_file(MODEL_FILE)


@lru_cache(maxsize=16)
def _view(script: str) -> Any:
    with _LOAD:
        view = copy.copy(_model())
        known = frozenset(view.labels)
        latin = known - _OTHER_SCRIPTS - frozenset().union(*_SCRIPTS.values()) | _ALSO_LATIN
        view.set_languages(_SCRIPTS.get(script, latin) & known)
        return view


@lru_cache(maxsize=16)
def languages_of(script: str) -> tuple[str, ...]:
    """The languages that the model tells apart in `script`, in the order of `log_likelihoods`."""
    return tuple(sorted(set(_view(script).labels) - _SAME.keys()))


def log_likelihoods(text: str, script: str) -> FloatArray:
    """Log-likelihood of `text` under each of `languages_of(script)` (nats, up to a constant)."""
    scores: dict[str, float] = dict(_view(script).rank(text))
    for label, language in _SAME.items():
        if label in scores and language in scores:
            scores[language] = max(scores[language], scores[label])
    return np.array([scores[language] for language in languages_of(script)])
