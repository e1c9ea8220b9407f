"""Plugins as they were loaded, the analyses they bring and how these fared, and what is left of those that are gone."""

from typing import Any

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from registry import plugin_loading
from registry.api.base.records import ReadViewSet
from registry.hookspecs import Analysis, Parameter
from registry.models import RunStatus
from registry.selectors.plugin_overview import (
    ENDED_BADLY,
    STATES,
    AnalysisInfo,
    Orphan,
    PluginInfo,
    get_plugin_overview,
)


class ProblemSerializer(serializers.Serializer[Any]):
    """Why a plugin, or a part of it, is not used."""

    text = serializers.CharField(help_text="What is wrong, and the mend.")
    detail = serializers.CharField(help_text="The last line of the traceback with its place, where there is one.")


class ReasonSerializer(serializers.Serializer[Any]):
    """Why so many runs ended without a result."""

    status = serializers.ChoiceField(choices=[(status.value, status.label) for status in ENDED_BADLY])
    reason = serializers.CharField()
    count = serializers.IntegerField()


class TakenSerializer(serializers.Serializer[Any]):
    """A quantity an analysis takes from others."""

    quantity = serializers.CharField()
    given_by = serializers.ListField(child=serializers.CharField(), help_text="Analyses.")


class FaredSerializer(serializers.Serializer[Any]):
    """How the latest runs of an analysis ended, of those you may see."""

    name = serializers.CharField()
    version = serializers.CharField()
    runs = serializers.DictField(child=serializers.IntegerField(), help_text="By status.")
    stale = serializers.IntegerField(help_text="Whose inputs are others now.")
    outdated = serializers.DictField(child=serializers.IntegerField(), help_text="By another version than is loaded.")
    reasons = ReasonSerializer(many=True)
    takes = TakenSerializer(many=True)
    taken_by = serializers.ListField(child=serializers.CharField(), help_text="Analyses.")


class PluginSerializer(serializers.Serializer[Any]):
    """A plugin, what it adds and what is wrong with it."""

    name = serializers.CharField()
    source = serializers.CharField(help_text="`built in`, the file, or the package.")  # type: ignore[assignment]
    version = serializers.CharField()
    state = serializers.ChoiceField(choices=STATES)
    hooks = serializers.ListField(child=serializers.CharField())
    adds = serializers.ListField(child=serializers.CharField())
    quantities = serializers.ListField(child=serializers.CharField())
    readers = serializers.ListField(child=serializers.CharField())
    tables = serializers.ListField(child=serializers.CharField())
    table_formats = serializers.ListField(child=serializers.CharField())
    analyses = FaredSerializer(many=True)
    problems = ProblemSerializer(many=True)


class GoneSerializer(serializers.Serializer[Any]):
    """What no loaded plugin has; its values stay readable."""

    kind = serializers.ChoiceField(choices=["analysis", "quantity"])
    name = serializers.CharField()
    why = serializers.CharField()
    runs = serializers.IntegerField()
    values = serializers.IntegerField(help_text="That stand.")


class ParameterSerializer(serializers.Serializer[Any]):
    """What a user may set of an analysis."""

    name = serializers.CharField()
    type = serializers.CharField()
    default = serializers.JSONField()
    help = serializers.CharField()
    unit = serializers.CharField()
    minimum = serializers.FloatField(allow_null=True)
    maximum = serializers.FloatField(allow_null=True)
    choices = serializers.ListField(child=serializers.CharField())


class AnalysisSerializer(serializers.Serializer[Any]):
    """A computation that can be run on measurements, or on whole cells."""

    name = serializers.CharField()
    version = serializers.CharField()
    title = serializers.CharField()
    description = serializers.CharField()
    techniques = serializers.ListField(child=serializers.CharField())
    scope = serializers.ChoiceField(choices=["measurement", "cell"])
    requirements = serializers.ListField(child=serializers.CharField())
    depends_on = serializers.ListField(child=serializers.CharField(), help_text="Quantities from other analyses.")
    outputs = serializers.ListField(child=serializers.CharField(), help_text="Quantities.")
    parameters = ParameterSerializer(many=True)
    plugin = serializers.CharField()


