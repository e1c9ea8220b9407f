"""Per-cycle numbers of many tests: at one cycle, within a range of cycles, and medians by cycle."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from registry.api.base.filters import get_query_parameters
from registry.api.base.list_query import check_parameters
from registry.api.base.records import ReadViewSet
from registry.api.base.schema import CellarSchema, query_parameters
from registry.contract.cycle_table import MAX_CYCLE_NUMBER
from registry.models import CycleColumn
from registry.models.cycle_table import CycleColumnQuerySet
from registry.models.visibility import AnyUser
from registry.numbers import catalogue
from registry.selectors.cycle_table import (
    COMPARISONS,
    Extent,
    get_extent,
    list_values_at,
    list_values_within,
    quartiles_by_cycle,
    select_columns,
)
from registry.selectors.query.bound import Bound
from registry.selectors.query.errors import QueryError
from registry.selectors.query.parsing import ListQuery, nearest, parse_list_query, parse_number

MAX_NUMBERS = 1_000_000
"""Numbers in one response with a range of cycles."""
CYCLES = ("cycle", "cycle__gte", "cycle__lte")
VALUES = tuple(f"value__{name}" for name in COMPARISONS)
OWN = ("quantity", "analysis", *CYCLES, *VALUES)
TEST = ["cell", "measurement", "analysis", "stale_since"]
DESCRIPTIONS: Mapping[str, str] = {
    "quantity": "Slug of the quantity. Required.",
    "analysis": "Only values computed by this analysis.",
    "cycle": "Cycle number; each row then has one value.",
    "cycle__gte": "First cycle of a range; each row then has the values of all its cycles.",
    "cycle__lte": "Last cycle.",
    **dict.fromkeys(VALUES, "Limit for the value at `cycle`: a number, optionally with a unit."),
}


@dataclass(frozen=True)
class CycleRequest:
    """A parsed request for per-cycle numbers."""

    quantity: str
    analyses: Sequence[str]
    cycle: int | None
    first: int
    last: int
    bounds: Sequence[Bound]
    records: ListQuery

    def select(self, user: AnyUser) -> CycleColumnQuerySet:
        return select_columns(self.quantity, user, self.records, self.analyses)


def parse_cycle_request(request: Request) -> CycleRequest:
    """Parse every parameter of the request; all except those of `DESCRIPTIONS` select cells and measurements."""
    parameters = get_query_parameters(request)
    own = {name: parameters.pop(name) for name in OWN if name in parameters}
    check_parameters(parameters, extra=OWN)
    quantity = _single(own, "quantity")
    if not quantity or not _is_known(quantity):
        unknown = f"Unknown quantity ‘{quantity}’.{nearest(quantity, catalogue.catalogue)}"
        missing = "The quantity is missing: send one, such as quantity=discharge_capacity_mah."
        raise QueryError("quantity", unknown if quantity else missing, "unknown-quantity")
    cycle, first, last = (_cycle(own, name) for name in CYCLES)
    if cycle is not None and (first is not None or last is not None):
        raise QueryError("cycle", "Send either cycle, or cycle__gte and cycle__lte.")
    bounds = [
        Bound(quantity, name.removeprefix("value__"), parse_number(name, quantity, _single(own, name)))
        for name in VALUES
        if name in own
    ]
    if bounds and cycle is None:
        raise QueryError(
            next(name for name in VALUES if name in own), "A limit for the value needs a single cycle: send `cycle`."
        )
    return CycleRequest(
        quantity=quantity,
        analyses=own.get("analysis", []),
        cycle=cycle,
        first=first or 0,
        last=MAX_CYCLE_NUMBER if last is None else last,
        bounds=bounds,
        records=parse_list_query(parameters, request.user),
    )


def _single(parameters: Mapping[str, Sequence[str]], name: str) -> str:
    values = parameters.get(name, [""])
    if len(values) > 1:
        raise QueryError(name, f"‘{name}’ takes one value, not {len(values)}.", "repeated-parameter")
    if name in parameters and not values[0].strip():
        raise QueryError.without_value(name)
    return values[0].strip()


def _is_known(quantity: str) -> bool:
    return quantity in catalogue.catalogue or CycleColumn.objects.filter(quantity=quantity).exists()


def _cycle(parameters: Mapping[str, Sequence[str]], name: str) -> int | None:
    text = _single(parameters, name)
    if not text:
        return None
    if not (text.isascii() and text.isdecimal() and len(text) < 11 and int(text) <= MAX_CYCLE_NUMBER):
        raise QueryError(name, f"{name} must be a cycle number from 0, not ‘{text}’.", "invalid-value")
    return int(text)


class CycleValuesSerializer(serializers.Serializer[Any]):
    """The value of each test at a cycle, or its values in a range of cycles."""

    quantity = serializers.CharField()
    unit = serializers.CharField()
    count = serializers.IntegerField(help_text="Number of rows.")
    columns = serializers.ListField(
        child=serializers.CharField(),
        help_text="`cell`, `measurement` (null for a cell-level analysis), `analysis`, `stale_since`, and `value`, or "
        "`first_cycle` and `values` (of the cycles from that on, null where there is none).",
    )
    rows = serializers.ListField(child=serializers.ListField(child=serializers.JSONField()))


class CycleQuartilesSerializer(serializers.Serializer[Any]):
    """Quartiles of the values of all tests, by cycle."""

    quantity = serializers.CharField()
    unit = serializers.CharField()
    count = serializers.IntegerField(help_text="Number of rows.")
    columns = serializers.ListField(child=serializers.CharField())
    rows = serializers.ListField(child=serializers.ListField(child=serializers.FloatField()))


def parameters_of(names: Sequence[str]) -> list[OpenApiParameter]:
    """The parameters of an endpoint for the schema, with those of the query language."""
    own = [OpenApiParameter(name, str, description=DESCRIPTIONS[name], required=name == "quantity") for name in names]
    return [*own, *(item for item in query_parameters() if item.name not in (*OWN, "ordering"))]


class CycleSchema(CellarSchema):
    """Documents the parameters of per-cycle numbers."""

    def get_override_parameters(self) -> list[Any]:
        return parameters_of(OWN if self._is_list_view() else [name for name in OWN if name not in VALUES])


class CycleViewSet(ReadViewSet):
    """Per-cycle numbers of all tests, such as the discharge capacity at cycle 100 of every cell. The query language
    selects cells and measurements. A cycle without a number is absent."""

    schema = CycleSchema()
    queryset = CycleColumn.objects.none()
    serializer_class = CycleValuesSerializer
    pagination_class = None

    def check_parameters(self, request: Request) -> None:
        """All parameters are checked when they are parsed."""

    @extend_schema(responses=CycleValuesSerializer, filters=False)
    def list(self, request: Request) -> Response:
        """A quantity of each test at `cycle`, or from `cycle__gte` to `cycle__lte`, in one response. A test has a row
        for each analysis that gives the quantity."""
        parsed = parse_cycle_request(request)
        columns = parsed.select(request.user)
        if parsed.cycle is not None:
            rows = list_values_at(columns, parsed.cycle, parsed.bounds)
            return Response(_table(parsed.quantity, [*TEST, "value"], rows))
        extent = _extent(columns, parsed)
        if extent.columns * extent.cycles > MAX_NUMBERS:
            size = f"{extent.columns:,} tests with up to {extent.cycles:,} cycles"
            text = (
                f"The selection has {size}; a response can have at most {MAX_NUMBERS:,} numbers. Narrow the range of "
                "cycles or the selection of tests."
            )
            raise QueryError("cycle", text)
        rows = list_values_within(columns, extent.first, extent.last) if extent.cycles else []
        return Response(_table(parsed.quantity, [*TEST, "first_cycle", "values"], rows))

    @extend_schema(responses=CycleQuartilesSerializer, filters=False)
    @action(detail=False, pagination_class=None)
    def quartiles(self, request: Request) -> Response:
        """Quartiles of a quantity over all tests that have the cycle, for each cycle."""
        parsed = parse_cycle_request(request)
        if parsed.cycle is not None:
            raise QueryError("cycle", "Quartiles are computed by cycle: use cycle__gte and cycle__lte.")
        columns = parsed.select(request.user)
        by_cycle = quartiles_by_cycle(columns, _extent(columns, parsed))
        rows = [(cycle, tests, *quartiles) for cycle, tests, quartiles in by_cycle]
        return Response(_table(parsed.quantity, ["cycle", "tests", "lower_quartile", "median", "upper_quartile"], rows))


def _extent(columns: CycleColumnQuerySet, parsed: CycleRequest) -> Extent:
    return get_extent(columns).within(parsed.first, parsed.last)


def _table(quantity: str, columns: Sequence[str], rows: Sequence[Any]) -> dict[str, Any]:
    unit = catalogue.get_or_placeholder(quantity).unit_label
    return {"quantity": quantity, "unit": unit, "count": len(rows), "columns": columns, "rows": rows}
