"""Common parts of runs on cells and on groups: filters, and counts of codes."""

from collections.abc import Mapping
from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from registry.api.base.filters import Filter, apply_filters
from registry.api.base.records import ReadViewSet
from registry.models import RunStatus
from registry.selectors.runs.message_code import count_codes

RUN_FILTERS: Mapping[str, Filter] = {
    "analysis": Filter("analysis", "Name of the analysis."),
    "status": Filter("status", "Status of the run.", choices=RunStatus.values),
    "code": Filter("message_codes__code", "Code of a message or refusal, such as missing-thickness.", many=True),
    "is_latest": Filter("is_latest", "Whether it is the latest run, not superseded.", kind="boolean"),
    "fresh": Filter("stale_since__isnull", "Whether its inputs are unchanged since it ran.", kind="boolean"),
}


class CodeCountSerializer(serializers.Serializer[Any]):
    """A code, the number of runs with it, and its sentence in the newest of them."""

    code = serializers.CharField()
    runs = serializers.IntegerField()
    last_run = serializers.IntegerField(help_text="Id of the newest run with this code.")
    text = serializers.CharField(help_text="Its message in that run.")
    parameters = serializers.DictField(help_text="Parameters of that message.")


class RunViewSet(mixins.ListModelMixin, ReadViewSet):
    """Runs. A run does not change after it has ended; running the analysis again creates a new run."""

    lookup_value_regex = r"\d{1,18}"
    filters: ClassVar[Mapping[str, Filter]] = RUN_FILTERS

    @extend_schema(responses=CodeCountSerializer(many=True), filters=False)
    @action(detail=False, pagination_class=None)
    def codes(self, request: Request) -> Response:
        """The codes of refusals and messages, each with its number of runs, most frequent first, and its sentence in
        the newest. Takes the filters of the list of runs."""
        runs = apply_filters(self.get_queryset(), request, self.filters).order_by().values("pk")
        return Response(CodeCountSerializer(count_codes(runs), many=True).data)
