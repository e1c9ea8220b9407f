"""The plugins that were found, each with its state and problems, and all that the valid ones describe, by name."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal, NamedTuple

from registry.contract.builtin_vocabulary import BUILTIN_CONDITIONS, BUILTIN_LAYER_ROLES, BUILTIN_TECHNIQUES
from registry.hookspecs import Analysis, Condition, LayerRole, Reader, Table, TableFormat, Technique
from registry.plugin_loading import dependencies
from registry.plugin_loading.source_hash import FORM, SourceCode
from registry.plugin_loading.sources import Source

BUILT_IN = "Cellar"
"""The provider of built-in techniques, layer roles and conditions."""
Kind = Literal["quantity", "technique", "layer role", "condition", "reader", "analysis", "table", "table format"]


class Provided(NamedTuple):
    """A thing a plugin describes, by kind and name."""

    kind: Kind
    name: str

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"


@dataclass(frozen=True)
class Problem:
    """Why a plugin, or a part of it, is not used."""

    plugin: str
    code: str
    """Stable, lower-case words joined by hyphens: `no-hooks`."""
    text: str
    detail: str = ""
    """The last line of the traceback, where there is one."""


@dataclass
class Plugin:
    """One plugin: where it came from, what it adds, and its problems."""

    name: str
    source: str
    """`built in`, the file, or the name of its package."""
    hooks: list[str] = field(default_factory=list)
    adds: list[Provided] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    version: str = ""
    """Of its package, or its own `__version__`."""
    disabled: bool = False
    package: str = ""
    """The top-level name of its modules."""
    module: str = ""
    """The module with its hooks."""
    contract_version: int | None = None
    """The version of the contract it states it was written for, None if it does not say."""

    @classmethod
    def of(cls, source: Source) -> "Plugin":
        return cls(source.name, source.origin, version=source.version, disabled=source.disabled, package=source.package)

    def report(self, code: str, text: str, detail: str = "") -> None:
        """Add a problem."""
        self.problems.append(Problem(self.name, code, text, detail))

    @property
    def state(self) -> str:
        if self.disabled:
            return "disabled"
        if not self.problems:
            return "loaded"
        return "loaded in part" if self.adds else "refused"


def _built_in_techniques() -> dict[str, Technique]:
    return {technique.slug: technique for technique in BUILTIN_TECHNIQUES}


def _built_in_layer_roles() -> dict[str, LayerRole]:
    return {role.slug: role for role in BUILTIN_LAYER_ROLES}


def _built_in_conditions() -> dict[str, Condition]:
    return {condition.slug: condition for condition in BUILTIN_CONDITIONS}


def _built_in_providers() -> "dict[Provided, str]":
    provided = [Provided("technique", slug) for slug in _built_in_techniques()]
    provided += [Provided("layer role", slug) for slug in _built_in_layer_roles()]
    provided += [Provided("condition", slug) for slug in _built_in_conditions()]
    return dict.fromkeys(provided, BUILT_IN)


@dataclass
class Plugins:
    """All that valid plugins describe, by name; the techniques, layer roles and conditions with the built-in ones."""

    loaded: list[Plugin] = field(default_factory=list)
    techniques: dict[str, Technique] = field(default_factory=_built_in_techniques)
    layer_roles: dict[str, LayerRole] = field(default_factory=_built_in_layer_roles)
    conditions: dict[str, Condition] = field(default_factory=_built_in_conditions)
    analyses: dict[str, Analysis] = field(default_factory=dict)
    readers: dict[str, Reader] = field(default_factory=dict)
    tables: dict[str, Table] = field(default_factory=dict)
    table_formats: dict[str, TableFormat] = field(default_factory=dict)
    providers: dict[Provided, str] = field(default_factory=_built_in_providers)
    """The plugin of each thing, ‘Cellar’ if built in."""
    _source_hashes: dict[str, str] = field(default_factory=dict)
    _earlier_source_hashes: dict[str, str] = field(default_factory=dict)

    @property
    def problems(self) -> list[Problem]:
        return [problem for plugin in self.loaded for problem in plugin.problems]

    def plugin_of(self, kind: Kind, name: str) -> str:
        """The plugin an analysis, reader, table or format came from; empty if there is none of this name."""
        return self.providers.get(Provided(kind, name), "")

    def source_hash(self, analysis: str) -> str:
        """The hash of the source an analysis computes with; empty if there is none, or no such analysis."""
        if analysis not in self.analyses:
            return ""
        if analysis not in self._source_hashes:
            self._source_hashes[analysis] = self.source_code.hash_of(*self._function(analysis))
        return self._source_hashes[analysis]

    def has_source(self, analysis: str, recorded: str) -> bool:
        """Whether a recorded hash is that of the source an analysis computes with; also if either is empty."""
        current = self.source_hash(analysis)
        return not recorded or not current or recorded in (current, self._earlier_source_hash(analysis, recorded))

    def source_hashes(self, analysis: str) -> tuple[str, ...]:
        """Every hash that a run with the current source may have recorded."""
        return "", self.source_hash(analysis), self._earlier_source_hash(analysis)

    def _earlier_source_hash(self, analysis: str, recorded: str = "") -> str:
        """The hash of the source as earlier versions of Cellar recorded it; empty if this one is none of theirs."""
        if recorded.startswith(FORM) or analysis not in self.analyses:
            return ""
        if analysis not in self._earlier_source_hashes:
            self._earlier_source_hashes[analysis] = self.source_code.earlier_hash_of(*self._function(analysis))
        return self._earlier_source_hashes[analysis]

    def _function(self, analysis: str) -> tuple[Callable[..., Any], str]:
        """The function of an analysis, and the module of its plugin."""
        name = self.plugin_of("analysis", analysis)
        return self.analyses[analysis].run, next((item.module for item in self.loaded if item.name == name), "")

    @cached_property
    def source_code(self) -> SourceCode:
        """The source of the plugins and of what they share."""
        return SourceCode(
            [plugin.package for plugin in self.loaded], (analysis.run for analysis in self.analyses.values())
        )

    @cached_property
    def upstream(self) -> Mapping[str, frozenset[str]]:
        """For each analysis those whose results it uses, directly or through others."""
        return dependencies.upstream(self.analyses)

    @cached_property
    def depth(self) -> Mapping[str, int]:
        """The longest chain of analyses each depends on: 0 if it uses no other's results."""
        return dependencies.depths(self.analyses)

    def downstream(self, name: str) -> list[str]:
        """The analyses that use the results of this one, directly or through others."""
        return [other for other, depends_on in self.upstream.items() if name in depends_on]

    @cached_property
    def rank(self) -> Mapping[str, int]:
        """The position of each analysis in an order in which it follows those whose results it uses."""
        return dependencies.rank(self.analyses)
