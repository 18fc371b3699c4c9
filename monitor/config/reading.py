"""YAML files to plain data, with the line of every key, the environment filled in and traps caught."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

Place = tuple[str | int, ...]
_VARIABLE = re.compile(r"\$\{(\w+)(?::-([^}]*))?\}")


# libyaml where PyYAML was built with it: a configuration of ten thousand feeds is read in one second instead of four
_Safe: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Loader(_Safe):  # type: ignore[misc]
    """A safe loader in which only true and false are booleans: `NO` is Norway, `on` is a word."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:bool"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_Loader.add_implicit_resolver(
    "tag:yaml.org,2002:bool", re.compile(r"^(?:true|True|TRUE|false|False|FALSE)$"), list("tTfF")
)


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong, where, and what to do."""

    file: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message}"


@dataclass(slots=True)
class Document:
    """One YAML file: its data, the line of every place in it, and what was wrong with it."""

    path: Path
    data: dict[str, Any] = field(default_factory=dict)
    lines: dict[Place, int] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def line(self, place: Place) -> int:
        """The line of a place, or of the nearest one above it."""
        while place and place not in self.lines:
            place = place[:-1]
        return self.lines.get(place, 1)

    def note(self, place: Place, message: str) -> None:
        """Add a problem at a place."""
        self.problems.append(Problem(self.path.name, self.line(place), message))


def read_document(path: Path, environment: Mapping[str, str] | None = None) -> Document:
    """Read a YAML mapping. Whatever is wrong is noted in `problems`, never raised."""
    document = Document(path)
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        document.note((), f"cannot be read: {error.strerror}. Name the file with -c FILE")
        return document
    except UnicodeDecodeError:
        document.note((), "is not UTF-8: save it as UTF-8")
        return document
    try:
        loader = _Loader(text)
        node = loader.get_single_node()
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        document.problems.append(Problem(path.name, line, f"is not valid YAML: {error.problem}"))
        return document
    if node is None:
        return document
    if not isinstance(node, yaml.MappingNode):
        document.note((), "must be a mapping of keys such as `outlets:`")
        return document
    environment = os.environ if environment is None else environment
    data = _build(loader, node, (), document, environment)
    document.data = data
    return document


def _build(
    loader: _Loader, node: yaml.Node, place: Place, document: Document, environment: Mapping[str, str]
) -> Any:
    document.lines.setdefault(place, node.start_mark.line + 1)
    if isinstance(node, yaml.MappingNode):
        mapping: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key = str(key_node.value)
            document.lines[(*place, key)] = key_node.start_mark.line + 1
            if key in mapping:
                document.note((*place, key), f"`{key}` is given twice: keep one")
            mapping[key] = _build(loader, value_node, (*place, key), document, environment)
        return mapping
    if isinstance(node, yaml.SequenceNode):
        return [
            _build(loader, child, (*place, index), document, environment)
            for index, child in enumerate(node.value)
        ]
    value = loader.construct_object(node)
    return _filled(value, place, document, environment) if isinstance(value, str) else value


def _filled(text: str, place: Place, document: Document, environment: Mapping[str, str]) -> str:
    def replace(match: re.Match[str]) -> str:
        value: str | None = environment.get(match[1], match[2])
        if value is None:
            document.note(
                place, f"the environment has no {match[1]}: set it, or write ${{{match[1]}:-default}}"
            )
            return ""
        return value

    return _VARIABLE.sub(replace, text)
