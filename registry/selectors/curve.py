"""Stored curves in other units, and several curves in one plot."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet, prefetch_related_objects

from registry.contract.curve_encoding import grid_from_json, numbers_to_json
from registry.models import Curve, CurveKind, GroupMember
from registry.models.condition import in_order
from registry.models.visibility import AnyUser
from registry.numbers.axis import converter

MOST_CANDIDATES = 50
SHOWN_FIRST = (
    ("cycle_number", "specific_capacity_mah_g"),
    ("cycle_number", "areal_capacity_mah_cm2"),
    ("cycle_number", "capacity_mah"),
    ("real_impedance_ohm", "negative_imaginary_impedance_ohm"),
)
"""Quantities of the axes of the curves that are compared most often."""
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


def overlay_curves(curves: Sequence[Curve], *, by_cell: bool = False) -> dict[str, Any]:
    """The data of a curve with the series of all; OverlayError if they do not match.

    Each series is named after its record. With `by_cell` it is named after its cell, whose number is its `group`.
    """
    first = curves[0]
    for curve in curves:
        if curve.kind != CurveKind.LINE:
            raise OverlayError(f"curve {curve.pk} is a {curve.get_kind_display().lower()}: overlay lines only")
        if not curve.x_quantity or not curve.y_quantity:
            raise OverlayError(f"an axis of curve {curve.pk} has no quantity, so it cannot be compared")
        if (curve.x_quantity, curve.y_quantity) != (first.x_quantity, first.y_quantity):
            raise OverlayError(
                f"curve {curve.pk} shows {curve.y_quantity} against {curve.x_quantity}, but curve {first.pk} "
                f"{first.y_quantity} against {first.x_quantity}: choose curves of the same quantities"
            )
    names = _name_by_conditions(curves) if by_cell else [curve.run.of.refcode for curve in curves]
    series = [named for curve, name in zip(curves, names, strict=True) for named in _named_series(curve, first, name)]
    if by_cell:
        groups = {pk: number for number, pk in enumerate(dict.fromkeys(curve.run.cell_id for curve in curves))}
        numbers = [groups[curve.run.cell_id] for curve in curves for _ in _first_axis_series(curve.data)]
        series = [{**item, "group": number} for item, number in zip(series, numbers, strict=True)]
    return {**first.data, "y2": None, "series": series}


def name_by_cell(curves: Sequence[Curve]) -> list[str]:
    """The label of the cell of each curve, with what tells it from the others."""
    labels = Counter({curve.run.cell_id: curve.run.cell.label for curve in curves}.values())
    counts = Counter(curve.run.cell_id for curve in curves)
    names = []
    for curve in curves:
        cell = curve.run.cell
        name = cell.label if labels[cell.label] == 1 else f"{cell.label} ({cell.refcode})"
        names.append(name if counts[cell.pk] == 1 else f"{name}, {curve.run.of.refcode}")
    return names


def _name_by_conditions(curves: Sequence[Curve]) -> list[str]:
    """The cell of each curve, with the conditions of its measurement, as entered, that are not those of all."""
    measured = [curve.run.measurement for curve in curves if curve.run.measurement]
    prefetch_related_objects(measured, "conditions")
    conditions = [dict(condition_numbers(curve)) for curve in curves]
    slugs = in_order({slug for numbers in conditions for slug in numbers})
    differing = [slug for slug in slugs if len({numbers.get(slug) for numbers in conditions}) > 1]
    entered = [curve.run.measurement.entered_conditions if curve.run.measurement else {} for curve in curves]
    texts = [[by_slug[slug].written for slug in differing if slug in by_slug] for by_slug in entered]
    return [", ".join([name, *of_curve]) for name, of_curve in zip(name_by_cell(curves), texts, strict=True)]


def _first_axis_series(data: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [series for series in data["series"] if not series.get("on_second_axis")]


def _named_series(curve: Curve, first: Curve, name: str) -> list[dict[str, Any]]:
    """The series of a curve on its first y axis, in the units of another curve."""
    same = {name: first.data[name]["unit"] for name in ("x", "y")}
    changed = {name: unit for name, unit in same.items() if curve.data[name]["unit"] != unit}
    data = convert_axes(curve.data, changed)
    return [{**series, "name": f"{name}: {series['name']}"} for series in _first_axis_series(data)]


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


def list_named_curves(curve: Curve, user: AnyUser, pks: Collection[int]) -> QuerySet[Curve]:
    """These curves, as far as they show the same quantities, of whatever cell."""
    same = _of_same_quantities(curve, user).filter(pk__in=pks).exclude(pk=curve.pk)
    return same.order_by("run__cell__refcode", "pk")[:MOST_CANDIDATES]


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
    """A curve that several cells have, one of each cell in the order of refcodes."""

    curves: tuple[Curve, ...]
    candidates: tuple[tuple[Curve, ...], ...] = ()
    """Of each cell, its curves of all measurements."""

    @property
    def first(self) -> Curve:
        return self.curves[0]

    @property
    def key(self) -> str:
        """The name among the curves that the cells share."""
        return f"{self.first.run.analysis}/{self.first.name}"

    @property
    def refcodes(self) -> tuple[str, ...]:
        return tuple(curve.run.cell.refcode for curve in self.curves)


def list_shared_curves(
    refcodes: Collection[str], user: AnyUser, measurements: Collection[str] = ()
) -> list[SharedCurve]:
    """The lines of the latest runs that at least two of these cells have: those of most cells first, among them the
    capacity against the cycle, then spectra. Of several measurements of a cell, the one with a refcode in
    `measurements` is taken, or that under the most similar conditions."""
    visible = Curve.objects.visible_to(user).filter(run__is_latest=True, run__cell__refcode__in=refcodes)
    lines = visible.filter(kind=CurveKind.LINE).exclude(x_quantity="").exclude(y_quantity="")
    records = lines.defer("data").select_related("run__cell", "run__measurement__cell")
    by_name: dict[tuple[str, ...], dict[str, list[Curve]]] = {}
    for curve in records.prefetch_related("run__measurement__conditions").order_by("run__cell__refcode", "pk"):
        key = (curve.run.analysis, curve.name, curve.x_quantity, curve.y_quantity)
        by_name.setdefault(key, {}).setdefault(curve.run.cell.refcode, []).append(curve)
    by_cell = [tuple(map(tuple, of.values())) for of in by_name.values() if len(of) > 1]
    shared = [SharedCurve(_most_alike(candidates, measurements), candidates) for candidates in by_cell]
    return sorted(shared, key=lambda item: (-len(item.curves), _get_rank(item.first), item.first.title, item.key))


def load_data(shared: SharedCurve, user: AnyUser) -> None:
    """Read the numbers of the curves, which the list of shared curves leaves out, in one query."""
    visible = Curve.objects.visible_to(user).filter(pk__in=[curve.pk for curve in shared.curves])
    by_pk = dict(visible.values_list("pk", "data"))
    for curve in shared.curves:
        curve.data = by_pk[curve.pk]


def _get_rank(curve: Curve) -> int:
    axes = (curve.x_quantity, curve.y_quantity)
    return SHOWN_FIRST.index(axes) if axes in SHOWN_FIRST else len(SHOWN_FIRST)


def _most_alike(by_cell: Sequence[Sequence[Curve]], measurements: Collection[str]) -> tuple[Curve, ...]:
    """One curve of each cell, of the measurement chosen, or under conditions like those of the cell with the fewest
    curves."""
    left = [[curve for curve in curves if curve.run.of.refcode in measurements] or curves for curves in by_cell]
    like = condition_numbers(min(left, key=len)[0])
    return tuple(min(curves, key=lambda curve: len(condition_numbers(curve) ^ like)) for curves in left)


def condition_numbers(curve: Curve) -> frozenset[tuple[str, float | str]]:
    """The conditions of the measurement of a curve, by quantity; empty for a curve of a cell."""
    measurement = curve.run.measurement
    entered = measurement.entered_conditions if measurement else {}
    numbers = ((slug, item.magnitude if item.qualifier == "=" else item.written) for slug, item in entered.items())
    return frozenset((slug, entered[slug].written if number is None else number) for slug, number in numbers)
