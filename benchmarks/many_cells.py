"""A registry of a hundred thousand cells: a few thousand generated ones, multiplied in the database."""

from collections.abc import Mapping

from django.db import connection, models

from benchmarks import data
from registry.models import (
    AnalysisRun,
    Cell,
    Condition,
    Layer,
    Measurement,
    SearchDocument,
    SearchKind,
    Value,
)
from registry.models.search_document import CODES, KINDS
from registry.services.search.updates import rebuild_documents

GENERATED = 2_000
MANY = 100_000
UNIQUE_TEXTS: Mapping[type[models.Model], tuple[str, ...]] = {Cell: ("label", "label_key"), Measurement: ()}


def fill(cells: int) -> None:
    """Fill an empty registry with this many cells, at most 2,000 or a multiple of it, and their search documents."""
    data.CELLS = min(cells, GENERATED)
    data.fill()
    rebuild_documents()
    if (times := cells // data.CELLS) > 1:
        _multiply(times)
    data.settle()


def _multiply(times: int) -> None:
    sizes: dict[type[models.Model], int] = {
        model: model._default_manager.count() for model in (Cell, Measurement, AnalysisRun)
    }
    for model in (Cell, Layer, Measurement, Condition, AnalysisRun, Value):
        _copy(model, times, sizes)
    _copy_documents(times, sizes)


def _copy(model: type[models.Model], times: int, sizes: Mapping[type[models.Model], int]) -> None:
    """Insert copies of all rows, each belonging to the copies of what the original belongs to."""
    rows, expressions = model._default_manager.count(), {}
    for field in model._meta.concrete_fields:
        column = connection.ops.quote_name(str(field.column))
        expression = f"t.{column}"
        if field.primary_key:
            expression = f"t.{column} + k.n * {rows}"
        elif isinstance(field, models.ForeignKey) and field.related_model in sizes:
            expression = f"t.{column} + k.n * {sizes[field.related_model]}"
        elif field.name == "refcode":
            expression = f"{_refcode(model.refcode_prefix, sizes[model])}"  # type: ignore[attr-defined]
        elif field.name in UNIQUE_TEXTS.get(model, ()):
            expression = f"t.{column} || ' ' || k.n"
        expressions[column] = expression
    _insert(model, expressions, times)


def _copy_documents(times: int, sizes: Mapping[type[models.Model], int]) -> None:
    """Insert documents of the copies of cells and measurements, with tokens of their own refcodes."""
    for kind, model in ((SearchKind.CELL, Cell), (SearchKind.MEASUREMENT, Measurement)):
        letter = model.refcode_prefix.lower()
        number = f"(t.record + k.n * {sizes[model]})"
        expressions = {
            connection.ops.quote_name(str(field.column)): f"t.{connection.ops.quote_name(str(field.column))}"
            for field in SearchDocument._meta.concrete_fields
        }
        expressions['"id"'] = f"{number} * {KINDS} + {CODES[kind]}"
        expressions['"record"'] = number
        expressions['"key"'] = f"'{letter}-' || {number}"
        expressions['"tokens"'] = f"t.tokens || ' {letter}' || {number}"
        _insert(SearchDocument, expressions, times, f"t.kind = '{kind.value}' AND t.record <= {sizes[model]}")


def _refcode(prefix: str, size: int) -> str:
    number = f"(t.id + k.n * {size})"
    if connection.vendor == "sqlite":
        return f"printf('{prefix}-%05d', {number})"
    return f"'{prefix}-' || lpad({number}::text, greatest(5, length({number}::text)), '0')"


def _insert(model: type[models.Model], expressions: Mapping[str, str], times: int, condition: str = "TRUE") -> None:
    table = connection.ops.quote_name(model._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} ({', '.join(expressions)}) "
            f"WITH RECURSIVE k(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM k WHERE n < {times - 1}) "
            f"SELECT {', '.join(expressions.values())} FROM {table} t, k WHERE {condition}"
        )
