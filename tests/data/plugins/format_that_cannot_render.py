"""A plugin whose table format has a template in place of a function."""

from registry.hookspecs import TableFormat, hookimpl


@hookimpl
def register_table_formats() -> list[TableFormat]:
    return [TableFormat(name="rst", media_type="text/x-rst", extension="rst", render="{{ table }}")]  # type: ignore[arg-type]
