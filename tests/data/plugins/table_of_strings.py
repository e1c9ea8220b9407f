"""A plugin whose table has strings in place of columns."""

from registry.hookspecs import Table, hookimpl


@hookimpl
def register_tables() -> list[Table]:
    return [Table(slug="pressures", title="Pressures", columns=("label", "stack_pressure_mpa"))]  # type: ignore[arg-type]
