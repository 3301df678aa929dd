"""Settings: what they mean, and how one lies over another."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Literal, NamedTuple, Protocol

from . import options
from .presets import PRESETS, TOPICS
from .terms import Severity

OFF: Literal["off"] = "off"
LEVELS: Mapping[str, Severity | Literal["off"]] = {
    **{severity.name.lower(): severity for severity in Severity},
    OFF: OFF,
}
AUTO: Literal["auto"] = "auto"
KEYS = {
    "preset": "Report what another tool reports by default, under its codes and with its severities.",
    "select": "The rules to run instead of the default ones: names, aliases such as DL3042, topics, or `all`.",
    "extend-select": "Rules to run as well: names, aliases, topics, or `all`.",
    "ignore": "Rules not to run: names, aliases, topics, or `all`.",
    "severity": "Another severity for a rule, an alias or a topic; `off` turns it off.",
    "shellcheck": "Whether ShellCheck looks at shell scripts: true, false, or `auto`, where it is installed.",
    "fail-on": "The least severe finding that makes `lightship check` exit with 1; with `off`, none does.",
    "suppressions": "Whether comments in Dockerfiles may silence rules; they may unless this is false.",
    "context": "The build context: a folder, as seen from the settings file. Unless this is set it is looked for; with `false`, it is not.",
    "rules": "Options of rules: a table for each, by name or alias.",
    "features": "What an editor is offered; false turns a feature off, where another extension has it too.",
}
"""Every setting and what it does: the schema and the documentation are made from this."""

FEATURES = {
    "hover": "What is under the cursor, in a few lines.",
    "completion": "What may stand at the cursor.",
    "signature-help": "How an instruction or flag is written, while it is typed.",
    "formatting": "The indentation of lines.",
    "semantic-tokens": "Colours for what each word is.",
    "inlay-hints": "Bytes that a layer adds, and values of build arguments.",
    "code-lens": "What each stage ships, above it.",
    "links": "Links to images, addresses and files.",
    "folding": "Parts of a file that can be folded.",
    "symbols": "A file's outline.",
}
"""What an editor can be offered, each as it is called in settings."""


if TYPE_CHECKING:

    class Selectable(Protocol):
        """What settings ask of a rule."""

        @property
        def name(self) -> str: ...
        @property
        def aliases(self) -> tuple[str, ...]: ...
        @property
        def topic(self) -> str: ...
        @property
        def severity(self) -> Severity: ...
        @property
        def default(self) -> bool: ...
        @property
        def options(self) -> type | None: ...


Known = Mapping[str, type | None]
"""Every name that rules answer to, with the class of the rule's options where it has some."""


class Problem(NamedTuple):
    """Something wrong in a settings file; the rest of it counts. `line` is 1-based."""

    file: str
    line: int
    message: str


