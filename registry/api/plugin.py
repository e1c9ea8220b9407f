"""Plugins, their analyses with run counts, and results of plugins that are no longer loaded."""

from typing import Any, get_args

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
from registry.plugin_loading.loaded import Kind
from registry.selectors.plugins.plugin_overview import (
    STATES,
    UNSUCCESSFUL,
    AnalysisInfo,
    Orphan,
    PluginInfo,
    get_plugin_overview,
)


class ProblemSerializer(serializers.Serializer[Any]):
    """Why a plugin, or part of it, is not loaded."""

    code = serializers.CharField(help_text="Stable code of the problem, such as `no-hooks`.")
    text = serializers.CharField(help_text="What is wrong and how to fix it.")
    detail = serializers.CharField(help_text="Last line of the traceback with its file and line, or empty.")


class ReasonSerializer(serializers.Serializer[Any]):
    """A reason why runs ended without a result, and their number."""

    status = serializers.ChoiceField(choices=[(status.value, status.label) for status in UNSUCCESSFUL])
    code = serializers.CharField(help_text="Code of the reason, such as `missing-thickness`.")
    example = serializers.CharField(help_text="Message of one of these runs.")
    count = serializers.IntegerField()


class DependencySerializer(serializers.Serializer[Any]):
    """An input quantity that other analyses compute."""

    quantity = serializers.CharField()
    produced_by = serializers.ListField(child=serializers.CharField(), help_text="Analyses that compute it.")


class RunStatisticsSerializer(serializers.Serializer[Any]):
    """An analysis and its latest runs visible to you, counted by status."""

    name = serializers.CharField()
    version = serializers.CharField()
    runs = serializers.DictField(child=serializers.IntegerField(), help_text="Number of runs by status.")
    stale = serializers.IntegerField(help_text="Number of runs whose inputs have changed since.")
    outdated = serializers.DictField(
        child=serializers.IntegerField(), help_text="Number of runs of other versions than the loaded one, by version."
    )
    source_changed = serializers.IntegerField(
        help_text="Number of runs of the loaded version whose source has changed since."
    )
    reasons = ReasonSerializer(many=True)
    dependencies = DependencySerializer(many=True)
    dependents = serializers.ListField(child=serializers.CharField(), help_text="Analyses that use its results.")


class ProvidedSerializer(serializers.Serializer[Any]):
    """An item that a plugin provides."""

    kind = serializers.ChoiceField(choices=get_args(Kind))
    name = serializers.CharField()


class PluginSerializer(serializers.Serializer[Any]):
    """A plugin, what it provides and its problems."""

    name = serializers.CharField()
    source = serializers.CharField(help_text="`built in`, the file or the package.")  # type: ignore[assignment]
    version = serializers.CharField()
    state = serializers.ChoiceField(choices=STATES)
    hooks = serializers.ListField(child=serializers.CharField())
    adds = ProvidedSerializer(many=True)
    quantities = serializers.ListField(child=serializers.CharField())
    readers = serializers.ListField(child=serializers.CharField())
    tables = serializers.ListField(child=serializers.CharField())
    table_formats = serializers.ListField(child=serializers.CharField())
    techniques = serializers.ListField(child=serializers.CharField())
    layer_roles = serializers.ListField(child=serializers.CharField())
    conditions = serializers.ListField(child=serializers.CharField())
    analyses = RunStatisticsSerializer(many=True)
    problems = ProblemSerializer(many=True)


class OrphanSerializer(serializers.Serializer[Any]):
    """An analysis or quantity that no loaded plugin provides; its values remain readable."""

    kind = serializers.ChoiceField(choices=["analysis", "quantity"])
    name = serializers.CharField()
    reason = serializers.CharField()
    runs = serializers.IntegerField()
    values = serializers.IntegerField(help_text="Number of current values.")


class ParameterSerializer(serializers.Serializer[Any]):
    """A parameter of an analysis."""

    name = serializers.CharField(help_text="Key in settings and in the `parameters` of a run.")
    title = serializers.CharField(help_text="Display name.")
    type = serializers.CharField()
    default = serializers.JSONField()
    help = serializers.CharField()
    unit = serializers.CharField()
    minimum = serializers.FloatField(allow_null=True)
    maximum = serializers.FloatField(allow_null=True)
    choices = serializers.ListField(child=serializers.CharField())


