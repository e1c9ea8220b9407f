"""A plugin whose table filters on an unknown technique."""

from registry.hookspecs import Column, Table, hookimpl


@hookimpl
def register_tables() -> list[Table]:
    return [
        Table(
            slug="pressures",
            title="Pressures",
            columns=(Column(key="label"),),
            filters={"stack_presure_mpa__lte": "10"},
        )
    ]