class PluginViewSet(ReadViewSet):
    """Every plugin that was found, loaded or refused, and why."""

    serializer_class = PluginSerializer

    def list(self, request: Request) -> Response:
        """All plugins."""
        page = self.paginate_queryset([_plugin(plugin) for plugin in get_plugin_overview(request.user).plugins])
        return self.get_paginated_response(page)

    @extend_schema(responses=GoneSerializer(many=True))
    @action(detail=False)
    def gone(self, request: Request) -> Response:
        """Analyses that have runs, and quantities that have values, of which no plugin is loaded."""
        found = get_plugin_overview(request.user)
        gone = [_gone("analysis", gone_analysis) for gone_analysis in found.gone_analyses]
        gone += [_gone("quantity", gone_quantity) for gone_quantity in found.gone_quantities]
        return self.get_paginated_response(self.paginate_queryset(gone))


class AnalysisViewSet(ReadViewSet):
    """The analyses that can be run, with their parameters."""

    serializer_class = AnalysisSerializer
    lookup_field = "name"
    lookup_value_regex = r"[^/]+"

    def list(self, request: Request) -> Response:
        """All analyses."""
        found = [_analysis(analysis) for analysis in plugin_loading.current().analyses.values()]
        return self.get_paginated_response(self.paginate_queryset(found))

    @extend_schema(responses=AnalysisSerializer)
    def retrieve(self, request: Request, name: str) -> Response:
        """One analysis."""
        analyses = plugin_loading.current().analyses
        if name not in analyses:
            raise Http404
        return Response(_analysis(analyses[name]))


def _plugin(shown: PluginInfo) -> dict[str, Any]:
    plugin = shown.plugin
    return {
        "name": plugin.name,
        "source": shown.source,
        "version": plugin.version,
        "state": plugin.state,
        "hooks": plugin.hooks,
        "adds": plugin.adds,
        "quantities": [quantity.slug for quantity in shown.quantities],
        "readers": [reader.name for reader in shown.readers],
        "tables": [table.slug for table in shown.tables],
        "table_formats": [table_format.name for table_format in shown.table_formats],
        "analyses": [_fared(analysis) for analysis in shown.analyses],
        "problems": [{"text": problem.text, "detail": problem.detail} for problem in plugin.problems],
    }


def _fared(offered: AnalysisInfo) -> dict[str, Any]:
    fared = offered.fared
    return {
        "name": offered.analysis.name,
        "version": offered.analysis.version,
        "runs": {status: fared.counts[status] for status in RunStatus.values},
        "stale": fared.stale,
        "outdated": offered.outdated,
        "reasons": [
            {"status": status.value, "reason": reason, "count": count}
            for status in ENDED_BADLY
            for reason, count in fared.because(status)
        ],
        "takes": [{"quantity": slug, "given_by": givers} for slug, givers in offered.takes],
        "taken_by": offered.taken_by,
    }


def _gone(kind: str, gone: Orphan) -> dict[str, Any]:
    return {"kind": kind, "name": gone.name, "why": gone.why, "runs": gone.runs, "values": gone.values}


def _analysis(analysis: Analysis) -> dict[str, Any]:
    words = ("name", "version", "title", "description", "techniques", "scope", "requirements", "depends_on", "outputs")
    return {name: getattr(analysis, name) for name in words} | {
        "parameters": [_parameter(parameter) for parameter in analysis.parameters],
        "plugin": plugin_loading.current().plugin_of("analysis", analysis.name),
    }


def _parameter(parameter: Parameter) -> dict[str, Any]:
    words = ("name", "default", "help", "unit", "minimum", "maximum", "choices")
    return {name: getattr(parameter, name) for name in words} | {"type": parameter.type.__name__}