class AnalysisSerializer(serializers.Serializer[Any]):
    """An analysis of measurements, cells or groups of cells."""

    name = serializers.CharField()
    version = serializers.CharField()
    title = serializers.CharField()
    description = serializers.CharField()
    techniques = serializers.ListField(child=serializers.CharField())
    scope = serializers.ChoiceField(choices=["measurement", "cell", "series", "group"])
    over = serializers.CharField(help_text="For a series analysis, the condition that varies.")
    group_kinds = serializers.ListField(
        child=serializers.CharField(), help_text="For a group analysis, the kinds of group it applies to."
    )
    requirements = serializers.ListField(child=serializers.CharField())
    depends_on = serializers.ListField(
        child=serializers.CharField(), help_text="Input quantities computed by other analyses."
    )
    outputs = serializers.ListField(child=serializers.CharField(), help_text="Output quantities.")
    parameters = ParameterSerializer(many=True)
    plugin = serializers.CharField()


class PluginViewSet(ReadViewSet):
    """All plugins, whether loaded or refused, with their problems."""

    serializer_class = PluginSerializer

    def list(self, request: Request) -> Response:
        """All plugins with their state and problems."""
        page = self.paginate_queryset([_plugin(plugin) for plugin in get_plugin_overview(request.user).plugins])
        return self.get_paginated_response(page)

    @extend_schema(responses=OrphanSerializer(many=True))
    @action(detail=False)
    def orphans(self, request: Request) -> Response:
        """Analyses with runs, and quantities with values, whose plugin is not loaded."""
        overview = get_plugin_overview(request.user)
        orphans = [_orphan("analysis", orphan) for orphan in overview.orphaned_analyses]
        orphans += [_orphan("quantity", orphan) for orphan in overview.orphaned_quantities]
        return self.get_paginated_response(self.paginate_queryset(orphans))


class AnalysisViewSet(ReadViewSet):
    """Analyses and their parameters."""

    serializer_class = AnalysisSerializer
    lookup_field = "name"
    lookup_value_regex = r"[^/]+"

    def list(self, request: Request) -> Response:
        """All analyses."""
        analyses = [_analysis(analysis) for analysis in plugin_loading.current().analyses.values()]
        return self.get_paginated_response(self.paginate_queryset(analyses))

    @extend_schema(responses=AnalysisSerializer)
    def retrieve(self, request: Request, name: str) -> Response:
        """An analysis with its parameters."""
        analyses = plugin_loading.current().analyses
        if name not in analyses:
            raise Http404
        return Response(_analysis(analyses[name]))


def _plugin(info: PluginInfo) -> dict[str, Any]:
    plugin = info.plugin
    return {
        "name": plugin.name,
        "source": info.source,
        "version": plugin.version,
        "state": plugin.state,
        "hooks": plugin.hooks,
        "adds": [{"kind": item.kind, "name": item.name} for item in plugin.adds],
        "quantities": [quantity.slug for quantity in info.quantities],
        "readers": [reader.name for reader in info.readers],
        "tables": [table.slug for table in info.tables],
        "table_formats": [table_format.name for table_format in info.table_formats],
        "techniques": [technique.slug for technique in info.techniques],
        "layer_roles": [role.slug for role in info.layer_roles],
        "conditions": [condition.slug for condition in info.conditions],
        "analyses": [_run_statistics(analysis) for analysis in info.analyses],
        "problems": [
            {"code": problem.code, "text": problem.text, "detail": problem.detail} for problem in plugin.problems
        ],
    }


def _run_statistics(info: AnalysisInfo) -> dict[str, Any]:
    counts = info.runs
    return {
        "name": info.analysis.name,
        "version": info.analysis.version,
        "runs": {status: counts.counts[status] for status in RunStatus.values},
        "stale": counts.stale,
        "outdated": info.outdated,
        "source_changed": info.source_changed,
        "reasons": [
            {"status": status.value, "code": code, "example": sentence, "count": count}
            for status in UNSUCCESSFUL
            for code, sentence, count in counts.reasons_for(status)
        ],
        "dependencies": [{"quantity": slug, "produced_by": names} for slug, names in info.dependencies],
        "dependents": info.dependents,
    }


def _orphan(kind: str, orphan: Orphan) -> dict[str, Any]:
    return {"kind": kind, "name": orphan.name, "reason": orphan.reason, "runs": orphan.runs, "values": orphan.values}


def _analysis(analysis: Analysis) -> dict[str, Any]:
    names = (
        "name",
        "version",
        "title",
        "description",
        "techniques",
        "scope",
        "over",
        "group_kinds",
        "requirements",
        "depends_on",
        "outputs",
    )
    return {name: getattr(analysis, name) for name in names} | {
        "parameters": [_parameter(parameter) for parameter in analysis.parameters],
        "plugin": plugin_loading.current().plugin_of("analysis", analysis.name),
    }


def _parameter(parameter: Parameter) -> dict[str, Any]:
    names = ("name", "default", "help", "unit", "minimum", "maximum", "choices")
    described = {name: getattr(parameter, name) for name in names}
    return described | {"title": parameter.label, "type": parameter.type.__name__}
