"""A plugin whose table format has a dot in its extension."""

from registry.hookspecs import PrintedTable, TableFormat, hookimpl


def render(table: PrintedTable) -> bytes:
    return b""


@hookimpl
def register_table_formats() -> list[TableFormat]:
    return [TableFormat(name="rst", media_type="text/x-rst", extension=".rst", render=render)]
