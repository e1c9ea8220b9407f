"""The plugin page: what each plugin adds, plugin problems, run counts, and values of removed plugins."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from registry import plugin_loading
from registry.hookspecs import Condition, Parameter, Quantity
from registry.models import GroupKind, RunStatus
from registry.numbers import catalogue
from registry.numbers.catalogue import get_or_placeholder
from registry.plugin_loading.names import technique_name
from registry.plugin_loading.parameters import describe_bounds, setting_text
from registry.selectors.plugins.plugin_overview import AnalysisInfo, PluginInfo, PluginOverview, get_plugin_overview
from registry.web.entry.base.htmx import is_by_htmx
from registry.web.presentation.parameters import takes
from registry.web.presentation.text import typeset


@dataclass(frozen=True)
class AnalysisSection:
    """An analysis on the plugin page."""

    offered: AnalysisInfo

    @property
    def scope(self) -> str:
        techniques = ", ".join(map(technique_name, self.offered.analysis.techniques))
        analysis = self.offered.analysis
        if analysis.scope == "group":
            kinds = ", ".join(GroupKind(kind).short_name.lower() for kind in analysis.group_kinds)
            return f"Groups of {analysis.min_members} or more cells: {kinds}"
        if analysis.scope == "series":
            return f"Series of a cell over {catalogue.in_sentence(get_or_placeholder(analysis.over))}: {techniques}"
        return techniques if analysis.scope == "measurement" else f"Cell level: {techniques}"

    @property
    def outputs(self) -> str:
        analysis = self.offered.analysis
        names = [get_or_placeholder(slug).name for slug in analysis.outputs]
        return ", ".join([*names, *["the quantities of the cells"] * analysis.returns_member_quantities])

    @property
    def inputs(self) -> list[tuple[str, list[tuple[str, str]]]]:
        """Computed quantities the analysis uses, with name and title of the analyses that compute them."""
        return [(get_or_placeholder(slug).name, _titled(analyses)) for slug, analyses in self.offered.dependencies]

    @property
    def dependents(self) -> list[tuple[str, str]]:
        """Name and title of the analyses that use its results."""
        return _titled(self.offered.dependents)

    @property
    def parameters(self) -> list[tuple[Parameter, str, str]]:
        """Each parameter with its default and its allowed values as text."""
        parameters = self.offered.analysis.parameters
        return [(item, _format_default(item), typeset(describe_bounds(item))) for item in parameters]

    @property
    def counts(self) -> list[tuple[RunStatus, int]]:
        """Number of runs per status; queued and running only if there are any."""
        counts = self.offered.runs.counts
        ended = [(status, counts[status]) for status in (RunStatus.DONE, RunStatus.REFUSED, RunStatus.FAILED)]
        pending = [(status, counts[status]) for status in (RunStatus.QUEUED, RunStatus.RUNNING) if counts[status]]
        return [*ended, *pending]

    @property
    def reasons(self) -> list[tuple[RunStatus, str, str, int]]:
        """Status, code, one of its sentences and number of the runs without results."""
        return [
            (status, code, sentence, number)
            for status in (RunStatus.FAILED, RunStatus.REFUSED)
            for code, sentence, number in self.offered.runs.reasons_for(status)
        ]


def _titled(names: Sequence[str]) -> list[tuple[str, str]]:
    analyses = plugin_loading.current().analyses
    return [(name, analyses[name].title) for name in names]


def _format_default(parameter: Parameter) -> str:
    """The default as on the run page: −1 for -1.0; a text as it is."""
    text = setting_text(parameter.default)
    return text if parameter.type is str else typeset(text)


@dataclass(frozen=True)
class PluginSection:
    """A plugin on the plugin page."""

    shown: PluginInfo

    @property
    def analyses(self) -> list[AnalysisSection]:
        return [AnalysisSection(analysis) for analysis in self.shown.analyses]

    @property
    def quantities(self) -> Sequence[Quantity]:
        return sorted(self.shown.quantities, key=lambda quantity: quantity.name)

    @property
    def conditions(self) -> list[tuple[Condition, str]]:
        """Each condition with its name."""
        return [
            (condition, condition.name or get_or_placeholder(condition.slug).name)
            for condition in self.shown.conditions
        ]

    @property
    def rank(self) -> int:
        """Plugins with problems first, then those with analyses, tables, readers and formats."""
        plugin = self.shown.plugin
        order = (plugin.problems, self.shown.analyses, self.shown.tables, self.shown.readers, self.shown.table_formats)
        return next((rank for rank, is_present in enumerate(order) if is_present), len(order))


@require_safe
@takes()
def plugin_list(request: HttpRequest) -> HttpResponse:
    """All plugins, including those that failed to load. The numbers of runs, which take longer the more there are,
    follow."""
    return _show(request, get_plugin_overview(None), reverse("web:plugin-runs"))


@require_safe
def plugin_runs(request: HttpRequest) -> HttpResponse:
    """All plugins with the numbers of runs: the part of the page that is loaded after it, or a page of its own."""
    return _show(request, get_plugin_overview(request.user))


def _show(request: HttpRequest, plugin_overview: PluginOverview, runs_url: str = "") -> HttpResponse:
    sections = sorted((PluginSection(plugin) for plugin in plugin_overview.plugins), key=lambda section: section.rank)
    loaded = [section for section in sections if not section.shown.plugin.problems]
    context = {
        "overview": plugin_overview,
        "runs_url": runs_url,
        "changed_plugins": plugin_loading.list_changed_plugins(),
        "with_problems": [section for section in sections if section.shown.plugin.problems],
        "with_analyses": [section for section in loaded if section.shown.analyses],
        "without_analyses": [section for section in loaded if not section.shown.analyses],
    }
    return render(request, "web/_plugins.html" if is_by_htmx(request) else "web/plugins.html", context)
