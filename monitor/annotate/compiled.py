"""A taxonomy made ready for matching: automata by language, rules with numbered groups."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from monitor.annotate.findings import Finding
from monitor.annotate.matcher import Hit, Matcher
from monitor.text.scripts import script_of_language, script_weights
from monitor.types.taxonomy import ANY_LANGUAGE, Rule, Taxonomy, Topic

UNDETERMINED = "und"
_MINOR_SCRIPT = 0.2


@dataclass(frozen=True, slots=True)
class CompiledRule:
    """A rule with the numbers of its groups; `masks` has one bit set for each group of an item."""

    rule: Rule
    items: tuple[tuple[int, ...], ...]
    masks: tuple[int, ...]
    unless: int
    unless_near: tuple[int, ...]

    def possible(self, present: int) -> bool:
        """Whether the groups present in an entry could satisfy the rule at all."""
        for mask in self.masks:
            if not mask & present:
                return False
        return not self.unless & present


@dataclass(frozen=True, slots=True)
class CompiledTopic:
    """A topic with its compiled rules and the numbers of the groups that mask others."""

    topic: Topic
    rules: tuple[CompiledRule, ...]
    masks: tuple[int, ...]


class CompiledTaxonomy:
    """Matches texts against `taxonomy`; `languages` are the configured ones, tried where none is sure.

    Automata are built when a language is first met. Pickling hands over the data only: each worker builds its own.
    """

    def __init__(self, taxonomy: Taxonomy, languages: Iterable[str]) -> None:
        self.taxonomy = taxonomy
        self.languages = tuple(sorted(set(languages)))
        self._groups = tuple(taxonomy.groups.values())
        numbers = {name: number for number, name in enumerate(taxonomy.groups)}
        self.topics = tuple(_compile_topic(topic, numbers) for topic in taxonomy.topics)
        self.context = frozenset(number for number, group in enumerate(self._groups) if group.context)
        self.claimed = frozenset(n for n, g in enumerate(self._groups) if any(map(_is_claim, g.found)))
        self._found: dict[str, list[int]] = defaultdict(list)
        for number, group in enumerate(self._groups):
            for name in group.found:
                self._found[name].append(number)
        self._matchers: dict[tuple[str, ...], Matcher] = {}

    def __reduce__(self) -> tuple[type[CompiledTaxonomy], tuple[Taxonomy, tuple[str, ...]]]:
        return (CompiledTaxonomy, (self.taxonomy, self.languages))

    @property
    def version(self) -> str:
        """The taxonomy's content hash."""
        return self.taxonomy.version

    def hits(self, findings: Iterable[Finding]) -> list[Hit]:
        """The findings as hits of the groups that ask for them."""
        by_name, hits = self._found, []
        for kind, of_class, start, end in findings:
            for name in (kind, f"{kind}:{of_class}"):
                hits += [Hit(number, start, end) for number in by_name.get(name, ())]
        return hits

    def matcher(self, language: str, text: str) -> Matcher:
        """The matcher for `language`; for `und` that of all configured languages of the scripts in `text`."""
        key = (language,) if language != UNDETERMINED else self._of_scripts(text)
        if key not in self._matchers:
            self._matchers[key] = Matcher(self._groups, (*key, ANY_LANGUAGE))
        return self._matchers[key]

    def _of_scripts(self, text: str) -> tuple[str, ...]:
        weights = script_weights(text)
        total = sum(weights.values())
        scripts = {name for name, weight in weights.items() if weight >= _MINOR_SCRIPT * total}
        return tuple(language for language in self.languages if script_of_language(language) in scripts)


def _is_claim(found: str) -> bool:
    return found.partition(":")[0] == "claim"


def _compile_topic(topic: Topic, numbers: Mapping[str, int]) -> CompiledTopic:
    rules = tuple(_compile_rule(rule, numbers) for rule in topic.rules)
    return CompiledTopic(topic, rules, tuple(numbers[name] for name in topic.masks))


def _compile_rule(rule: Rule, numbers: Mapping[str, int]) -> CompiledRule:
    items = tuple(tuple(numbers[name] for name in item) for item in rule.groups)
    return CompiledRule(
        rule=rule,
        items=items,
        masks=tuple(sum(1 << number for number in set(item)) for item in items),
        unless=sum(1 << numbers[name] for name in set(rule.unless)),
        unless_near=tuple(numbers[name] for name in rule.unless_near),
    )
