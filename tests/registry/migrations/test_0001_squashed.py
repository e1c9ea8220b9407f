"""The schema in one step is that of the migrations it replaces."""

from typing import Any

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from tests.registry.migrations.conftest import Schema

pytestmark = pytest.mark.slow  # its start, all replaced migrations, takes a minute and does not change any more

SQUASHED = "0001_squashed_0056_help_texts"
LAST_REPLACED = "0056_help_texts"


def tables() -> dict[str, Any]:
    """Return columns and constraints of each table, without names that the database makes up."""
    described = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            columns = {
                (column.name, column.type_code, column.null_ok, column.collation)
                for column in connection.introspection.get_table_description(cursor, table)
            }
            rules = connection.introspection.get_constraints(cursor, table)
            constraints = sorted(
                str([name if rule["check"] else "", *(part for key, part in rule.items() if key != "definition")])
                for name, rule in rules.items()
                if not name.startswith("__unnamed")
            )
            described[table] = (columns, constraints)
    return described


def test_an_earlier_database_and_a_new_one_end_alike(schema: Schema) -> None:
    schema.start(LAST_REPLACED)
    of_earlier = tables()
    schema.start_new()
    MigrationExecutor(connection).migrate([("registry", SQUASHED)])
    of_new = tables()
    assert of_new.keys() == of_earlier.keys()
    for table, described in of_new.items():
        assert described == of_earlier[table], table


def test_an_earlier_database_goes_on_to_the_newest_schema(schema: Schema) -> None:
    schema.start(LAST_REPLACED)
    schema.migrate_to_newest()
    executor = MigrationExecutor(connection)
    assert executor.migration_plan(executor.loader.graph.leaf_nodes()) == []
