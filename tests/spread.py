"""How pytest-xdist deals the tests out: a file to one worker, and all files that share the demo's run to the same one.

Files are dealt in the order of their names, in which the long ones (e2e, faults, flows) come first and the many short ones
fill the end (`--no-loadscope-reorder`, which the Makefile sets).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from xdist.scheduler import LoadScopeScheduling

ROOT = Path(__file__).resolve().parent.parent
#: Asks for the fixture of tests/e2e/conftest.py, which takes longer than most files.
SHARES_DEMO = "run: Demo"


class ByFile(LoadScopeScheduling):  # type: ignore[misc]  # xdist has no types
    """A scope is a file, or the demo."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self._demo = {
            path.relative_to(ROOT).as_posix()
            for path in (ROOT / "tests" / "e2e").glob("test_*.py")
            if SHARES_DEMO in path.read_text(encoding="utf-8")
        }

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.split("::", 1)[0]
        return "the demo" if file in self._demo else file
