"""Rows of a query as plain dictionaries: several times faster than serializers on the long lists."""

from collections import defaultdict
from collections.abc import Hashable, Mapping
from typing import Any

from django.db.models import QuerySet

Columns = dict[str, str]
"""Name in the answer → where the query finds it."""
Rows = list[dict[str, Any]]


def rows_of(found: QuerySet[Any], columns: Columns) -> Rows:
    """Fetch these columns of every row, in one query."""
    names = tuple(columns)
    return [dict(zip(names, row, strict=True)) for row in found.values_list(*columns.values())]


def grouped_rows(found: QuerySet[Any], key: str, columns: Columns) -> Mapping[Hashable, Rows]:
    """The rows by the value of a further column, in one query."""
    names = tuple(columns)
    groups: defaultdict[Hashable, Rows] = defaultdict(list)
    # The key comes last, so that zip leaves it out without a copy of the row.
    for row in found.values_list(*columns.values(), key):
        groups[row[-1]].append(dict(zip(names, row, strict=False)))
    return groups
