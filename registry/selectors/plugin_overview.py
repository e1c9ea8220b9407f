"""What each plugin adds and how its analyses fared, and what is left of plugins that are gone."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.db.models import Count, Q
from django.db.models.fields.json import KeyTextTransform, KeyTransform

from registry import plugin_loading
from registry.hookspecs import Analysis, Quantity, Reader, Table, TableFormat
from registry.models import PENDING, AnalysisRun, RunStatus, Value
from registry.models.visibility import AnyUser
from registry.numbers import catalogue
from registry.plugin_loading import dependencies
from registry.plugin_loading.loaded import Plugin, Plugins
from registry.plugin_loading.sources import BUILT_IN
from registry.selectors.orphans import plugin_status_note
from registry.selectors.refusal_reasons import refusal_reason

STATES = ("loaded", "loaded in part", "refused", "disabled")
KINDS = (
    ("analyses", "analysis", "analyses"),
    ("quantities", "quantity", "quantities"),
    ("tables", "table", "tables"),
    ("readers", "file format read", "file formats read"),
    ("table_formats", "table format written", "table formats written"),
)
ENDED_BADLY = (RunStatus.REFUSED, RunStatus.FAILED)


@dataclass
class RunCounts:
    """How the latest runs of an analysis ended, of those the user may see."""

    counts: Counter[str] = field(default_factory=Counter)
    """By status; queued and running ones are those to come."""
    stale: int = 0
    versions: Counter[str] = field(default_factory=Counter)
    """By the version of the plugin; that of the loaded one among them."""
    reasons: Counter[tuple[str, str]] = field(default_factory=Counter)
    """By status and reason."""
    plugins: Counter[str] = field(default_factory=Counter)
    """By the plugin that ran them."""

    @property
    def ended(self) -> int:
        return sum(number for status, number in self.counts.items() if status not in PENDING)

    def because(self, status: str) -> list[tuple[str, int]]:
        """The reasons of those that ended so, the most frequent first."""
        found = [(reason, number) for (of, reason), number in self.reasons.items() if of == status]
        return sorted(found, key=lambda one: (-one[1], one[0]))


@dataclass(frozen=True)
class AnalysisInfo:
    """An analysis that can be run, and how it fared."""

    analysis: Analysis
    fared: RunCounts
    takes: tuple[tuple[str, tuple[str, ...]], ...]
    """The quantities it takes from others, each with the analyses that give it."""
    taken_by: tuple[str, ...]
    """The analyses that take its results, directly."""

    @property
    def outdated(self) -> dict[str, int]:
        """How many runs stand by each version that is not the loaded one."""
        return {version: number for version, number in self.fared.versions.items() if version != self.analysis.version}


@dataclass(frozen=True)
class PluginInfo:
    """A plugin with all that it adds."""

    plugin: Plugin
    source: str
    quantities: tuple[Quantity, ...] = ()
    readers: tuple[Reader, ...] = ()
    analyses: tuple[AnalysisInfo, ...] = ()
    tables: tuple[Table, ...] = ()
    table_formats: tuple[TableFormat, ...] = ()


@dataclass(frozen=True)
class Orphan:
    """An analysis that is not loaded and has runs, or a quantity that is not registered and has values."""

    name: str
    why: str
    runs: int = 0
    values: int = 0


@dataclass(frozen=True)
class PluginOverview:
    """Every plugin that was found, and what is left of those that are gone."""

    plugins: tuple[PluginInfo, ...]
    gone_analyses: tuple[Orphan, ...]
    gone_quantities: tuple[Orphan, ...]

    @property
    def offered(self) -> list[AnalysisInfo]:
        return [analysis for shown in self.plugins for analysis in shown.analyses]

    @property
    def states(self) -> Counter[str]:
        return Counter(plugin.plugin.state for plugin in self.plugins)

    @property
    def problems(self) -> int:
        return sum(len(plugin.plugin.problems) for plugin in self.plugins)

    @property
    def summary(self) -> str:
        """How many there are in which state, and what they add together."""
        if not self.plugins:
            return "No plugin was found."
        there = _counted(len(self.plugins), "plugin", "plugins")
        states = [f"{self.states[state]} {state}" for state in STATES if self.states[state]]
        every = (
            f"{there}, all loaded" if self.states["loaded"] == len(self.plugins) else f"{there}: {', '.join(states)}"
        )
        totals = [(sum(len(getattr(shown, kind)) for shown in self.plugins), one, many) for kind, one, many in KINDS]
        adds = ", ".join(_counted(*total) for total in totals if total[0])
        return f"{every}. Together they add {adds}." if adds else f"{every}."

    @property
    def outdated(self) -> int:
        return sum(sum(item.outdated.values()) for item in self.offered)


def get_plugin_overview(user: AnyUser | None) -> PluginOverview:
    """All plugins, with counts of the runs and values the user may see, in a constant number of queries.

    Without a user nothing is asked of the database, and nothing counted.
    """
    plugins = plugin_loading.current()
    fared = _fared(user) if user else {}
    offered = {
        analysis.name: _offered(plugins, analysis, fared.get(analysis.name, RunCounts()))
        for analysis in plugins.analyses.values()
    }
    return PluginOverview(
        tuple(_shown(plugins, plugin, offered) for plugin in plugins.loaded),
        _gone_analyses(plugins, fared, user) if user else (),
        _gone_quantities(user) if user else (),
    )


def _counted(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"


def plugin_source_text(plugin: Plugin) -> str:
    """Where a plugin comes from; of a path only the file's name, for the rest is the server's own business."""
    if plugin.source == BUILT_IN:
        return BUILT_IN
    return Path(plugin.source).name if "/" in plugin.source else plugin.source


def _shown(plugins: Plugins, plugin: Plugin, offered: Mapping[str, AnalysisInfo]) -> PluginInfo:
    def of(kind: str, known: Mapping[str, Any]) -> tuple[Any, ...]:
        names = (name.removeprefix(f"{kind} ") for name in plugin.adds if name.startswith(f"{kind} "))
        return tuple(known[name] for name in names if name in known)

    return PluginInfo(
        plugin,
        plugin_source_text(plugin),
        of("quantity", catalogue.catalogue),
        of("reader", plugins.readers),
        of("analysis", offered),
        of("table", plugins.tables),
        of("table format", plugins.table_formats),
    )


def _offered(plugins: Plugins, analysis: Analysis, fared: RunCounts) -> AnalysisInfo:
    takes = {
        slug: tuple(entry.name for entry in plugins.analyses.values() if slug in entry.outputs)
        for slug in analysis.depends_on
    }
    taken_by = (
        item.name
        for item in plugins.analyses.values()
        if analysis.name in dependencies.producers(plugins.analyses, item)
    )
    return AnalysisInfo(analysis, fared, tuple(takes.items()), tuple(taken_by))


def _fared(user: AnyUser) -> dict[str, RunCounts]:
    runs = AnalysisRun.objects.visible_to(user).filter(Q(is_latest=True) | Q(status__in=PENDING)).order_by()
    found: dict[str, RunCounts] = {}
    rows = runs.values_list("analysis", "plugin", "version", "status").annotate(
        number=Count("pk"), stale=Count("pk", filter=Q(stale_since__isnull=False))
    )
    for name, plugin, version, status, number, stale in rows:
        fared = found.setdefault(name, RunCounts())
        fared.counts[status] += number
        fared.stale += stale
        fared.plugins[plugin] += number
        if status not in PENDING:
            fared.versions[version] += number
    first = KeyTextTransform("text", KeyTransform("0", "messages"))
    badly = runs.filter(status__in=ENDED_BADLY).annotate(reason=first)
    for name, status, reason, number in badly.values_list("analysis", "status", "reason").annotate(Count("pk")):
        found[name].reasons[(status, refusal_reason(reason or ""))] += number
    return found


def _gone_analyses(plugins: Plugins, fared: Mapping[str, RunCounts], user: AnyUser) -> tuple[Orphan, ...]:
    names = sorted(fared.keys() - plugins.analyses.keys())
    values = Value.objects.visible_to(user).filter(is_latest=True, magnitude__isnull=False).exclude(run=None).order_by()
    standing = values.exclude(run__analysis__in=list(plugins.analyses)).values_list("run__analysis")
    counted = dict(standing.annotate(Count("pk")))
    return tuple(
        Orphan(name, plugin_status_note(next(iter(fared[name].plugins), "")), fared[name].ended, counted.get(name, 0))
        for name in names
    )


def _gone_quantities(user: AnyUser) -> tuple[Orphan, ...]:
    values = Value.objects.visible_to(user).filter(is_latest=True).exclude(quantity__in=list(catalogue.catalogue))
    counted = values.order_by("quantity").values_list("quantity").annotate(Count("pk"))
    return tuple(Orphan(slug, "no plugin registers it any more", values=number) for slug, number in counted)
