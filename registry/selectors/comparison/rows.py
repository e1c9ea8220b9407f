"""Fetch the rows of a comparison table: only the columns it prints, in a constant number of queries."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from django.db.models import Prefetch, QuerySet, prefetch_related_objects

from registry import plugin_loading
from registry.hookspecs import Table
from registry.models import (
    AnalysisRun,
    Condition,
    Ingredient,
    Layer,
    Measurement,
    Publication,
    RunStatus,
    Value,
)
from registry.models.visibility import AnyUser
from registry.numbers import catalogue
from registry.selectors.analysis_inputs.series import magnitudes
from registry.selectors.comparison.grouping import group_by_condition
from registry.selectors.comparison.protocol import protocol_quantities
from registry.selectors.comparison.replicates import combine_replicates
from registry.selectors.comparison.row import TEXT_COLUMNS, EnteredCondition, LatestValue, Row
from registry.selectors.comparison.this_work import own_cells_condition
from registry.selectors.query import to_sql
from registry.selectors.query.fixed_conditions import agree
from registry.selectors.query.parsing import (
    CELL_NUMBERS,
    SIMULATED,
    WORDS,
    WRITTEN,
    ListQuery,
    is_condition,
    parse_list_query,
    parts,
    value_quantities,
)
from registry.selectors.query.primary_key_in import PrimaryKeyIn

VALUE_COLUMNS = (
    "cell_id", "measurement_id", "quantity", "origin", "magnitude", "lower", "upper", "standard_uncertainty",
    "degrees_of_freedom", "qualifier", "written", "missing", "inferred", "run__stale_since", "run__stale_because",
    "run__inferred_inputs", "run__version", "run__source_hash", "run__analysis", "run__series",
    "run__fixed_conditions", "at_kind", "at_number", "run_id",
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
    """The filters of a table as query parameters; text filters may have several values, separated by commas."""
    multivalued = {*WORDS, *parts(), "technique"}
    return {
        name: [str(item) for item in value]
        if isinstance(value, list | tuple)
        else (str(value).split(",") if name in multivalued else [str(value)])
        for name, value in table.filters.items()
    }


def fetch_rows(table: Table, user: AnyUser, extra: Mapping[str, Iterable[str]]) -> list[Row]:
    """Rows with all columns the table requires."""
    keys = {column.key for column in table.columns} | set(table.require) | {name.lstrip("-") for name in table.order}
    queryset = _filter_measurements(table, user, extra).order_by("cell_id", "pk")
    measurements = list(queryset.select_related("cell").only(*_columns_of(keys)))
    compared = bool(table.compare_with)
    has_every = compared or table.row != "measurement" or table.replicates != "each" or _has_cell_level(keys)
    _attach_conditions(measurements, keys, every=has_every)
    if "project" in keys:
        prefetch_related_objects(measurements, "cell__project")
    _attach_values(measurements, keys | protocol_quantities(keys))
    if compared or any("." in key for key in keys):
        prefetch_related_objects([measurement.cell for measurement in measurements], _prefetch_layers())
    cited = Publication.objects.filter(PrimaryKeyIn("pk", {item.cell.publication_id for item in measurements}))
    publications = {item.pk: item for item in cited}
    groups = _group_measurements(measurements, table.row)
    if table.row != "measurement":
        groups = _filter_groups(groups, _queries(table, user, extra))
    rows = [Row(group, publications.get(group[0].cell.publication_id)) for group in groups]
    rows = [row for row in rows if all(row.has(key) for key in table.require)]
    rows = combine_replicates(rows, table, user)
    _attach_refusals(rows, table)
    return rows


def _columns_of(keys: set[str]) -> list[str]:
    """Columns of measurement and cell needed for these keys."""
    numbers = [name for slug in CELL_NUMBERS if slug in keys for name in (slug, WRITTEN[slug])]
    return [*MEASUREMENT_COLUMNS, *CELL_COLUMNS, *(f"cell__{name}" for name in numbers)]


def _queries(table: Table, user: AnyUser, extra: Mapping[str, Iterable[str]]) -> list[ListQuery]:
    own = table_filters(table)
    queries = [parse_list_query(own)] if own else []
    return [*queries, parse_list_query(extra, user)] if extra else queries


def _filter_measurements(table: Table, user: AnyUser, extra: Mapping[str, Iterable[str]]) -> QuerySet[Measurement]:
    """Measurements for the rows; a pivot ignores value conditions here, as its rows combine several measurements.

    Those of simulated cells only if a query names them by their origin."""
    queries = _queries(table, user, extra) or [ListQuery()]
    measurements: QuerySet[Measurement] = Measurement.objects.visible_to(user)
    if not any(query.names_simulated for query in queries):
        measurements = measurements.exclude(cell__origin=SIMULATED)
    measurements = measurements.filter(own_cells_condition(table.this_work))
    for query in queries:
        of_row = query if table.row == "measurement" else query.without_values
        measurements = to_sql.filter_measurements(replace(of_row, may_be_simulated=True), user, among=measurements)
    return measurements


def _filter_groups(groups: Sequence[list[Measurement]], queries: Iterable[ListQuery]) -> list[list[Measurement]]:
    """Rows of a pivot in which each quantity meets its conditions, on any of their measurements."""
    remaining = list(groups)
    for query in queries:
        if not query.value_origin and not query.at and not query.value_bounds:
            continue
        for quantity in query.quantities or ("",):
            on_quantity = query.only_values_of(quantity)
            pks = [item.pk for group in remaining for item in group]
            matching = to_sql.with_values(on_quantity, Measurement.objects.filter(PrimaryKeyIn("pk", pks)))
            matching_pks = set(matching.values_list("pk", flat=True))
            # A row lacks a quantity only if all its measurements do.
            quantifier = all if on_quantity.asks_for_none else any
            remaining = [group for group in remaining if quantifier(item.pk in matching_pks for item in group)]
    return remaining


def _attach_conditions(measurements: Sequence[Measurement], keys: set[str], *, every: bool) -> None:
    """Attach to each measurement its conditions among the keys, or `every` one, by slug."""
    conditions: dict[int, dict[str, EnteredCondition]] = {item.pk: {} for item in measurements}
    slugs = [key for key in keys if key not in TEXT_COLUMNS and "." not in key and is_condition(key)]
    if every or slugs:
        rows = Condition.objects.filter(PrimaryKeyIn("measurement_id", conditions)).order_by()
        rows = rows if every else rows.filter(quantity__in=slugs)
        for measurement, slug, *columns in rows.values_list("measurement_id", "quantity", *EnteredCondition._fields):
            conditions[measurement][slug] = EnteredCondition(*columns)
    for measurement in measurements:
        measurement.table_conditions = conditions[measurement.pk]  # type: ignore[attr-defined]


def _attach_values(measurements: Sequence[Measurement], keys: set[str]) -> None:
    """Attach to each measurement its latest values and the cell-level values of its cell."""
    slugs = [key for key in keys if key not in TEXT_COLUMNS and "." not in key]
    values = Value.objects.filter(is_latest=True, quantity__in=slugs)
    by_measurement: dict[int | None, list[LatestValue]] = {item.pk: [] for item in measurements}
    for value in _sort_by_analysis(values.filter(PrimaryKeyIn("measurement_id", by_measurement))):
        by_measurement[value.measurement_id].append(value)
    by_cell: dict[int, list[LatestValue]] = {}
    if _has_cell_level(slugs):
        cells = {item.cell_id for item in measurements}
        for value in _sort_by_analysis(values.filter(PrimaryKeyIn("cell_id", cells), measurement=None)):
            by_cell.setdefault(value.cell_id, []).append(value)
    for measurement in measurements:
        cell_level, ambiguous = _applicable(measurement, by_cell.get(measurement.cell_id, []))
        measurement.latest_values = by_measurement[measurement.pk] + cell_level  # type: ignore[attr-defined]
        measurement.ambiguous = ambiguous  # type: ignore[attr-defined]


def _has_cell_level(keys: Iterable[str]) -> bool:
    """Whether cell-level values may be among these columns."""
    slugs = [key for key in keys if key not in TEXT_COLUMNS and "." not in key]
    return any(slug not in catalogue.catalogue or catalogue.get(slug).per_cell for slug in slugs)


def _applicable(
    measurement: Measurement, values: Sequence[LatestValue]
) -> tuple[list[LatestValue], list[tuple[str, str]]]:
    """The cell-level values for a measurement, and the analyses with several series for it, none of which is chosen."""
    entered: dict[str, EnteredCondition] = measurement.table_conditions  # type: ignore[attr-defined]
    conditions = magnitudes(entered) if any(value.fixed_conditions for value in values) else {}
    agreeing = [value for value in values if agree(value.fixed_conditions or {}, conditions)]
    series: dict[tuple[str, str], int] = Counter(
        (value.analysis, value.quantity) for value in agreeing if value.analysis and value.series
    )
    several = {key: count for key, count in series.items() if count > 1}
    kept = [value for value in agreeing if (value.analysis, value.quantity) not in several]
    return kept, [
        (analysis, f"{count} series of the cell match the entered conditions")
        for (analysis, _), count in several.items()
    ]


def _sort_by_analysis(values: QuerySet[Value]) -> list[LatestValue]:
    """Values sorted by the run order of their analyses."""
    rank = plugin_loading.current().rank
    latest = [LatestValue(*columns) for columns in values.order_by("pk").values_list(*VALUE_COLUMNS)]
    return sorted(latest, key=lambda value: rank.get(value.analysis or "", len(rank)))


def _prefetch_layers() -> Prefetch:
    ingredients = Ingredient.objects.order_by("position").only(*INGREDIENT_COLUMNS).prefetch_related("material")
    layers = Layer.objects.order_by("position").only(*LAYER_COLUMNS)
    return Prefetch(
        "layers",
        layers.prefetch_related("material", "formulation", Prefetch("formulation__ingredients", ingredients)),
    )


def _attach_refusals(rows: Sequence[Row], table: Table) -> None:
    """Fetch the reasons for missing computed values, for rows that lack any."""
    quantities = value_quantities()
    computed = [column for column in table.columns if column.key in quantities and column.origin != "reported"]
    incomplete = {row for row in rows if any(not row.shows(column) for column in computed)}
    refusals: dict[int, list[tuple[str, str]]] = {item.pk: [] for row in incomplete for item in row.measurements}
    runs = AnalysisRun.objects.filter(PrimaryKeyIn("measurement_id", refusals), is_latest=True).exclude(
        status=RunStatus.DONE
    )
    for measurement, analysis, messages in runs.order_by("pk").values_list("measurement", "analysis", "messages"):
        refusals[measurement].append((analysis, messages[0]["text"]))
    for row in incomplete:
        row.refusals = [
            refusal
            for item in row.measurements
            for refusal in (*refusals[item.pk], *item.ambiguous)  # type: ignore[attr-defined]
        ]


def _group_measurements(measurements: Sequence[Measurement], row: str) -> list[list[Measurement]]:
    """A group per measurement, or for a pivot per cell and value of the condition."""
    if row == "measurement":
        return [[item] for item in measurements]
    return group_by_condition(measurements, row, conditions_of=_numbers, keys_of=_value_keys)


def _numbers(measurement: Measurement) -> dict[str, tuple[str, float, str, str]]:
    """The conditions that are numbers: slug, magnitude, qualifier and scale, as `<10 MPa` is not 10 MPa."""
    conditions: dict[str, EnteredCondition] = measurement.table_conditions  # type: ignore[attr-defined]
    return {
        slug: (slug, item.magnitude, item.qualifier, item.scale)
        for slug, item in conditions.items()
        if item.magnitude is not None
    }


def _value_keys(measurement: Measurement) -> set[tuple[str, str]]:
    """Quantity and origin of the measurement's own values."""
    values: list[LatestValue] = measurement.latest_values  # type: ignore[attr-defined]
    return {(value.quantity, value.origin) for value in values if value.measurement_id is not None}
