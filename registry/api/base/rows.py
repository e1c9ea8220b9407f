"""Rows of a queryset as dictionaries, several times faster than serializers for long lists."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import BooleanField, Expression, JSONField, Q, QuerySet

from registry.selectors.query.primary_key_in import PrimaryKeyIn, keys_parameter

Columns = dict[str, str]
"""Name in the response → lookup of the queryset."""
EMPTY_JSON: dict[str, Callable[[], Any]] = {"[]": list, "{}": dict}
"""Most columns of JSON hold nothing in most rows, and decoding that takes as long as all the rest."""
BOOLEANS = {0: False, 1: True, None: None}
"""As SQLite stores them; looking them up takes a quarter of the time of a call of Django's converter."""
Rows = list[dict[str, Any]]
Finish = Callable[[Rows], None]
"""Adds computed fields to the rows."""


def fetch_rows(queryset: QuerySet[Any], columns: Columns, finish: Finish | None = None) -> Rows:
    """Fetch these columns in one query."""
    names = tuple(columns)
    rows = [dict(zip(names, row, strict=True)) for row in queryset.values_list(*columns.values())]
    if finish:
        finish(rows)
    return rows


class RowList:
    """Rows for a paginator; counting them skips the joins that only the columns need."""

    def __init__(self, queryset: QuerySet[Any], columns: Columns, finish: Finish | None = None) -> None:
        self._queryset = queryset
        self._columns = columns
        self._finish = finish

    def count(self) -> int:
        return self._queryset.count()

    def __getitem__(self, part: slice) -> Rows:
        return fetch_rows(self._queryset[part], self._columns, self._finish)


@dataclass(frozen=True)
class ColumnConverter:
    """Converts the database values of a column to Python values."""

    name: str
    functions: Sequence[Callable[..., Any]]
    expression: Expression

    def apply(self, rows: Rows) -> None:
        if isinstance(self.expression.output_field, BooleanField):
            for row in rows:
                row[self.name] = BOOLEANS[row[self.name]]
            return
        empty = EMPTY_JSON if isinstance(self.expression.output_field, JSONField) else {}
        for row in rows:
            value = row[self.name]
            if value in empty:
                row[self.name] = empty[value]()
            elif value is not None:
                for function in self.functions:
                    value = function(value, self.expression, connection)
                row[self.name] = value


@dataclass(frozen=True)
class CompiledQuery:
    """SQL whose only parameter is a list of keys."""

    sql: str
    converters: Sequence[ColumnConverter]


class GroupedRows:
    """Rows grouped by a key column. Create once and reuse: resolving the columns takes as long as fetching."""

    def __init__(self, queryset: QuerySet[Any], key: str, columns: Columns, finish: Finish | None = None) -> None:
        # The key comes last, so that zip drops it without copying the row.
        self._queryset = queryset.values_list(*columns.values(), key)
        self._key = key
        self._names = tuple(columns)
        self._finish = finish
        self._compiled: dict[str, CompiledQuery] = {}

    def where(self, *conditions: Q | PrimaryKeyIn) -> Mapping[Hashable, Rows]:
        """Fetch the rows that meet the conditions, in one query."""
        return self._group(list(self._queryset.filter(*conditions)))

    def for_keys(self, pks: Iterable[int]) -> Mapping[Hashable, Rows]:
        """Fetch the rows with these keys, in one query whose SQL is compiled only once."""
        compiled = self._compiled.get(connection.vendor)
        if compiled is None:
            compiled = self._compiled[connection.vendor] = self._compile()
        with connection.cursor() as cursor:
            cursor.execute(compiled.sql, [keys_parameter(pks, connection)])
            rows = cursor.fetchall()
        return self._group(rows, compiled.converters)

    def _compile(self) -> CompiledQuery:
        compiler = self._queryset.filter(PrimaryKeyIn(self._key)).query.get_compiler(connection=connection)
        sql, parameters = compiler.as_sql()
        if len(parameters) != 1:
            raise ValueError(f"rows grouped by {self._key} cannot have other query parameters: {parameters}")
        converters = compiler.get_converters([expression for expression, *_ in compiler.select])
        return CompiledQuery(sql, [ColumnConverter(self._names[index], *converters[index]) for index in converters])

    def _group(self, rows: Sequence[Any], converters: Sequence[ColumnConverter] = ()) -> Mapping[Hashable, Rows]:
        groups: defaultdict[Hashable, Rows] = defaultdict(list)
        names = self._names
        items = [dict(zip(names, row)) for row in rows]  # noqa: B905 - the key is left over
        for column in converters:
            column.apply(items)
        if self._finish:
            self._finish(items)
        for row, item in zip(rows, items, strict=True):
            groups[row[-1]].append(item)
        return groups


def grouped_rows(queryset: QuerySet[Any], key: str, columns: Columns) -> Mapping[Hashable, Rows]:
    """The rows grouped by a key column, in one query."""
    return GroupedRows(queryset, key, columns).where()
