"""Plugins as they were loaded, and the analyses they bring."""

from typing import Any

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from registry import plugin_manager
from registry.api.records import Endpoint
from registry.hookspecs import Analysis, Parameter
from registry.plugin_manager import Plugin


class ProblemSerializer(serializers.Serializer[Any]):
    """Why a plugin, or a part of it, is not used."""

    text = serializers.CharField()
    detail = serializers.CharField()


class PluginSerializer(serializers.Serializer[Any]):
    """A plugin, what it adds and what is wrong with it."""

    name = serializers.CharField()
    source = serializers.CharField()  # type: ignore[assignment]
    state = serializers.ChoiceField(choices=["loaded", "loaded in part", "refused"])
    hooks = serializers.ListField(child=serializers.CharField())
    adds = serializers.ListField(child=serializers.CharField())
    problems = ProblemSerializer(many=True)


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
    """A computation that can be run on measurements."""

    name = serializers.CharField()
    version = serializers.CharField()
    title = serializers.CharField()
    description = serializers.CharField()
    techniques = serializers.ListField(child=serializers.CharField())
    needs = serializers.ListField(child=serializers.CharField())
    gives = serializers.ListField(child=serializers.CharField(), help_text="Quantities.")
    parameters = ParameterSerializer(many=True)
    plugin = serializers.CharField()


class PluginEndpoint(Endpoint):
    """Every plugin that was found, loaded or refused, and why."""

    serializer_class = PluginSerializer

    def list(self, request: Request) -> Response:
        """All plugins."""
        page = self.paginate_queryset([_plugin(one) for one in plugin_manager.current().loaded])
        return self.get_paginated_response(page)


class AnalysisEndpoint(Endpoint):
    """The analyses that can be run, with their parameters."""

    serializer_class = AnalysisSerializer
    lookup_field = "name"
    lookup_value_regex = r"[^/]+"

    def list(self, request: Request) -> Response:
        """All analyses."""
        found = [_analysis(one) for one in plugin_manager.current().analyses.values()]
        return self.get_paginated_response(self.paginate_queryset(found))

    @extend_schema(responses=AnalysisSerializer)
    def retrieve(self, request: Request, name: str) -> Response:
        """One analysis."""
        analyses = plugin_manager.current().analyses
        if name not in analyses:
            raise Http404
        return Response(_analysis(analyses[name]))


def _plugin(plugin: Plugin) -> dict[str, Any]:
    return {
        "name": plugin.name,
        "source": plugin.source,
        "state": plugin.state,
        "hooks": plugin.hooks,
        "adds": plugin.adds,
        "problems": [{"text": problem.text, "detail": problem.detail} for problem in plugin.problems],
    }


def _analysis(analysis: Analysis) -> dict[str, Any]:
    words = ("name", "version", "title", "description", "techniques", "needs", "gives")
    return {name: getattr(analysis, name) for name in words} | {
        "parameters": [_parameter(one) for one in analysis.parameters],
        "plugin": plugin_manager.current().providers[f"analysis {analysis.name}"],
    }


def _parameter(parameter: Parameter) -> dict[str, Any]:
    words = ("name", "default", "help", "unit", "minimum", "maximum", "choices")
    return {name: getattr(parameter, name) for name in words} | {"type": parameter.type.__name__}
