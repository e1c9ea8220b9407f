"""Fetching the rows of a comparison table: only what its columns print, in a constant number of queries."""

from collections.abc import Iterable, Mapping, Sequence

from django.db.models import Prefetch, QuerySet, prefetch_related_objects

from registry import plugin_loading
from registry.hookspecs import LAYER_ROLES, Table
from registry.models import AnalysisRun, Ingredient, Layer, Measurement, Publication, RunStatus, Value
from registry.models.visibility import AnyUser
from registry.numbers import catalogue
from registry.selectors.comparison.row import FACTS, LatestValue, Row
from registry.selectors.query import to_sql
from registry.selectors.query.parsing import (
    CELL_NUMBERS,
    CONDITIONS,
    PARTS,
    WORDS,
    WRITTEN,
    ListQuery,
    parse_list_query,
    value_quantities,
)
from registry.selectors.query.primary_key_in import PrimaryKeyIn

VALUE_COLUMNS = (
    "cell_id", "measurement_id", "quantity", "origin", "magnitude", "lower", "upper", "standard_uncertainty",
    "degrees_of_freedom", "qualifier", "written", "missing", "inferred", "run__stale_since", "run__inferred_inputs",
    "run__version", "run__analysis",
)  # fmt: skip
MEASUREMENT_COLUMNS = ("refcode", "technique", "cell_id")
CELL_COLUMNS = tuple(
    f"cell__{name}" for name in ("refcode", "label", "format", "origin", "configuration", "publication", "project")
)
LAYER_COLUMNS = (
    "cell_id", "position", "role", "material_id", "formulation_id", "as_written", *Layer.magnitude_fields().values(),
)  # fmt: skip
INGREDIENT_COLUMNS = ("formulation_id", "position", "material_id", "mass_fraction")


def table_filters(table: Table) -> dict[str, list[str]]:
    """The table's filters as the query language takes them: words may be several, parted by commas."""
    several = {*WORDS, *PARTS, "technique"}
    return {
        name: [str(item) for item in value]
        if isinstance(value, list | tuple)
        else (str(value).split(",") if name in several else [str(value)])
        for name, value in table.filters.items()
    }


def fetch_rows(table: Table, user: AnyUser, extra: Mapping[str, Iterable[str]]) -> list[Row]:
    """The rows that have all the table requires."""
    keys = {column.key for column in table.columns} | set(table.require) | {name.lstrip("-") for name in table.order}
    found = _measurements(table, user, extra).order_by("cell_id", "pk")
    needed = keys if table.row == "measurement" else {*keys, *CONDITIONS}
    measurements = list(found.select_related("cell").only(*_columns_of(needed)))
    if "project" in keys:
        prefetch_related_objects(measurements, "cell__project")
    _attach_values(measurements, keys)
    if any(key.partition(".")[0] in LAYER_ROLES and "." in key for key in keys):
        prefetch_related_objects([measurement.cell for measurement in measurements], _layers())
    cited = Publication.objects.filter(PrimaryKeyIn("pk", {entry.cell.publication_id for entry in measurements}))
    publications = {item.pk: item for item in cited}
    groups = _grouped(measurements, table.row)
    if table.row != "measurement":
        groups = _answering(groups, _queries(table, extra))
    rows = [Row(group, publications.get(group[0].cell.publication_id)) for group in groups]
    rows = [row for row in rows if all(row.has(key) for key in table.require)]
    _attach_refusals(rows, table)
    return rows


def _columns_of(keys: set[str]) -> list[str]:
    """The columns of measurement and cell that these keys print."""
    conditions = [name for slug in CONDITIONS if slug in keys for name in (slug, WRITTEN[slug])]
    numbers = [name for slug in CELL_NUMBERS if slug in keys for name in (slug, WRITTEN[slug])]
    return [*MEASUREMENT_COLUMNS, *conditions, *CELL_COLUMNS, *(f"cell__{name}" for name in numbers)]


def _queries(table: Table, extra: Mapping[str, Iterable[str]]) -> list[ListQuery]:
    return [parse_list_query(asked) for asked in (table_filters(table), extra) if asked]


def _measurements(table: Table, user: AnyUser, extra: Mapping[str, Iterable[str]]) -> QuerySet[Measurement]:
    """What the table's rows are made of; of a pivot, whatever its values are, for a row holds those of several."""
    found: QuerySet[Measurement] | None = None
    for asked in _queries(table, extra) or [ListQuery()]:
        found = to_sql.filter_measurements(
            asked if table.row == "measurement" else asked.without_values, user, among=found
        )
    assert found is not None
    return found


