"""The translators that may be configured: a LibreTranslate server, or Argos Translate in this process."""

from __future__ import annotations

import hashlib
import importlib.util
import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from importlib.metadata import version
from typing import Any
from urllib.parse import urlsplit

from monitor.fetch import FetchOptions, ask_json_now, networks
from monitor.pipeline.ingest import fetch_options
from monitor.pipeline.workspace import Workspace
from monitor.types.fetching import FailureKind, FetchFailed
from monitor.types.secret import Secret
from monitor.types.translation import NotTranslated, Translator

KEY = "MONITOR_TRANSLATOR_API_KEY"


def configured_translator(workspace: Workspace) -> Translator | NotTranslated:
    """The translator of the configuration, or what it lacks."""
    options = workspace.config.translator
    if options.kind == "argos":
        return argos(options.version)
    fetch = replace(
        fetch_options(workspace),
        timeout=options.timeout.total_seconds(),
        allow_networks=networks(options.allow_networks),
    )
    key = Secret(os.environ.get(KEY, ""))
    return LibreTranslate(url=options.url, version=options.version, options=fetch, key=key)


@dataclass(frozen=True, slots=True, kw_only=True)
class LibreTranslate:
    """A LibreTranslate server (its API: docs.libretranslate.com). `version` is a mark of its models, in your words."""

    url: str
    version: str
    options: FetchOptions
    key: Secret

    @property
    def engine(self) -> str:
        """The kind, the server's host, and the mark."""
        return f"libretranslate {urlsplit(self.url).netloc.rpartition('@')[2]} {self.version}".strip()

    def translate(self, texts: Sequence[str], source: str, target: str) -> Sequence[object] | NotTranslated:
        """One request with all texts."""
        payload: dict[str, Any] = {"q": list(texts), "source": source, "target": target, "format": "text"}
        if self.key:
            payload["api_key"] = self.key.reveal()
        answer = ask_json_now(f"{self.url.rstrip('/')}/translate", payload, self.options)
        if isinstance(answer, FetchFailed):
            said = self.key.hide_in(answer.detail)
            # 400 is about this pair of languages; another may be there
            lasting = answer.kind is FailureKind.PERMANENT and answer.status != 400
            return NotTranslated(reason=f"{source} to {target}: {answer.code}, {said}", lasting=lasting)
        got = answer.value.get("translatedText") if isinstance(answer.value, dict) else None
        if not isinstance(got, list):
            return NotTranslated(reason="the answer has no list of translations: is this LibreTranslate?")
        return got


def argos(mark: str) -> Translator | NotTranslated:
    """Argos Translate with the models that are installed, or what it lacks."""
    if importlib.util.find_spec("argostranslate") is None:
        hint = "pip install .[argos], then models: argospm install translate-ru_en"
        return NotTranslated(
            reason=f"translator.kind is argos, which is not installed ({hint})", lasting=True
        )
    try:
        from argostranslate import package  # noqa: PLC0415 -- an extra

        models = sorted(
            f"{one.from_code}-{one.to_code} {one.package_version}" for one in package.get_installed_packages()
        )
    except Exception as error:  # whatever its libraries raise costs the translation, not the digest
        return NotTranslated(
            reason=f"argos cannot be used: {type(error).__name__}: {error}"[:300], lasting=True
        )
    models_mark = hashlib.sha256("\n".join(models).encode()).hexdigest()[:8]
    return Argos(engine=f"argos {version('argostranslate')} {models_mark} {mark}".strip())


@dataclass(frozen=True, slots=True, kw_only=True)
class Argos:
    """Argos Translate: a neural model for each pair of languages, run by this process; pivots by English itself."""

    engine: str

    def translate(self, texts: Sequence[str], source: str, target: str) -> Sequence[object] | NotTranslated:
        """One text after the other."""
        try:
            from argostranslate import translate  # noqa: PLC0415 -- an extra

            codes = {language.code: language for language in translate.get_installed_languages()}
            model = codes[source].get_translation(codes[target]) if {source, target} <= codes.keys() else None
            if model is None:
                hint = f"argospm install translate-{source}_{target}"
                return NotTranslated(reason=f"argos has no model from {source} to {target} ({hint})")
            return [model.translate(text) for text in texts]
        except Exception as error:  # as above
            return NotTranslated(reason=f"{source} to {target}: {type(error).__name__}: {error}"[:300])
