"""Unpacking: whatever the pieces, the same bytes; never more than the caps."""

from __future__ import annotations

import gzip
import tracemalloc
import zlib
from functools import partial
from itertools import pairwise

import brotli
import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.fetch.decode import STEP, BodyError, BodyReader

PACKERS = {
    "gzip": gzip.compress,
    "deflate": zlib.compress,
    "br": partial(brotli.compress, quality=4),
    "": bytes,
}


def reader(encoding: str, *, max_body: int = 10_000_000, cut: bool = False) -> BodyReader:
    return BodyReader(encoding, max_body=max_body, max_wire=10_000_000, max_ratio=100, cut=cut)


@given(
    body=st.binary(max_size=3000),
    encoding=st.sampled_from(sorted(PACKERS)),
    cuts=st.lists(st.integers(0, 3000)),
)
def test_pieces_make_no_difference(body: bytes, encoding: str, cuts: list[int]) -> None:
    packed = PACKERS[encoding](body)
    edges = sorted({0, len(packed), *(min(cut, len(packed)) for cut in cuts)})
    into = reader(encoding)
    if body.startswith(b"\x1f\x8b"):
        return
    for start, end in pairwise(edges):
        into.write(packed[start:end])
    assert into.finish() == body
    assert into.wire == len(packed)


@given(data=st.binary(max_size=500), encoding=st.sampled_from(["gzip", "deflate", "br", "", "gzip, br", "x"]))
def test_any_bytes_end_in_a_body_or_a_code(data: bytes, encoding: str) -> None:
    try:
        into = reader(encoding)
        into.write(data)
        into.finish()
    except BodyError as error:
        assert error.code in {"too_big", "bomb", "truncated", "encoding"}


@pytest.mark.parametrize("size", [STEP - 1, STEP, STEP + 1, 3 * STEP])
@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br"])
def test_bodies_as_long_as_the_step(encoding: str, size: int) -> None:
    body = bytes(i * 7 % 251 for i in range(997)) * (size // 997 + 1)
    into = reader(encoding)
    into.write(PACKERS[encoding](body[:size]))
    # this text packs better than 100:1, but is not long enough to be called a bomb
    assert into.finish() == body[:size]


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br"])
def test_a_bomb_is_given_up_before_it_takes_memory(encoding: str) -> None:
    packed = PACKERS[encoding](bytes(60_000_000))
    tracemalloc.start()
    into = reader(encoding)
    with pytest.raises(BodyError) as error:
        for start in range(0, len(packed), 65536):
            into.write(packed[start : start + 65536])
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert error.value.code == "bomb"
    assert peak < 20_000_000


def test_an_empty_body_has_no_layers() -> None:
    assert reader("gzip").finish() == b""


def test_cutting_is_exact() -> None:
    into = reader("gzip", max_body=10, cut=True)
    into.write(gzip.compress(b"0123456789abc"))
    assert into.full and into.finish() == b"0123456789"


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br"])
def test_a_feed_that_repeats_itself_is_no_bomb(encoding: str) -> None:
    """7 MB of one long run packs 400:1 and is still a feed that can be read."""
    body = b"<rss>" + b"a" * 7_000_000
    into = reader(encoding)
    into.write(PACKERS[encoding](body))
    assert into.finish() == body
