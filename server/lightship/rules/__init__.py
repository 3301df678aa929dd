"""The rules, one module each: the module's name is the rule's name, its docstring the rule's page.

A rule is a function that yields findings, decorated with `@rule`. The type of its first parameter says
what it looks at (a `Run`, a `Stage`, the whole `Build` …), and the engine calls it for those alone. A rule
with options takes them second: an instance of the frozen dataclass that `@rule(options=…)` names.
Nothing is registered: every module of this package is a rule.
"""

from __future__ import annotations

import importlib
import pkgutil
import sys
import typing
from collections.abc import Callable, Hashable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property

from .. import shellcheck
from ..terms import Severity as Severity
from ..terms import Tag as Tag
from ..terms import Topic as Topic
from ..text import Fix, Span


@dataclass(frozen=True)
class Related:
    """Another place that explains a finding, as "installed here"."""

    span: Span
    message: str


@dataclass(frozen=True)
class Finding:
    """What a rule says about a place. `template` and `arguments` are data, formatted at the edge."""

    span: Span
    template: str
    fix: Fix | None = None
    arguments: Mapping[str, object] = field(default_factory=dict)
    related: tuple[Related, ...] = ()
    severity: Severity | None = None
    """Where it differs from the rule's own."""
    aliases: tuple[str, ...] | None = None
    """Those of the rule's aliases that mean this finding, where a rule speaks for several codes."""
    quiet: bool = False
    """True, and seldom worth a person's attention: told only where settings or a preset ask for the rule."""
    group: Hashable = None
    """Findings of a rule with the same group are told as one, with one fix, unless the rule is asked for."""

    @property
    def message(self) -> str:
        return self.template.format_map(self.arguments) if self.arguments else self.template


Check = Callable[..., Iterator[Finding]]


@dataclass(frozen=True)
class Rule:
    """A rule and all that is said about it."""

    name: str
    page: str
    severity: Severity
    topic: Topic
    aliases: tuple[str, ...]
    tags: tuple[Tag, ...]
    default: bool
    """Whether it is on when nothing selects it."""
    check: Check
    options: type | None = None
    """A frozen dataclass of `option`s."""
    asks: bool = False
    """Whether it asks registries, so that it says nothing unless somebody wants that."""
    looks: bool = False
    """Whether it looks into the build context, so that it says nothing where that is not known."""

    @property
    def summary(self) -> str:
        """The page's first sentence, on one line."""
        return " ".join(self.page.partition("\n\n")[0].split())

    @cached_property
    def subject(self) -> type:
        """The type of the check's first parameter: what the engine feeds it."""
        hints = typing.get_type_hints(self.check)
        return typing.cast(type, next(iter(hints.values())))


def rule(
    severity: Severity,
    *,
    topic: Topic,
    aliases: tuple[str, ...] = (),
    tags: tuple[Tag, ...] = (),
    default: bool = True,
    options: type | None = None,
    asks: bool = False,
    looks: bool = False,
) -> Callable[[Check], Rule]:
    """Turn a module's check function into its rule."""

    def define(check: Check) -> Rule:
        page = (sys.modules[check.__module__].__doc__ or "").strip()
        name = check.__module__.rpartition(".")[2].replace("_", "-")
        return Rule(name, page, severity, topic, aliases, tags, default, check, options, asks, looks)

    return define


@cache
def all_rules() -> tuple[Rule, ...]:
    """Every rule, by name."""
    names = sorted(info.name for info in pkgutil.iter_modules(__path__))
    return tuple(importlib.import_module(f"{__name__}.{name}").check for name in names)


@cache
def known_names() -> Mapping[str, type | None]:
    """Every word by which settings and suppressions may name rules: names, aliases, topics and `all`; with
    the class of the rule's options where it has some."""
    names = {name: rule.options for rule in all_rules() for name in (rule.name, *rule.aliases)}
    return {**names, **dict.fromkeys((*Topic, "all", shellcheck.GROUP, *shellcheck.CODES))}
