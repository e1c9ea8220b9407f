"""Curves of analysis runs: lines, heat maps and images, with their numbers as arrays."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import mixins, serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from registry.api.base.errors import validation_error
from registry.api.base.filters import Filter
from registry.api.base.records import ReadViewSet
from registry.models import CellOrigin, Curve, CurveKind
from registry.models.record import is_key
from registry.numbers.units import UnitError
from registry.selectors.curve import OverlayError, convert_axes, overlay_curves, without_grids

AXES = ("x", "y", "y2", "z")
UNITS = tuple(f"{name}_unit" for name in AXES)
MOST_CURVES = 20
UNIT_PARAMETERS = [
    OpenApiParameter(f"{name}_unit", str, description=f"Unit of the {name} axis; default: the unit of its quantity.")
    for name in AXES
]
OVERLAY_PARAMETER = OpenApiParameter(
    "curve",
    int,
    many=True,
    required=True,
    description="Ids of the curves, which must have the same quantities on their axes.",
)


class CurveSerializer(serializers.ModelSerializer[Curve]):
    """A curve with its axes and numbers."""

    cell = serializers.CharField(source="run.cell.refcode")
    cell_origin = serializers.ChoiceField(
        source="run.cell.origin", choices=CellOrigin.choices, help_text="`simulated` if the data come from a model."
    )
    measurement = serializers.CharField(source="run.measurement.refcode", default=None, allow_null=True)
    analysis = serializers.CharField(source="run.analysis")
    data = serializers.JSONField(  # type: ignore[assignment]
        help_text=(
            "Axes with quantity, label and unit; the series of a line plot; the grids of a heat map or image as lists "
            "of rows, null in lists of curves."
        )
    )

    class Meta:
        model = Curve
        fields = [
            "id", "run", "cell", "cell_origin", "measurement", "analysis", "name", "title", "kind", "x_quantity",
            "y_quantity", "data",
        ]  # fmt: skip
        read_only_fields = fields

    def to_representation(self, instance: Curve) -> dict[str, Any]:
        return {**super().to_representation(instance), "data": without_grids(instance.data)}


class OverlaySerializer(serializers.Serializer[Any]):
    """Curves in one plot."""

    curves = serializers.ListField(child=serializers.IntegerField(), help_text="Ids, in the order of the request.")
    data = serializers.JSONField(help_text="Axes and series; each series is named after its measurement or cell.")  # type: ignore[assignment]


class CurveViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, ReadViewSet):
    """Curves computed by analyses, such as capacity retention and fits."""

    queryset = Curve.objects.order_by("-run", "pk")
    serializer_class = CurveSerializer
    lookup_value_regex = r"\d{1,18}"
    filters = {
        "project": Filter("run__cell__project__slug", "Slug of the project."),
        "cell": Filter("run__cell__refcode", "Refcode of the cell."),
        "measurement": Filter("run__measurement__refcode", "Refcode of the measurement."),
        "run": Filter("run", "Id of the run.", kind="id"),
        "analysis": Filter("run__analysis", "Name of the analysis."),
        "name": Filter("name", "Name of the curve."),
        "kind": Filter("kind", "Kind of the curve.", choices=CurveKind.values),
        "x_quantity": Filter("x_quantity", "Slug of the quantity of the x axis."),
        "y_quantity": Filter("y_quantity", "Slug of the quantity of the y axis."),
        "is_latest": Filter(
            "run__is_latest", "Whether its run is the latest, not superseded.", kind="boolean", default=True
        ),
    }
    parameters = {"retrieve": UNITS, "overlay": ("curve", *UNITS)}

    def get_queryset(self) -> QuerySet[Curve]:
        visible: QuerySet[Curve] = Curve.objects.visible_to(self.request.user)
        return visible.select_related("run__cell", "run__measurement").order_by("-run", "pk")

    @extend_schema(parameters=UNIT_PARAMETERS)
    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One curve, with all its numbers, in the units asked for."""
        curve = self.get_object()
        data = _convert(curve.data, request)
        shown: dict[str, Any] = CurveSerializer(curve).to_representation(curve)
        return Response({**shown, "data": data})

    @extend_schema(parameters=[OVERLAY_PARAMETER, *UNIT_PARAMETERS], responses=OverlaySerializer, filters=False)
    @action(detail=False, pagination_class=None)
    def overlay(self, request: Request) -> Response:
        """Several lines of the same quantities in one plot."""
        curves = self._get_curves(request.query_params.getlist("curve"))
        try:
            data = overlay_curves(curves)
        except (OverlayError, UnitError) as error:
            raise validation_error({"curve": f"Cannot be shown together: {error}."}) from error
        return Response({"curves": [curve.pk for curve in curves], "data": _convert(data, request)})

    def _get_curves(self, keys: list[str]) -> list[Curve]:
        """The curves with these ids, in this order."""
        if not 0 < len(keys) <= MOST_CURVES or not all(map(is_key, keys)):
            raise validation_error({"curve": f"Enter 1 to {MOST_CURVES} ids of curves."})
        by_key = {curve.pk: curve for curve in self.get_queryset().filter(pk__in=keys)}
        if missing := [key for key in keys if int(key) not in by_key]:
            raise validation_error({"curve": f"No curve has the id {', '.join(missing)}."})
        return [by_key[int(key)] for key in dict.fromkeys(keys)]


def _convert(data: dict[str, Any], request: Request) -> dict[str, Any]:
    units = {name: request.query_params[f"{name}_unit"] for name in AXES if f"{name}_unit" in request.query_params}
    for name, unit in units.items():
        try:
            data = convert_axes(data, {name: unit})
        except (UnitError, LookupError) as error:
            raise validation_error({f"{name}_unit": f"{str(error)[:1].upper()}{str(error)[1:]}."}) from error
    return convert_axes(data, {})
