"""A plugin whose table has a slug that is not a valid URL part."""

from registry.hookspecs import Column, Table, hookimpl


@hookimpl
def register_tables() -> list[Table]:
    return [Table(slug="pressures / 2025", title="Pressures", columns=(Column(key="label"),))]
