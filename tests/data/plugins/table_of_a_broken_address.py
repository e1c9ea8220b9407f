"""A plugin whose table could have no page."""

from registry.hookspecs import Column, Table, hookimpl


@hookimpl
def register_tables() -> list[Table]:
    return [Table("pressures / 2025", "Pressures", (Column("label"),))]
