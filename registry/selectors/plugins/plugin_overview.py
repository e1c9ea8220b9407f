"""Overview of plugins: what each adds, how its runs ended, and values and runs of plugins no longer loaded."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from textwrap import shorten
from typing import Any

from django.db import models
from django.db.models import Case, Count, Min, Q, When
from django.db.models.fields.json import KeyTextTransform, KeyTransform

from registry import plugin_loading
from registry.hookspecs import Analysis, Condition, LayerRole, Quantity, Reader, Table, TableFormat, Technique
from registry.models import PENDING, AnalysisRun, GroupRun, RunStatus, Value
from registry.models.visibility import AnyUser
from registry.numbers import catalogue
from registry.plugin_loading import dependencies
from registry.plugin_loading.loaded import Plugin, Plugins
from registry.plugin_loading.sources import BUILT_IN
from registry.selectors.plugins.orphans import plugin_status_note
from registry.selectors.staleness.outdated import get_outdated_by

STATES = ("loaded", "loaded in part", "refused", "disabled")
KINDS = (
    ("analyses", "analysis", "analyses"),
    ("quantities", "quantity", "quantities"),
    ("techniques", "technique", "techniques"),
    ("layer_roles", "layer role", "layer roles"),
    ("conditions", "condition", "conditions"),
    ("tables", "table", "tables"),
    ("readers", "supported file format", "supported file formats"),
    ("table_formats", "table export format", "table export formats"),
)
MAX_REASON_LENGTH = 150
UNSUCCESSFUL = (RunStatus.REFUSED, RunStatus.FAILED)


@dataclass
class RunCounts:
    """Numbers of the latest runs of an analysis that the user may see."""

    counts: Counter[str] = field(default_factory=Counter)
    """By status, including queued and running runs."""
    stale: int = 0
    versions: Counter[str] = field(default_factory=Counter)
    """By version of the analysis, including the loaded one."""
    sources: Counter[tuple[str, str]] = field(default_factory=Counter)
    """By version and hash of the source."""
    reasons: list[tuple[str, str, str, int]] = field(default_factory=list)
    """Status, code, one of its sentences, and number of runs."""
    plugins: Counter[str] = field(default_factory=Counter)
    """By plugin."""

    @property
    def ended(self) -> int:
        return sum(count for status, count in self.counts.items() if status not in PENDING)

    def reasons_for(self, status: str) -> list[tuple[str, str, int]]:
        """Code, one of its sentences, and number of the runs with this status, most frequent first."""
        reasons = [(code, sentence, count) for ended, code, sentence, count in self.reasons if ended == status]
        return sorted(reasons, key=lambda reason: (-reason[2], reason[0]))


@dataclass(frozen=True)
class AnalysisInfo:
    """A loaded analysis, its dependencies and its runs."""

    analysis: Analysis
    runs: RunCounts
    dependencies: tuple[tuple[str, tuple[str, ...]], ...]
    """Quantities it depends on, each with the analyses that compute it."""
    dependents: tuple[str, ...]
    """Analyses that depend directly on its results."""

    @property
    def outdated(self) -> dict[str, int]:
        """Number of runs for each version other than the loaded one."""
        return {version: count for version, count in self.runs.versions.items() if version != self.analysis.version}

    @property
    def source_changed(self) -> int:
        """Number of runs of the loaded version whose source has changed since."""
        return sum(
            count
            for (version, source), count in self.runs.sources.items()
            if get_outdated_by(self.analysis.name, version, source) == "source changed"
        )


@dataclass(frozen=True)
class PluginInfo:
    """A plugin with everything it adds."""

    plugin: Plugin
    source: str
    quantities: tuple[Quantity, ...] = ()
    readers: tuple[Reader, ...] = ()
    analyses: tuple[AnalysisInfo, ...] = ()
    tables: tuple[Table, ...] = ()
    table_formats: tuple[TableFormat, ...] = ()
    techniques: tuple[Technique, ...] = ()
    layer_roles: tuple[LayerRole, ...] = ()
    conditions: tuple[Condition, ...] = ()


@dataclass(frozen=True)
class Orphan:
    """An analysis with runs that is not loaded, or a quantity with values that is not registered."""

    name: str
    reason: str
    runs: int = 0
    values: int = 0


@dataclass(frozen=True)
class PluginOverview:
    """All plugins, and analyses and quantities whose plugin is not loaded."""

    plugins: tuple[PluginInfo, ...]
    orphaned_analyses: tuple[Orphan, ...]
    orphaned_quantities: tuple[Orphan, ...]

    @property
    def analyses(self) -> list[AnalysisInfo]:
        return [analysis for plugin in self.plugins for analysis in plugin.analyses]

    @property
    def states(self) -> Counter[str]:
        return Counter(plugin.plugin.state for plugin in self.plugins)

    @property
    def problems(self) -> int:
        return sum(len(plugin.plugin.problems) for plugin in self.plugins)

    @property
    def summary(self) -> str:
        """Number of plugins by state, and of everything they add: `9 plugins, all loaded: 8 analyses, 2 tables.`"""
        if not self.plugins:
            return "No plugins."
        number = _format_count(len(self.plugins), "plugin", "plugins")
        if self.states["loaded"] == len(self.plugins):
            states = "all loaded"
        else:
            states = ", ".join(f"{self.states[state]} {state}" for state in STATES if self.states[state])
        totals = [
            (sum(len(getattr(plugin, kind)) for plugin in self.plugins), singular, plural)
            for kind, singular, plural in KINDS
        ]
        added = ", ".join(_format_count(*total) for total in totals if total[0])
        return f"{number}, {states}: {added}." if added else f"{number}, {states}."

    @property
    def outdated(self) -> int:
        return sum(sum(item.outdated.values()) + item.source_changed for item in self.analyses)


def get_plugin_overview(user: AnyUser | None) -> PluginOverview:
    """All plugins, with counts of the runs and values the user may see, in a constant number of queries.

    Without a user the database is not queried and nothing is counted.
    """
    plugins = plugin_loading.current()
    run_counts = _count_runs(user) if user else {}
    analyses = {
        analysis.name: _analysis_info(plugins, analysis, run_counts.get(analysis.name, RunCounts()))
        for analysis in plugins.analyses.values()
    }
    return PluginOverview(
        tuple(_plugin_info(plugins, plugin, analyses) for plugin in plugins.loaded),
        _list_orphaned_analyses(plugins, run_counts, user) if user else (),
        _list_orphaned_quantities(user) if user else (),
    )


def _format_count(number: int, singular: str, plural: str) -> str:
    return f"{number} {singular if number == 1 else plural}"


def plugin_source_text(plugin: Plugin) -> str:
    """Where a plugin comes from; only the file name of a path, so that no server paths are shown."""
    if plugin.source == BUILT_IN:
        return BUILT_IN
    return Path(plugin.source).name if "/" in plugin.source else plugin.source


def _plugin_info(plugins: Plugins, plugin: Plugin, analyses: Mapping[str, AnalysisInfo]) -> PluginInfo:
    def added(kind: str, registered: Mapping[str, Any]) -> tuple[Any, ...]:
        return tuple(registered[item.name] for item in plugin.adds if item.kind == kind and item.name in registered)

    return PluginInfo(
        plugin,
        plugin_source_text(plugin),
        added("quantity", catalogue.catalogue),
        added("reader", plugins.readers),
        added("analysis", analyses),
        added("table", plugins.tables),
        added("table format", plugins.table_formats),
        added("technique", plugins.techniques),
        added("layer role", plugins.layer_roles),
        added("condition", plugins.conditions),
    )


def _analysis_info(plugins: Plugins, analysis: Analysis, runs: RunCounts) -> AnalysisInfo:
    producers = {
        slug: tuple(other.name for other in plugins.analyses.values() if slug in other.outputs)
        for slug in analysis.depends_on
    }
    dependents = (
        other.name
        for other in plugins.analyses.values()
        if analysis.name in dependencies.producers(plugins.analyses, other)
    )
    return AnalysisInfo(analysis, runs, tuple(producers.items()), tuple(dependents))


def _count_runs(user: AnyUser) -> dict[str, RunCounts]:
    run_counts: dict[str, RunCounts] = {}
    for model in (AnalysisRun, GroupRun):
        latest = Q(is_latest=True) | Q(status__in=PENDING)
        _add_runs(run_counts, model.objects.visible_to(user).filter(latest).order_by())
    return run_counts


def _add_runs(run_counts: dict[str, RunCounts], runs: models.QuerySet[Any]) -> None:
    """Count runs by analysis, with the reasons of those without results."""
    rows = runs.values_list("analysis", "plugin", "version", "source_hash", "status").annotate(
        number=Count("pk"), stale=Count("pk", filter=Q(stale_since__isnull=False))
    )
    for name, plugin, version, source_hash, status, number, stale in rows:
        analysis_counts = run_counts.setdefault(name, RunCounts())
        analysis_counts.counts[status] += number
        analysis_counts.stale += stale
        analysis_counts.plugins[plugin] += number
        if status not in PENDING:
            analysis_counts.versions[version] += number
            analysis_counts.sources[version, source_hash] += number
    first_message = KeyTransform("0", "messages")
    text = KeyTextTransform("text", first_message)
    unsuccessful = runs.filter(status__in=UNSUCCESSFUL).annotate(
        code=KeyTextTransform("code", first_message),
        # Errors of plugins share a code.
        error=Case(When(status=RunStatus.FAILED, then=text), default=models.Value(""), output_field=models.TextField()),
    )
    reasons = unsuccessful.values_list("analysis", "status", "code", "error").annotate(Count("pk"), example=Min(text))
    for name, status, code, _, number, sentence in reasons:
        run_counts[name].reasons.append((status, code, shorten(sentence, MAX_REASON_LENGTH, placeholder=" …"), number))


def _list_orphaned_analyses(plugins: Plugins, run_counts: Mapping[str, RunCounts], user: AnyUser) -> tuple[Orphan, ...]:
    names = sorted(run_counts.keys() - plugins.analyses.keys())
    values = Value.objects.visible_to(user).filter(is_latest=True, magnitude__isnull=False).exclude(run=None).order_by()
    by_analysis = values.exclude(run__analysis__in=list(plugins.analyses)).values_list("run__analysis")
    value_counts = dict(by_analysis.annotate(Count("pk")))
    return tuple(
        Orphan(
            name,
            plugin_status_note(next(iter(run_counts[name].plugins), "")),
            run_counts[name].ended,
            value_counts.get(name, 0),
        )
        for name in names
    )


def _list_orphaned_quantities(user: AnyUser) -> tuple[Orphan, ...]:
    values = Value.objects.visible_to(user).filter(is_latest=True).exclude(quantity__in=list(catalogue.catalogue))
    rows = values.order_by("quantity").values_list("quantity").annotate(Count("pk"))
    return tuple(Orphan(slug, "no loaded plugin registers it", values=number) for slug, number in rows)
