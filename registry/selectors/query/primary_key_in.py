"""A lookup of many primary keys at once."""

import json
from collections.abc import Iterable
from typing import Any

from django.db.models import BooleanField, F, Func


class PrimaryKeyIn(Func):
    """Whether a column is in a list of primary keys, passed to the database as a single parameter.

    Equivalent to `column__in=pks`, whose SQL takes longer to build than to run for hundreds of keys.
    """

    output_field = BooleanField()

    def __init__(self, column: str | F, pks: Iterable[int | None] = ()) -> None:
        super().__init__(F(column) if isinstance(column, str) else column)
        self.pks = list(pks)

    def as_sqlite(self, compiler: Any, connection: Any, **_: Any) -> tuple[str, tuple[Any, ...]]:
        column, parameters = compiler.compile(self.source_expressions[0])
        return f"{column} IN (SELECT value FROM json_each(%s))", (*parameters, keys_parameter(self.pks, connection))

    def as_postgresql(self, compiler: Any, connection: Any, **_: Any) -> tuple[str, tuple[Any, ...]]:
        column, parameters = compiler.compile(self.source_expressions[0])
        return f"{column} = ANY(%s)", (*parameters, keys_parameter(self.pks, connection))


def keys_parameter(pks: Iterable[int | None], connection: Any) -> Any:
    """The keys as the single parameter that `PrimaryKeyIn` passes."""
    return json.dumps(list(pks)) if connection.vendor == "sqlite" else list(pks)
