"""A plugin whose table format is a template and no function."""

from registry.hookspecs import TableFormat, hookimpl


@hookimpl
def register_table_formats() -> list[TableFormat]:
    return [TableFormat("rst", "text/x-rst", "rst", "{{ table }}")]  # type: ignore[arg-type]