@dataclass(frozen=True)
class Settings:
    """One layer of settings, and the layer it lies on.

    Rules are named by name, alias, topic or `all`. The more specific name wins; of two equally specific
    ones the upper layer's, and within a layer `ignore`.
    """

    select: tuple[str, ...] | None = None
    """Replaces the default rules, and what lower layers select; what they ignore stays ignored."""
    extend_select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    severity: Mapping[str, Severity | Literal["off"]] = field(default_factory=dict, hash=False)
    shellcheck: bool | Literal["auto"] | None = None
    preset: str | None = None
    """One of `PRESETS`."""
    fail_on: Severity | Literal["off"] | None = None
    suppressions: bool | None = None
    context: str | Literal[False] | None = None
    """The build context's folder, from that of the settings file on; False keeps it from being looked for."""
    rules: Mapping[str, Mapping[str, object]] = field(default_factory=dict, hash=False)
    """Options by the rule's name or alias, and by the field's name."""
    features: Mapping[str, bool] = field(default_factory=dict, hash=False)
    """Whether an editor is offered what is called so; one that is not set is."""
    below: Settings | None = None
    origin: str = field(default="", compare=False)
    """Where these were written: a file, the command line, an editor."""

    def enabled(self, rule: Selectable) -> bool:
        """Whether the rule runs."""
        on, rank = self._by_default(rule), -1
        for name, wanted, _ in self._choices:
            if (specific := _rank(name, rule)) is not None and specific >= rank:
                on, rank = wanted, specific
        return on

    def reason(self, rule: Selectable) -> str:
        """What decides whether the rule runs, in words."""
        if self._replaces_defaults:
            reason = "not selected"
        else:
            reason = f'preset "{self.preset}"' if self.preset else "default"
        rank = -1
        for name, _, why in self._choices:
            if (specific := _rank(name, rule)) is not None and specific >= rank:
                reason, rank = why, specific
        return reason

    def severity_of(self, rule: Selectable, otherwise: Severity | None = None) -> Severity:
        """The severity that stands here for the rule; else the preset's, `otherwise` or the rule's own."""
        found, rank = otherwise or rule.severity, -1
        if self.preset:
            found = next((level for _, level in self._codes(rule) if level != OFF), rule.severity)
        for name, level in self._severities:
            if level != OFF and (specific := _rank(name, rule)) is not None and specific >= rank:
                found, rank = level, specific
        return found

    @property
    def failing(self) -> Severity | None:
        """The least severity that makes a check fail; hadolint passes over what is mere style."""
        if self.fail_on == OFF:
            return None
        return self.fail_on or (Severity.INFO if self.preset == "hadolint" else Severity.HINT)

    def code_of(self, rule: Selectable) -> str:
        """What findings of the rule are called: its name, or the preset's code for it."""
        return next((code for code, _ in self._codes(rule)), rule.name)

    def options_of(self, rule: Selectable) -> object:
        """An instance of the rule's options; None where it has none."""
        if rule.options is None:
            return None
        values: dict[str, object] = {}
        for layer in reversed([*self.layers]):
            for name in (rule.name, *rule.aliases):
                values.update(layer.rules.get(name, {}))
        return options.make(rule.options, self.preset, values)

    def offers(self, feature: str) -> bool:
        """Whether an editor is offered one of `FEATURES`: what the uppermost layer says that says something."""
        return next((layer.features[feature] for layer in self.layers if feature in layer.features), True)

    @property
    def context_chosen(self) -> tuple[str | Literal[False] | None, str]:
        """What the uppermost layer says of the build context that says something, and where that is written."""
        return next(
            ((layer.context, layer.origin) for layer in self.layers if layer.context is not None), (None, "")
        )

    @property
    def layers(self) -> Iterator[Settings]:
        """This layer, the one below it, and so on."""
        layer: Settings | None = self
        while layer:
            yield layer
            layer = layer.below

    def _by_default(self, rule: Selectable) -> bool:
        if self._replaces_defaults:
            return False
        if self.preset:
            whole = TOPICS.get(self.preset, frozenset())
            return rule.topic in whole or any(level != OFF for _, level in self._codes(rule))
        return rule.default

    def _codes(self, rule: Selectable) -> Iterator[tuple[str, Severity | Literal["off"]]]:
        """The preset's codes for the rule, and how severe they are to it."""
        if self.preset == "hadolint" and rule.topic == "shellcheck":
            yield rule.name, rule.severity  # it runs ShellCheck too, with all its checks
        elif self.preset:
            levels = PRESETS[self.preset]
            yield from ((alias, LEVELS[levels[alias]]) for alias in rule.aliases if alias in levels)

    @property
    def shellcheck_wanted(self) -> bool | Literal["auto"]:
        """Whether ShellCheck is to be asked; `auto` is for where it is there to be asked."""
        if self.shellcheck is None and self.below:
            return self.below.shellcheck_wanted
        return AUTO if self.shellcheck is None else self.shellcheck

    @cached_property
    def _choices(self) -> tuple[tuple[str, bool, str], ...]:
        """Names, whether they turn on or off, and what says so, from the lowest layer up."""
        lower = self.below._choices if self.below else ()
        if self.select is not None:
            lower = tuple(choice for choice in lower if not choice[1])
        off = [name for name, level in self.severity.items() if level == OFF]
        keys = {"select": self.select or (), "extend-select": self.extend_select, "ignore": self.ignore}
        return (
            *lower,
            *(
                (name, key != "ignore", f'{key} "{name}", {self.origin}')
                for key, names in keys.items()
                for name in names
            ),
            *((name, False, f'severity "{name}", {self.origin}') for name in off),
        )

    @property
    def _severities(self) -> Iterator[tuple[str, Severity | Literal["off"]]]:
        if self.below:
            yield from self.below._severities
        yield from self.severity.items()

    @property
    def _replaces_defaults(self) -> bool:
        return self.select is not None or (self.below is not None and self.below._replaces_defaults)

    def over(self, below: Settings) -> Settings:
        """These settings laid over others."""
        below = self.below.over(below) if self.below else below
        return replace(
            self,
            below=below,
            preset=below.preset if self.preset is None else self.preset,
            fail_on=below.fail_on if self.fail_on is None else self.fail_on,
            suppressions=below.suppressions if self.suppressions is None else self.suppressions,
        )


def _rank(name: str, rule: Selectable) -> int | None:
    """How narrowly `name` names the rule; None where it does not."""
    if name == rule.name or name in rule.aliases:
        return 2
    if name == rule.topic:
        return 1
    return 0 if name == "all" else None
