"""A plugin whose table format has a dot in its extension."""

from registry.hookspecs import PrintedTable, TableFormat, hookimpl


def render(table: PrintedTable) -> bytes:
    return b""


@hookimpl
def register_table_formats() -> list[TableFormat]:
    return [TableFormat("rst", "text/x-rst", ".rst", render)]
