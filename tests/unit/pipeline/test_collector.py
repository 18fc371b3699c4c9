"""The collector is held back during a poll, and as it was afterwards, whatever happens."""

from __future__ import annotations

import gc

import pytest

from monitor.pipeline.collector import YOUNG, rare_collections


def test_what_was_there_is_left_alone_and_everything_is_put_back() -> None:
    before, frozen = gc.get_threshold(), gc.get_freeze_count()
    with rare_collections():
        assert gc.get_threshold()[0] == YOUNG
        assert gc.get_freeze_count() > frozen
        assert gc.isenabled()
    assert (gc.get_threshold(), gc.get_freeze_count()) == (before, 0)


def test_blocks_that_overlap_count_as_one() -> None:
    before = gc.get_threshold()
    first, second = rare_collections(), rare_collections()
    first.__enter__()
    second.__enter__()
    first.__exit__(None, None, None)
    assert gc.get_threshold()[0] == YOUNG
    second.__exit__(None, None, None)
    assert gc.get_threshold() == before


def test_an_error_puts_it_back_too() -> None:
    before = gc.get_threshold()
    with pytest.raises(RuntimeError), rare_collections():
        raise RuntimeError
    assert gc.get_threshold() == before