def _answering(groups: Sequence[list[Measurement]], queries: Iterable[ListQuery]) -> list[list[Measurement]]:
    """The rows of a pivot that have what is asked of each quantity, on whichever of their measurements."""
    kept = list(groups)
    for asked in (query for query in queries if query.value_origin or query.value_bounds):
        for quantity in asked.quantities or ("",):
            about = asked.about(quantity)
            pks = [item.pk for group in kept for item in group]
            found = to_sql.with_values(about, Measurement.objects.filter(PrimaryKeyIn("pk", pks)))
            having = set(found.values_list("pk", flat=True))
            # That a row lacks a quantity must be so of all its measurements.
            enough = all if about.asks_for_none else any
            kept = [group for group in kept if enough(entry.pk in having for entry in group)]
    return kept


def _attach_values(measurements: Sequence[Measurement], keys: set[str]) -> None:
    """Give each measurement its latest values, and with them those of its cell as a whole."""
    slugs = [key for key in keys if key not in FACTS and "." not in key]
    values = Value.objects.filter(is_latest=True, quantity__in=slugs)
    shown: dict[int | None, list[LatestValue]] = {item.pk: [] for item in measurements}
    for value in _in_order(values.filter(PrimaryKeyIn("measurement_id", shown))):
        shown[value.measurement_id].append(value)
    whole: dict[int, list[LatestValue]] = {}
    if any(slug not in catalogue.catalogue or catalogue.get(slug).per_cell for slug in slugs):
        cells = {entry.cell_id for entry in measurements}
        for value in _in_order(values.filter(PrimaryKeyIn("cell_id", cells), measurement=None)):
            whole.setdefault(value.cell_id, []).append(value)
    for measurement in measurements:
        measurement.latest_values = shown[measurement.pk] + whole.get(measurement.cell_id, [])  # type: ignore[attr-defined]


def _in_order(values: QuerySet[Value]) -> list[LatestValue]:
    """Of two analyses that give one quantity, that which comes first first."""
    place = plugin_loading.current().rank
    found = [LatestValue(*columns) for columns in values.order_by("pk").values_list(*VALUE_COLUMNS)]
    return sorted(found, key=lambda value: place.get(value.analysis or "", len(place)))


def _layers() -> Prefetch:
    ingredients = Ingredient.objects.order_by("position").only(*INGREDIENT_COLUMNS).prefetch_related("material")
    layers = Layer.objects.order_by("position").only(*LAYER_COLUMNS)
    return Prefetch(
        "layers",
        layers.prefetch_related("material", "formulation", Prefetch("formulation__ingredients", ingredients)),
    )


def _attach_refusals(rows: Sequence[Row], table: Table) -> None:
    """Fetch the runs that say why a computed number is missing, for the rows that miss one."""
    of_values = value_quantities()
    computed = [item for item in table.columns if item.key in of_values and item.origin != "reported"]
    lacking = {row for row in rows if any(row.value(column) is None for column in computed)}
    shown: dict[int, list[tuple[str, str]]] = {entry.pk: [] for row in lacking for entry in row.measurements}
    refusals = AnalysisRun.objects.filter(PrimaryKeyIn("measurement_id", shown), is_latest=True).exclude(
        status=RunStatus.DONE
    )
    for measurement, analysis, messages in refusals.order_by("pk").values_list("measurement", "analysis", "messages"):
        shown[measurement].append((analysis, messages[0]["text"]))
    for row in lacking:
        row.refusals = [refusal for element in row.measurements for refusal in shown[element.pk]]


def _grouped(measurements: Sequence[Measurement], row: str) -> list[list[Measurement]]:
    """One group a measurement; or of a pivot by a condition, measurements of a cell that share all their conditions.

    Those without the condition are left out. Where two hold a value of one quantity they stay apart: a table prints
    both, and never one for the other.
    """
    if row == "measurement":
        return [[item] for item in measurements]
    groups: dict[tuple[float | None, ...], list[list[Measurement]]] = {}
    for measurement in measurements:
        if getattr(measurement, row) is None:
            continue
        alike = groups.setdefault((measurement.cell_id, *(getattr(measurement, slug) for slug in CONDITIONS)), [])
        held = _held(measurement)
        fitting = next((group for group in alike if not any(held & _held(other) for other in group)), None)
        if fitting is None:
            alike.append([measurement])
        else:
            fitting.append(measurement)
    return [group for alike in groups.values() for group in alike]


def _held(measurement: Measurement) -> set[tuple[str, str]]:
    """Quantity and origin of the values a measurement holds itself."""
    values: list[LatestValue] = measurement.latest_values  # type: ignore[attr-defined]
    return {(value.quantity, value.origin) for value in values if value.measurement_id is not None}
