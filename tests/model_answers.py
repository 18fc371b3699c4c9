"""Answers of a pretended model server, as an OpenAI-compatible endpoint writes them."""

from __future__ import annotations

import json
from typing import Any

#: The rules see an actor, an item and a word of transfer here, and no claim.
BODY = (
    "A ledger seen by the desk lists Iran. Twenty drones were on the manifest; "
    "the delivery was signed for in Sudan."
)
EVIDENCE = "Twenty drones were on the manifest; the delivery was signed for in Sudan"


def said(**values: Any) -> dict[str, Any]:
    """A claim that the text bears out, but for `values`."""
    given = {
        "supplier": ["IR"], "recipient": ["SD"], "via": [], "items": ["drones"], "quantity": 20,
        "status": "alleged", "speaker": "", "evidence": EVIDENCE,
    }  # fmt: skip
    return given | values


def completion(*claims: Any, content: Any = None) -> dict[str, Any]:
    """The JSON of an answer with these claims, or with `content` in their place."""
    text = json.dumps({"claims": list(claims)}) if content is None else content
    return {"choices": [{"message": {"role": "assistant", "content": text}}]}
