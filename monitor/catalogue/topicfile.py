"""One topic file: YAML to rules and groups, with every problem noted at its line."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal, cast

from monitor.catalogue.yamlfile import Document, Problem, read_yaml
from monitor.types.gazetteer import ITEM_CLASSES
from monitor.types.taxonomy import ANY_LANGUAGE, CLASSED, FINDINGS, Rule

_TOPIC_KEYS = ("slug", "name", "description", "threshold", "passing", "masks", "groups", "rules")
_SHARED_KEYS = ("groups", "masks")
_RULE_KEYS = (
    "id", "any", "all", "near", "within", "weight", "title_weight", "field", "min", "unless", "unless_near", "note",
)  # fmt: skip
_GROUP_KEYS = ("include", "context", "found")
_FIELDS = ("title", "body", "any")
_LANGUAGE = re.compile(r"[a-z]{2,3}|any")
DEFAULT_THRESHOLD = 0.5


@dataclass(frozen=True, slots=True)
class RawGroup:
    """A group as written: its own terms by language, and the groups that it includes."""

    terms: Mapping[str, tuple[str, ...]]
    include: tuple[str, ...]
    line: int
    context: bool = False
    found: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TopicFile:
    """What a topic file says; group names are not resolved yet. Lines stand beside what may be wrong later."""

    slug: str
    file: str
    names: Mapping[str, str] = field(default_factory=dict)
    description: str = ""
    threshold: float = DEFAULT_THRESHOLD
    passing: float = 0.0
    groups: Mapping[str, RawGroup] = field(default_factory=dict)
    rules: tuple[tuple[Rule, int], ...] = ()
    masks: tuple[tuple[str, int], ...] = ()
    problems: tuple[Problem, ...] = ()

    def over(self, base: TopicFile) -> TopicFile:
        """This file's groups and masks added to those of `base`, replacing groups of the same name."""
        return replace(
            self,
            groups={**base.groups, **self.groups},
            masks=(*base.masks, *self.masks),
            problems=(*base.problems, *self.problems),
        )


def read_topic_file(path: Path) -> TopicFile:
    """Read one topic, or the shared groups if the file is `_shared.yaml`. Never raises for its content."""
    document = read_yaml(path)
    shared = path.stem == "_shared"
    data = document.data
    if not isinstance(data, dict):
        document.complain((), "is not a mapping", "a topic file has the keys " + ", ".join(_TOPIC_KEYS))
        data = {}
    document.check_keys((), data, _SHARED_KEYS if shared else _TOPIC_KEYS)
    slug = str(data.get("slug", path.stem))
    if not shared:
        _check_head(document, data, path.stem)
    groups = _groups(document, data.get("groups", {}))
    rules = _rules(document, data.get("rules", []))
    masks = tuple(
        (name, document.line(("masks",))) for name in _names(document, ("masks",), data.get("masks", []))
    )
    names = data.get("name", {})
    return TopicFile(
        slug=slug,
        file=document.file,
        names={str(k): str(v) for k, v in names.items()} if isinstance(names, dict) else {"en": str(names)},
        description=str(data.get("description", "")).strip(),
        threshold=_number(document, ("threshold",), data.get("threshold"), DEFAULT_THRESHOLD, 0.01, 1.0),
        groups=groups,
        rules=rules,
        passing=_number(document, ("passing",), data.get("passing"), 0.0, 0.0, 0.99),
        masks=masks,
        problems=tuple(document.problems),
    )


def _check_head(document: Document, data: dict[str, Any], stem: str) -> None:
    if document.problems and not data:
        return
    if data.get("slug", stem) != stem:
        document.complain(
            ("slug",), f"slug {data['slug']!r} is not the file's name", f"rename one to {stem!r}"
        )
    for key in ("name", "rules"):
        if not data.get(key):
            document.complain((), f"{key!r} is missing", "see docs/reference/taxonomy.md")


def _groups(document: Document, data: Any) -> dict[str, RawGroup]:
    if not isinstance(data, dict):
        document.complain(("groups",), "is not a mapping of group names")
        return {}
    groups = {}
    for name, content in data.items():
        path = ("groups", name)
        if not isinstance(content, dict):
            document.complain(
                path, f"group {name!r} is not a mapping of languages", "write `en: [term, term]`"
            )
            continue
        include = _names(document, (*path, "include"), content.get("include", []))
        terms = {}
        for language, listed in content.items():
            if language in _GROUP_KEYS:
                continue
            if not _LANGUAGE.fullmatch(language):
                hint = f"ISO 639-1 or {ANY_LANGUAGE!r}"
                document.complain((*path, language), f"{language!r} is no language code", hint)
            terms[language] = _terms(document, (*path, language), listed)
        groups[name] = RawGroup(
            terms,
            include,
            document.line(path),
            _flag(document, path, content),
            _found(document, (*path, "found"), content.get("found", [])),
        )
    return groups


