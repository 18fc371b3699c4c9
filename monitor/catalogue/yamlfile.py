"""YAML read with its line numbers, so that an error names the place.

All scalars stay strings: `no` is Norwegian here, not false, and a term such as `1` stays a term.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from monitor.errors import CatalogueError

_Loader: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)

Path_ = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong at a line of a data file, and what to do about it."""

    file: str
    line: int
    message: str
    hint: str = ""

    def __str__(self) -> str:
        hint = f" ({self.hint})" if self.hint else ""
        return f"{self.file}:{self.line}: {self.message}{hint}"


@dataclass(slots=True)
class Document:
    """One file's content, the line of each of its keys and items, and the problems found so far."""

    file: str
    data: Any
    lines: dict[Path_, int] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def line(self, path: Path_) -> int:
        """The line of `path`, or of the nearest thing around it."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)

    def complain(self, path: Path_, message: str, hint: str = "") -> None:
        """Note a problem at `path`."""
        self.problems.append(Problem(self.file, self.line(path), message, hint))

    def check_keys(self, path: Path_, mapping: dict[str, Any], known: Iterable[str]) -> None:
        """Complain of keys that are not `known`, naming the nearest known one."""
        names = list(known)
        for key in mapping:
            if key not in names:
                near = difflib.get_close_matches(key, names, 1)
                hint = f"did you mean {near[0]!r}?" if near else f"known: {', '.join(names)}"
                self.complain((*path, key), f"unknown key {key!r}", hint)


def read_yaml(path: Path, name: str = "") -> Document:
    """Read `path`; syntax errors, duplicate keys and wrong encodings become problems of the document."""
    document = Document(name or path.name, {})
    try:
        text = path.read_text(encoding="utf-8")
        node = yaml.compose(text, Loader=_Loader)
    except UnicodeDecodeError as error:
        document.complain(
            (), f"is not UTF-8 ({error.reason} at byte {error.start})", "save the file as UTF-8"
        )
        return document
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        document.problems.append(
            Problem(document.file, line, f"no valid YAML: {error.problem}", "check indentation")
        )
        return document
    except yaml.YAMLError as error:
        document.complain((), f"no valid YAML: {error}", "check for control characters")
        return document
    if node is not None:
        document.data = _build(document, node, ())
    return document


def _build(document: Document, node: yaml.Node, path: Path_) -> Any:
    document.lines.setdefault(path, node.start_mark.line + 1)
    if isinstance(node, yaml.MappingNode):
        mapping: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key = str(key_node.value)
            document.lines[(*path, key)] = key_node.start_mark.line + 1
            if key in mapping:
                document.complain((*path, key), f"key {key!r} stands twice", "merge the two")
            mapping[key] = _build(document, value_node, (*path, key))
        return mapping
    if isinstance(node, yaml.SequenceNode):
        return [_build(document, item, (*path, number)) for number, item in enumerate(node.value)]
    return str(node.value)


def raise_problems(problems: Iterable[Problem], what: str) -> None:
    """Raise one CatalogueError that lists all `problems`; do nothing without any."""
    found = sorted(set(problems), key=lambda problem: (problem.file, problem.line, problem.message))
    if found:
        listed = "\n".join(f"  {problem}" for problem in found)
        raise CatalogueError(f"{what} cannot be used, {len(found)} problem(s):\n{listed}")
