"""A plugin whose table has an unknown column."""

from registry.hookspecs import Column, Table, hookimpl


@hookimpl
def register_tables() -> list[Table]:
    return [Table(slug="pressures", title="Pressures", columns=(Column(key="stack_presure_mpa"),))]
