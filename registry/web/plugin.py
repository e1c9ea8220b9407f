"""Plugins: what each adds, which were refused and why, and how their analyses fare."""

from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from registry import plugin_manager
from registry.hookspecs import TECHNIQUES, Analysis, Parameter
from registry.models import AnalysisRun
from registry.plugin_manager import Plugin
from registry.plugin_sources import BUILT_IN
from registry.quantities import stand_in


@dataclass(frozen=True)
class Described:
    """An analysis with the words and counts the page adds to it."""

    analysis: Analysis
    plugin: str
    runs: dict[str, int]

    @property
    def techniques(self) -> str:
        return ", ".join(TECHNIQUES[one] for one in self.analysis.techniques)

    @property
    def gives(self) -> str:
        return ", ".join(stand_in(slug).name.lower() for slug in self.analysis.gives)

    @property
    def parameters(self) -> list[tuple[Parameter, str]]:
        return [(one, bounds_of(one)) for one in self.analysis.parameters]


@require_safe
def plugin_list(request: HttpRequest) -> HttpResponse:
    """Everything that was found, sound or not."""
    plugins = plugin_manager.current()
    counted: dict[str, dict[str, int]] = defaultdict(dict)
    runs = AnalysisRun.objects.visible_to(request.user).filter(is_latest=True).order_by()
    for row in runs.values("analysis", "status").annotate(number=Count("pk")):
        counted[row["analysis"]][row["status"]] = row["number"]
    context = {
        "plugins": [(one, source_words(one)) for one in sorted(plugins.loaded, key=lambda one: not one.problems)],
        "analyses": [
            Described(one, plugins.providers.get(f"analysis {one.name}", ""), counted[one.name])
            for one in plugins.analyses.values()
        ],
        "readers": plugins.readers.values(),
        "formats": plugins.table_formats.values(),
    }
    return render(request, "web/plugins.html", context)


def source_words(plugin: Plugin) -> str:
    """Where a plugin comes from; of a path only the file's name, for the rest is the server's own business."""
    if plugin.source == BUILT_IN:
        return BUILT_IN
    return Path(plugin.source).name if "/" in plugin.source else plugin.source


def bounds_of(parameter: Parameter) -> str:
    """What a parameter may be, in words."""
    if parameter.choices:
        return "one of " + ", ".join(parameter.choices)
    low, high = parameter.minimum, parameter.maximum
    if low is not None and high is not None:
        return f"{low:g} to {high:g}"
    if low is not None:
        return f"at least {low:g}"
    return f"at most {high:g}" if high is not None else "any"
