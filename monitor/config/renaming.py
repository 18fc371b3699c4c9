"""Keys of config.yaml that were renamed: understood for one release with a warning, rewritten by `config check --fix`.

The rewriting changes only the key (and, where it moves to another section, its place); comments and layout stay. What
it writes is read again and must say the same, or nothing is written.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import yaml

from monitor.config.reading import Place

Path = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Renamed:
    """A key's old and new path, and the release that renamed it (it is refused from the next one on)."""

    old: Path
    new: Path
    since: str

    def __str__(self) -> str:
        return f"`{'.'.join(self.old)}` is called `{'.'.join(self.new)}` since {self.since}"


RENAMED: tuple[Renamed, ...] = ()
"""The renamed keys of this release. A rename is a line here; leave it for one release."""


@dataclass(frozen=True, slots=True)
class Found:
    """A renamed key that a configuration still uses, and whether the new one is there beside it."""

    renamed: Renamed
    both: bool

    @property
    def place(self) -> Place:
        """Where it stands."""
        return self.renamed.old


def rename(data: dict[str, Any], table: Sequence[Renamed] = RENAMED) -> list[Found]:
    """Move renamed keys of plain data to their new places; what was found. Where both stand, neither moves."""
    found = []
    for one in table:
        holder = _section(data, one.old[:-1])
        if holder is None or one.old[-1] not in holder:
            continue
        target = _section(data, one.new[:-1])
        both = target is not None and one.new[-1] in target
        found.append(Found(one, both))
        if not both:
            value = holder.pop(one.old[-1])
            _made(data, one.new[:-1])[one.new[-1]] = value
    return found


def _section(data: Any, path: Path) -> dict[str, Any] | None:
    for name in path:
        data = data.get(name) if isinstance(data, dict) else None
    return data if isinstance(data, dict) else None


def _made(data: dict[str, Any], path: Path) -> dict[str, Any]:
    for name in path:
        inner = data.get(name)
        if not isinstance(inner, dict):
            inner = data[name] = {}
        data = inner
    return data


def rewritten(text: str, table: Sequence[Renamed] = RENAMED) -> str | None:
    """The text of a configuration with renamed keys at their new places; None where that must be done by hand."""
    wanted = _plain(text)
    rename(wanted, table)
    for one in table:
        text = _rewrite(text, one)
    return text if _plain(text) == wanted else None


def _plain(text: str) -> dict[str, Any]:
    loaded = yaml.load(text, Loader=yaml.BaseLoader)  # noqa: S506 -- BaseLoader makes nothing but text
    return loaded if isinstance(loaded, dict) else {}


def _rewrite(text: str, one: Renamed) -> str:
    root = yaml.compose(text, Loader=yaml.SafeLoader)
    key, value, holder = _node(root, one.old)
    if key is None or value is None or holder is None or _node(root, one.new)[0] is not None:
        return text
    if one.old[:-1] == one.new[:-1]:
        return text[: key.start_mark.index] + one.new[-1] + text[key.end_mark.index :]
    said = text[value.start_mark.index : value.end_mark.index].rstrip()
    if "\n" in said:
        return text
    without = _without(text, key, value, holder)
    return _with(without, one.new, said)


def _node(
    root: yaml.Node | None, path: Path
) -> tuple[yaml.Node | None, yaml.Node | None, yaml.MappingNode | None]:
    """The nodes of a key and its value, and the mapping that holds them."""
    key: yaml.Node | None = None
    value, holder = root, None
    for name in path:
        if not isinstance(value, yaml.MappingNode):
            return None, None, None
        holder = value
        pairs = [pair for pair in holder.value if pair[0].value == name]
        if not pairs:
            return None, None, None
        key, value = pairs[0]
    return key, value, holder


def _without(text: str, key: yaml.Node, value: yaml.Node, holder: yaml.MappingNode) -> str:
    """The text less one key and its value: its line in block style, itself and a comma in flow style."""
    start, end = key.start_mark.index, value.end_mark.index
    if holder.flow_style:
        after = text[end:].lstrip(" ")
        if after.startswith(","):
            return text[:start] + after[1:].lstrip(" ")
        return text[:start].rstrip(" ").removesuffix(",") + text[end:]
    line = text.rfind("\n", 0, start) + 1
    rest = text.find("\n", end)
    return text[:line] + ("" if rest < 0 else text[rest + 1 :])


def _with(text: str, path: Path, said: str) -> str:
    """The text with a key and its value in a section, which is made where it is not there."""
    root = yaml.compose(text, Loader=yaml.SafeLoader)
    _, section, _ = _node(root, path[:-1])
    line = f"{path[-1]}: {said}"
    if len(path) == 1:
        return f"{text.rstrip()}\n{line}\n"
    if isinstance(section, yaml.MappingNode) and section.value:
        at = section.value[0][0].start_mark
        if section.flow_style:
            return f"{text[: at.index]}{line}, {text[at.index :]}"
        return f"{text[: at.index]}{line}\n{' ' * at.column}{text[at.index :]}"
    if section is not None or len(path) > 2:
        return text
    return f"{text.rstrip()}\n{path[0]}:\n  {line}\n"