def _found(document: Document, path: tuple[str | int, ...], value: Any) -> tuple[str, ...]:
    """What else fills a group: `claim`, `weapon:drones`."""
    names = _names(document, path, value)
    for name in names:
        kind, _, of_class = name.partition(":")
        if kind not in FINDINGS or (of_class and (kind not in CLASSED or of_class not in ITEM_CLASSES)):
            hint = f"one of {', '.join(FINDINGS)}; {', '.join(sorted(CLASSED))} also as kind:class of items"
            document.complain(path, f"nothing is found as {name!r}", hint)
    return names


def _flag(document: Document, path: tuple[str | int, ...], content: dict[str, Any]) -> bool:
    value = content.get("context", "false")
    if value not in ("true", "false"):
        document.complain((*path, "context"), f"{value!r} is neither true nor false")
    return bool(value == "true")


def _terms(document: Document, path: tuple[str | int, ...], listed: Any) -> tuple[str, ...]:
    """Terms as a list or as one text with commas between them."""
    if isinstance(listed, str):
        listed = listed.split(",")
    if not isinstance(listed, list) or not all(isinstance(item, str) for item in listed):
        document.complain(path, "is no list of terms", "write `[term, term]` or `term, term`")
        return ()
    return tuple(term for item in listed if (term := " ".join(item.split())))


def _names(document: Document, path: tuple[str | int, ...], value: Any) -> tuple[str, ...]:
    if isinstance(value, str):
        return (value,) if value else ()
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        document.complain(path, "is no list of group names", "write `[group, group]`")
        return ()
    return tuple(value)


def _rules(document: Document, data: Any) -> tuple[tuple[Rule, int], ...]:
    if not isinstance(data, list):
        document.complain(("rules",), "is no list", "begin each rule with `- id:`")
        return ()
    rules: list[tuple[Rule, int]] = []
    seen: set[str] = set()
    for number, content in enumerate(data):
        path = ("rules", number)
        if not isinstance(content, dict):
            document.complain(path, "rule is not a mapping", "begin each rule with `- id:`")
            continue
        document.check_keys(path, content, _RULE_KEYS)
        rule = _rule(document, path, content)
        if rule.id in seen:
            document.complain(path, f"rule id {rule.id!r} stands twice", "ids say what fired: make it unique")
        seen.add(rule.id)
        rules.append((rule, document.line(path)))
    return tuple(rules)


def _rule(document: Document, path: tuple[str | int, ...], content: dict[str, Any]) -> Rule:
    kinds = [kind for kind in ("any", "all", "near") if kind in content]
    if len(kinds) != 1:
        document.complain(path, "a rule has exactly one of any, all, near")
    kind = kinds[0] if kinds else "any"
    within, words = _within(document, path, content.get("within"), "sentence" if kind == "near" else "entry")
    weight = _number(document, (*path, "weight"), content.get("weight"), 0.0, -1.0, 1.0)
    if content.get("weight", "0") in ("0", "0.0"):
        document.complain(
            path, "a rule needs a weight other than 0", "0.5 is even odds; negative speaks against"
        )
    title = content.get("title_weight")
    where = content.get("field", "any")
    if where not in _FIELDS:
        document.complain((*path, "field"), f"field {where!r} is unknown", f"one of {', '.join(_FIELDS)}")
        where = "any"
    return Rule(
        id=str(content.get("id") or f"rule-{path[-1]}"),
        weight=weight,
        groups=_items(document, (*path, kind), kind, content.get(kind, [])),
        within=within,
        words=words,
        field=cast(Literal["title", "body", "any"], where),
        title_weight=None
        if title is None
        else _number(document, (*path, "title_weight"), title, 0.0, -1.0, 1.0),
        minimum=int(_number(document, (*path, "min"), content.get("min"), 1, 1, 100)),
        unless=_names(document, (*path, "unless"), content.get("unless", [])),
        unless_near=_names(document, (*path, "unless_near"), content.get("unless_near", [])),
    )


def _items(
    document: Document, path: tuple[str | int, ...], kind: str, value: Any
) -> tuple[tuple[str, ...], ...]:
    """`any: [a, b]` is one item of two alternatives; `all: [a, [b, c]]` two items, the second with two."""
    if kind == "any":
        names = _names(document, path, value)
        return (names,) if names else ()
    if not isinstance(value, list) or len(value) < 2:
        document.complain(path, f"`{kind}` needs at least two groups", f"write `{kind}: [group, group]`")
        return ()
    return tuple(_names(document, (*path, number), item) for number, item in enumerate(value))


def _within(
    document: Document, path: tuple[str | int, ...], value: Any, default: str
) -> tuple[Literal["sentence", "entry"], int | None]:
    if isinstance(value, dict) and set(value) == {"words"} and str(value["words"]).isdigit():
        return "sentence", int(value["words"])
    if value is None or value in ("sentence", "entry"):
        return cast(Literal["sentence", "entry"], value or default), None
    document.complain((*path, "within"), f"cannot read {value!r}", "sentence, entry or {words: 8}")
    return "sentence", None


def _number(
    document: Document, path: tuple[str | int, ...], value: Any, default: float, low: float, high: float
) -> float:
    if value is None:
        return default
    try:
        number = float(value)
    except (TypeError, ValueError):
        document.complain(path, f"{value!r} is no number")
        return default
    if not low <= number <= high:
        document.complain(path, f"{number:g} is not between {low:g} and {high:g}")
        return default
    return number
