"""Load config.yaml and its includes. All problems are collected and reported at once."""

from __future__ import annotations

import difflib
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from monitor import logs
from monitor.config.model import Config
from monitor.config.reading import Document, Place, Problem, read_document
from monitor.config.renaming import Found, rename, rewritten
from monitor.config.sources import source_problems
from monitor.errors import ConfigError

_INCLUDED = frozenset({"outlets", "digests"})


def load_config(path: Path, environment: Mapping[str, str] | None = None) -> Config:
    """Load a configuration; ConfigError lists every problem with file and line."""
    config, problems = check_config(path, environment)
    if problems or config is None:
        listed = "\n".join(f"  {problem}" for problem in problems)
        count = f"{len(problems)} problem{'s' if len(problems) != 1 else ''}"
        raise ConfigError(f"{path.name} has {count}:\n{listed}")
    for warning in config_warnings(path, environment):
        logs.logger().warning("configuration", problem=str(warning))
    return config


def config_warnings(path: Path, environment: Mapping[str, str] | None = None) -> tuple[Problem, ...]:
    """Renamed keys that the configuration still uses: understood for one release."""
    environment = os.environ if environment is None else environment
    document = read_document(path, environment)
    found = [one for one in rename(document.data) if not one.both]
    document.problems.clear()
    for one in found:
        document.note(one.place, f"{one.renamed}: run monitor config check --fix")
    return tuple(document.problems)


def fix_config(path: Path, environment: Mapping[str, str] | None = None) -> tuple[str, ...]:
    """Rewrite renamed keys, comments kept; what was done, one line each. The old file stays as `….before-fix`.

    ConfigError where a key cannot be moved safely: it says what to do by hand.
    """
    warnings = config_warnings(path, environment)
    if not warnings:
        return ()
    text = path.read_text(encoding="utf-8")
    new = rewritten(text)
    if new is None:
        listed = "\n".join(f"  {warning}" for warning in warnings)
        raise ConfigError(f"{path.name} is left as it is: move these by hand\n{listed}")
    kept = path.with_name(f"{path.name}.before-fix")
    kept.write_text(text, encoding="utf-8")
    written = path.with_name(f".{path.name}.part")
    written.write_text(new, encoding="utf-8")
    written.replace(path)
    return tuple(
        str(warning).replace(": run monitor config check --fix", ": rewritten") for warning in warnings
    )


def _note_doubled(main: Document, found: list[Found]) -> None:
    for one in found:
        if one.both:
            main.note(one.place, f"{one.renamed}, which is there as well: take the old one out")


def check_config(
    path: Path, environment: Mapping[str, str] | None = None
) -> tuple[Config | None, tuple[Problem, ...]]:
    """The configuration (None where it cannot be built) and all that is wrong with it."""
    environment = os.environ if environment is None else environment
    main = read_document(path, environment)
    _note_doubled(main, rename(main.data))
    documents = [main, *_included(main, environment)]
    merged, origin = _merge(documents)
    if url := environment.get("MONITOR_DATABASE_URL"):
        database = merged.get("database")
        merged["database"] = {**(database if isinstance(database, dict) else {}), "url": url}
    config: Config | None = None
    try:
        config = Config.model_validate({**merged, "base": path.resolve().parent})
    except ValidationError as error:
        for detail in error.errors():
            _note(detail, origin, main)
    if config is not None:
        for place, message in source_problems(config):
            document, local = _locate(place, origin, main)
            document.note(local, message)
    problems = [problem for document in documents for problem in document.problems]
    return (config if not problems else None), tuple(problems)


def config_schema() -> dict[str, Any]:
    """JSON Schema of config.yaml, for editors."""
    schema = Config.model_json_schema()
    schema["properties"].pop("base", None)
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    schema["title"] = "config.yaml of the media monitor"
    return schema


Origin = dict[tuple[str, int], tuple[Document, int]]


def _included(main: Document, environment: Mapping[str, str]) -> Iterator[Document]:
    patterns = main.data.get("include") or []
    for index, pattern in enumerate(patterns if isinstance(patterns, list) else []):
        paths = sorted(main.path.parent.glob(str(pattern)))
        if not paths and not any(c in str(pattern) for c in "*?["):
            main.note(("include", index), f"{pattern} is not there: create it or take the line out")
        for path in paths:
            document = read_document(path, environment)
            for key in sorted(set(document.data) - _INCLUDED):
                document.note((key,), f"`{key}` belongs in config.yaml; an included file has `outlets:`")
            yield document


def _merge(documents: list[Document]) -> tuple[dict[str, Any], Origin]:
    """One mapping of all files; `origin` finds the file and index of each list item again."""
    merged = dict(documents[0].data)
    origin: Origin = {}
    for key in _INCLUDED:
        items: list[Any] = []
        for document in documents:
            own = document.data.get(key)
            if own is not None and not isinstance(own, list):
                document.note((key,), f"`{key}` must be a list")
                continue
            for index, item in enumerate(own or []):
                origin[(key, len(items))] = (document, index)
                items.append(item)
        if items:
            merged[key] = items
    return merged, origin


def _locate(place: Place, origin: Origin, main: Document) -> tuple[Document, Place]:
    if len(place) >= 2 and isinstance(place[0], str) and isinstance(place[1], int):
        document, index = origin.get((place[0], place[1]), (main, place[1]))
        return document, (place[0], index, *place[2:])
    return main, place


def _note(detail: ErrorDetails, origin: Origin, main: Document) -> None:
    place: Place = tuple(detail["loc"])
    document, local = _locate(place, origin, main)
    shown = ".".join(str(part) for part in place)
    if place == ("mail", "password"):
        document.note(
            local, "a password does not stand in a file: set MONITOR_MAIL_PASSWORD in the environment"
        )
        return
    if detail["type"] == "extra_forbidden":
        known = _known_keys(place[:-1])
        near = difflib.get_close_matches(str(place[-1]), known, n=1, cutoff=0.5)
        hint = f"did you mean `{near[0]}`?" if near else f"known are {', '.join(known)}"
        document.note(local, f"`{shown}` is not known: {hint}")
        return
    message = detail["msg"].removeprefix("Value error, ")
    document.note(local, f"`{shown}`: {message}" if shown else message)


def _known_keys(place: Place) -> list[str]:
    model: Any = Config
    for part in place:
        if isinstance(part, int):
            continue
        field = getattr(model, "model_fields", {}).get(part)
        if field is None:
            return []
        model = next(iter(_models(field.annotation)), None)
    fields = model.model_fields if model is not None else {}
    return sorted(field.alias or name for name, field in fields.items() if name != "base")


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for argument in get_args(annotation):
        yield from _models(argument)
