"""Stored curves in other units, and several curves in one plot."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from registry.contract.curve_encoding import grid_from_json, numbers_to_json
from registry.models import Curve, CurveKind, GroupMember
from registry.models.visibility import AnyUser
from registry.numbers.axis import converter

MOST_CANDIDATES = 50
SERIES_COLUMNS: Mapping[str, tuple[str, ...]] = {"x": ("x",), "y": ("y", "y_lower", "y_upper")}
"""Numbers of a series along each axis."""


class OverlayError(ValueError):
    """Curves cannot share a plot; the text says why."""


def convert_axes(data: Mapping[str, Any], units: Mapping[str, str]) -> dict[str, Any]:
    """The data of a curve with the axes named in `units` in these units; UnitError or LookupError if that is
    impossible."""
    converted = unpack_grids(data)
    for name, unit in units.items():
        if not converted.get(name):
            raise LookupError(f"this curve has no {name} axis")
        _convert_axis(converted, name, unit)
    return converted


def _convert_axis(data: dict[str, Any], name: str, unit: str) -> None:
    convert = converter(data[name], unit)
    data[name] = {**data[name], "unit": unit}
    if name == "z":
        data["z_values"] = [[convert(number) for number in row] for row in data["z_values"]]
    if f"{name}_values" in data and name != "z":
        data[f"{name}_values"] = [convert(number) for number in data[f"{name}_values"]]
    if "series" in data:
        data["series"] = [_convert_series(series, name, convert) for series in data["series"]]


def _convert_series(series: Mapping[str, Any], name: str, convert: Any) -> dict[str, Any]:
    on_axis = name if name == "x" else "y2" if series.get("on_second_axis") else "y"
    columns = SERIES_COLUMNS["x" if name == "x" else "y"] if on_axis == name else ()
    changed = {column: [convert(n) for n in series[column]] for column in columns if series.get(column) is not None}
    return {**series, **changed}


def unpack_grids(data: Mapping[str, Any]) -> dict[str, Any]:
    """The data with packed grids as lists of rows."""
    return {name: _rows(value) if _is_grid(value) else value for name, value in data.items()}


def without_grids(data: Mapping[str, Any]) -> dict[str, Any]:
    """The data with null in place of each grid."""
    return {name: None if _is_grid(value) else value for name, value in data.items()}


def _is_grid(value: Any) -> bool:
    return isinstance(value, Mapping) and "packed" in value


def _rows(encoded: Mapping[str, Any]) -> list[list[Any]]:
    grid = grid_from_json(encoded)
    if grid.dtype.kind == "f":
        return [numbers_to_json(row) for row in grid]
    rows: list[list[Any]] = grid.tolist()
    return rows


def overlay_curves(curves: Sequence[Curve]) -> dict[str, Any]:
    """The data of a curve with the series of all, each named with its record; OverlayError if they do not match."""
    first = curves[0]
    for curve in curves:
        if curve.kind != CurveKind.LINE:
            raise OverlayError(f"curve {curve.pk} is a {curve.get_kind_display().lower()}: overlay lines only")
        if not curve.x_quantity or not curve.y_quantity:
            raise OverlayError(f"an axis of curve {curve.pk} names no quantity, so it cannot be compared")
        if (curve.x_quantity, curve.y_quantity) != (first.x_quantity, first.y_quantity):
            raise OverlayError(
                f"curve {curve.pk} shows {curve.y_quantity} against {curve.x_quantity}, but curve {first.pk} "
                f"{first.y_quantity} against {first.x_quantity}: choose curves of the same quantities"
            )
    series = [one for curve in curves for one in _named_series(curve, first)]
    return {**first.data, "y2": None, "series": series}


def _named_series(curve: Curve, first: Curve) -> list[dict[str, Any]]:
    """The series of a curve on its first y axis, in the units of another curve."""
    same = {name: first.data[name]["unit"] for name in ("x", "y")}
    changed = {name: unit for name, unit in same.items() if curve.data[name]["unit"] != unit}
    data = convert_axes(curve.data, changed)
    shown = [series for series in data["series"] if not series.get("on_second_axis")]
    return [{**series, "name": f"{curve.run.of.refcode}: {series['name']}"} for series in shown]


def list_overlay_candidates(curve: Curve, user: AnyUser) -> QuerySet[Curve]:
    """Other latest curves of the cell that show the same quantities."""
    same = _of_same_quantities(curve, user).filter(run__cell=curve.run.cell_id).exclude(pk=curve.pk)
    return same.order_by("run__measurement", "pk")[:MOST_CANDIDATES]


def list_curves_of_other_cells(curve: Curve, user: AnyUser, refcodes: Collection[str] = ()) -> QuerySet[Curve]:
    """The same curve of other cells: of those in a group with this cell, and of those with these refcodes."""
    members = GroupMember.objects.visible_to(user)
    groups = members.filter(cell=curve.run.cell_id).values("group")
    wanted = Q(run__cell__in=members.filter(group__in=groups).values("cell")) | Q(run__cell__refcode__in=refcodes)
    same = _of_same_quantities(curve, user).filter(wanted, name=curve.name, run__analysis=curve.run.analysis)
    return same.exclude(run__cell=curve.run.cell_id).order_by("run__cell__refcode", "pk")[:MOST_CANDIDATES]


def _of_same_quantities(curve: Curve, user: AnyUser) -> QuerySet[Curve]:
    if curve.kind != CurveKind.LINE or not curve.x_quantity or not curve.y_quantity:
        return Curve.objects.none()
    visible: QuerySet[Curve] = Curve.objects.visible_to(user)
    same = visible.filter(
        run__is_latest=True, kind=CurveKind.LINE, x_quantity=curve.x_quantity, y_quantity=curve.y_quantity
    )
    return same.select_related("run__cell", "run__measurement").defer("data")


@dataclass(frozen=True)
class SharedCurve:
    """A curve that several cells have: that of the first, and the refcodes of all."""

    first: Curve
    refcodes: tuple[str, ...]


def list_shared_curves(refcodes: Collection[str], user: AnyUser) -> list[SharedCurve]:
    """The curves of the latest runs that at least two of these cells have, those of most cells first."""
    visible = Curve.objects.visible_to(user).filter(run__is_latest=True, run__cell__refcode__in=refcodes)
    by_name: dict[tuple[str, str], dict[str, Curve]] = {}
    for curve in visible.defer("data").select_related("run__cell").order_by("run__cell__refcode", "pk"):
        by_name.setdefault((curve.run.analysis, curve.name), {}).setdefault(curve.run.cell.refcode, curve)
    shared = [SharedCurve(next(iter(of.values())), tuple(of)) for of in by_name.values() if len(of) > 1]
    return sorted(shared, key=lambda curve: (-len(curve.refcodes), curve.first.title))
