"""What may stand between a cue ("according to", "reported") and the name that it cites."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from monitor.types.rules import CitationWords

_URL = re.compile(r"\]?\(\s*https?://[^\s)]*\)?|https?://\S+")
_MARKUP = re.compile(r"[*_\[\]«»\"“”„‟'‘’`《》「」『』<>【】]")
_BREAK = re.compile(r"[.!?;:\n。！？；：؛…]|--|[—–]")
_COMMA = re.compile(r"[,，、،]")
_ASIDE = re.compile(
    r"^\s*(?:[,،，][^,;.!?\n،，。]{1,90}[,،，]|\([^()\n]{1,90}\)|（[^（）\n]{1,60}）|[—–] [^—–\n]{1,90} [—–])\s*"
)
_KOREAN_SUBJECT = re.compile(
    r"^[\"'”’]?\s*(?:통신|신문|방송|매체|지|TV|측|보도)?(?:사)?\s?(?:들)?(?:이|가|은|는|도)\s"
)
_UNSPACED = ("zh", "ja")
_WIDEST = 110
_MAX_WORDS = 7


class Gaps:
    """Judges gaps in texts of one language."""

    def __init__(self, language: str, words: CitationWords) -> None:
        self.language = language
        listed = [part.lower() for term in (*words.filler, *words.media) for part in _parts(term, language)]
        self._exact = frozenset(term for term in listed if not term.endswith("*"))
        self._stems = tuple(term[:-1] for term in listed if term.endswith("*"))
        stops = [term.lower() for term in words.stop]
        self._stop_exact = frozenset(term for term in stops if not term.endswith("*"))
        self._stop_stems = tuple(term[:-1] for term in stops if term.endswith("*"))

    def before(self, gap: str, unknown: int) -> bool:
        """Whether `gap` may part a cue from the name after it; `unknown` words besides the listed ones are allowed."""
        return len(gap) <= _WIDEST and (gap.strip() in ("", ":", "：") or self._fits(gap, unknown))

    def after(self, gap: str, unknown: int, *, far: bool = True) -> bool:
        """Whether `gap` may part a name from the cue after it; an aside between commas is left out where words may be.

        `far` lets the verb of a Korean clause stand at its end, far from its subject.
        """
        if (
            far
            and self.language == "ko"
            and _KOREAN_SUBJECT.match(gap)
            and not _BREAK.search(_quoteless(gap))
        ):
            return True
        if unknown:
            gap = _ASIDE.sub(" ", gap, count=1)
        return len(gap) <= _WIDEST + 90 and self._fits(gap, unknown)

    def joins(self, gap: str) -> bool:
        """Whether `gap` joins two names of one list ("Reuters and AFP")."""
        return len(gap) < 24 and re.fullmatch(_JOINS, _plain(gap)) is not None

    def only_filler(self, text: str) -> bool:
        """Whether `text` has nothing but words that may belong to a name's phrase."""
        return self._fits(text, 0)

    def _fits(self, gap: str, unknown: int) -> bool:
        plain = _plain(gap)
        if _BREAK.search(plain) or _COMMA.search(plain):
            return False
        if self.language in _UNSPACED:
            return self._unspaced(plain, unknown)
        words = plain.lower().replace("-", " ").split()
        if len(words) > _MAX_WORDS:
            return False
        strange = 0
        for word in words:
            if word in self._stop_exact or (self._stop_stems and word.startswith(self._stop_stems)):
                return False
            if word not in self._exact and not word.startswith(self._stems or ("\0",)) and not word.isdigit():
                strange += 1
        return strange <= unknown

    def _unspaced(self, plain: str, unknown: int) -> bool:
        if any(word in plain for word in self._stop_exact):
            return False
        rest = plain
        for word in sorted(self._exact, key=len, reverse=True):
            rest = rest.replace(word, "")
        return len(re.sub(r"[\s\d]+", "", rest)) <= 2 * unknown


_JOINS = (
    r"\s*(?:,|，|、|،|and|et|y|e|und|sowie|и|і|та|و|와|과|및|和|&|/|or|ou|oder|или)?"
    r"\s*(?:the|le|la|el|die|der|das|газет\w*|агентств\w*|صحيفة|وكالة|وكالتا)?\s*"
)


def compiled(words: Mapping[str, CitationWords]) -> dict[str, Gaps]:
    """One judge a language."""
    return {language: Gaps(language, listed) for language, listed in words.items()}


def _parts(term: str, language: str) -> Iterable[str]:
    return (term,) if language in _UNSPACED else term.replace("-", " ").split()


def _plain(gap: str) -> str:
    return _MARKUP.sub(" ", _URL.sub(" ", gap))


def _quoteless(gap: str) -> str:
    return re.sub(r"[\"“][^\"”]*[\"”]", "", gap)
