"""MinHash signatures of many texts at once, with numpy.

Method: Broder (1997), min-wise independent permutations; banding for search: Leskovec, Rajaraman and Ullman,
Mining of Massive Datasets, ch. 3. 64 permutations in 16 bands of 4 rows find a pair of Jaccard .7 with
probability .99, one of .5 with .64, one of .2 with .03. Hashes depend on nothing but the text.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b

import numpy as np
import numpy.typing as npt

PERMUTATIONS = 64
BANDS = 16
ROWS = PERMUTATIONS // BANDS
_CHUNK = 16_384
_CACHE_LIMIT = 400_000

U64 = npt.NDArray[np.uint64]

_cache: dict[str, int] = {}


def _mix(values: U64) -> U64:
    """Finaliser of splitmix64 (Steele, Lea and Flood, 2014)."""
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))


def _constants(count: int, seed: int) -> U64:
    steps = np.arange(1, count + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    return _mix(steps + np.uint64(seed))


_A = _constants(PERMUTATIONS, 1) | np.uint64(1)
_B = _constants(PERMUTATIONS, 2)
_PLACES = _constants(8, 3) | np.uint64(1)
_BAND = _constants(BANDS, 4)
_ROW = _constants(ROWS, 5) | np.uint64(1)


def text_hash64(word: str) -> int:
    """64 bits of BLAKE2b, unsigned."""
    return int.from_bytes(blake2b(word.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "little")


def word_hashes(words: Sequence[str]) -> U64:
    """Hash words to 64 bits; remembered, for the same words come again and again."""
    if len(_cache) > _CACHE_LIMIT:
        _cache.clear()
    found = list(map(_cache.get, words))
    if None in found:
        for place, value in enumerate(found):
            if value is None:
                # a word that comes twice is hashed once: its second place finds it
                word = words[place]
                found[place] = _cache[word] = _cache.get(word) or text_hash64(word)
    return np.array(found, dtype=np.uint64)


def shingles(words: Sequence[str], size: int) -> U64:
    """Give the sorted distinct hashes of every run of `size` words; a shorter text is one run."""
    if not words:
        return np.empty(0, dtype=np.uint64)
    hashed = word_hashes(words)
    if len(hashed) < size:
        hashed = np.concatenate([hashed, np.zeros(size - len(hashed), dtype=np.uint64)])
    count = len(hashed) - size + 1
    total = np.zeros(count, dtype=np.uint64)
    for place in range(size):
        total += hashed[place : place + count] * _PLACES[place]
    return np.unique(_mix(total + np.uint64(size)))


def shingle_sets(texts: Sequence[Sequence[str]], size: int) -> list[U64]:
    """As `shingles` of each text, worked out for all at once."""
    lengths = np.array([len(words) for words in texts], dtype=np.int64)
    if not len(lengths) or int(lengths.min()) < size:
        return [shingles(words, size) for words in texts]
    hashed = word_hashes([word for words in texts for word in words])
    count = len(hashed) - size + 1
    total = np.zeros(count, dtype=np.uint64)
    for place in range(size):
        total += hashed[place : place + count] * _PLACES[place]
    mixed = _mix(total + np.uint64(size))
    ends = np.cumsum(lengths)
    # runs that would reach into the next text are not looked at
    return [
        np.unique(mixed[start : end - size + 1])
        for start, end in zip((ends - lengths).tolist(), ends.tolist(), strict=True)
    ]


def signatures(sets: Sequence[U64]) -> npt.NDArray[np.uint32]:
    """Sign each non-empty set of hashes: one row of 64 minima a set. Empty sets get a row of ones."""
    result = np.full((len(sets), PERMUTATIONS), 0xFFFFFFFF, dtype=np.uint32)
    batch: list[int] = []
    held = 0
    for index, values in enumerate(sets):
        if len(values):
            batch.append(index)
            held += len(values)
        if held >= _CHUNK:
            _sign(sets, batch, result)
            batch, held = [], 0
    if batch:
        _sign(sets, batch, result)
    return result


def _sign(sets: Sequence[U64], batch: list[int], result: npt.NDArray[np.uint32]) -> None:
    joined = np.concatenate([sets[index] for index in batch])
    starts = np.cumsum([0] + [len(sets[index]) for index in batch[:-1]])
    for place in range(PERMUTATIONS):
        permuted = (joined * _A[place] + _B[place]) >> np.uint64(32)
        result[batch, place] = np.minimum.reduceat(permuted, starts)


def band_hashes(rows: npt.NDArray[np.uint32]) -> npt.NDArray[np.int64]:
    """Hash each row's 16 bands to signed 64 bits, as both databases store them."""
    parts = rows.astype(np.uint64).reshape(len(rows), BANDS, ROWS)
    return _mix((parts * _ROW).sum(axis=2, dtype=np.uint64) + _BAND).view(np.int64)


def jaccard(one: U64, two: U64) -> float:
    """Compare two sorted sets exactly: shared over all, 0 to 1."""
    shared = shared_count(one, two)
    total = len(one) + len(two) - shared
    return shared / total if total else 0.0


def shared_count(one: U64, two: U64) -> int:
    """Count the hashes that two sorted sets share."""
    return len(np.intersect1d(one, two, assume_unique=True))
