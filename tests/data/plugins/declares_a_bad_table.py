"""A plugin whose table has an unknown column."""

from registry.hookspecs import Column, Table, hookimpl


@hookimpl
def register_tables() -> list[Table]:
    return [Table("pressures", "Pressures", (Column("stack_presure_mpa"),))]
