"""Plugins: what each adds, which were refused and why, how their analyses fare, and what is left of those gone."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from registry.hookspecs import TECHNIQUES, Parameter, Quantity
from registry.models import RunStatus
from registry.numbers.catalogue import get_or_placeholder
from registry.plugin_loading.parameters import bounds_of
from registry.selectors.plugin_overview import AnalysisInfo, PluginInfo, get_plugin_overview


@dataclass(frozen=True)
class Described:
    """An analysis with the words the page adds to it."""

    offered: AnalysisInfo

    @property
    def on(self) -> str:
        techniques = ", ".join(TECHNIQUES[one] for one in self.offered.analysis.techniques)
        return techniques if self.offered.analysis.scope == "measurement" else f"whole cells, from {techniques}"

    @property
    def outputs(self) -> str:
        return ", ".join(get_or_placeholder(slug).name.lower() for slug in self.offered.analysis.outputs)

    @property
    def takes(self) -> list[tuple[str, tuple[str, ...]]]:
        return [(get_or_placeholder(slug).name.lower(), givers) for slug, givers in self.offered.takes]

    @property
    def parameters(self) -> list[tuple[Parameter, str]]:
        return [(one, bounds_of(one)) for one in self.offered.analysis.parameters]

    @property
    def counts(self) -> list[tuple[str, int]]:
        """How many runs ended how, those to come last and only where there are any."""
        counts = self.offered.fared.counts
        ended = [(status, counts[status]) for status in (RunStatus.DONE, RunStatus.REFUSED, RunStatus.FAILED)]
        coming = [(status, counts[status]) for status in (RunStatus.QUEUED, RunStatus.RUNNING) if counts[status]]
        return [(str(status.value), number) for status, number in (*ended, *coming)]

    @property
    def reasons(self) -> list[tuple[str, str, int]]:
        """Status, reason and number of those that ended without a result."""
        return [
            (str(status.value), reason, number)
            for status in (RunStatus.FAILED, RunStatus.REFUSED)
            for reason, number in self.offered.fared.because(status)
        ]


@dataclass(frozen=True)
class Article:
    """A plugin as the page shows it."""

    shown: PluginInfo

    @property
    def analyses(self) -> list[Described]:
        return [Described(one) for one in self.shown.analyses]

    @property
    def quantities(self) -> Sequence[Quantity]:
        return sorted(self.shown.quantities, key=lambda one: one.name)

    @property
    def place(self) -> int:
        """Those with problems first, then by how much there is to say of them."""
        plugin = self.shown.plugin
        order = (plugin.problems, self.shown.analyses, self.shown.tables, self.shown.readers, self.shown.table_formats)
        return next((number for number, there in enumerate(order) if there), len(order))


@require_safe
def plugin_list(request: HttpRequest) -> HttpResponse:
    """Everything that was found, sound or not."""
    found = get_plugin_overview(request.user)
    articles = sorted((Article(one) for one in found.plugins), key=lambda one: one.place)
    context = {
        "found": found,
        "troubled": [one for one in articles if one.shown.plugin.problems],
        "large": [one for one in articles if one.shown.analyses and not one.shown.plugin.problems],
        "small": [one for one in articles if not one.shown.analyses and not one.shown.plugin.problems],
    }
    return render(request, "web/plugins.html", context)
