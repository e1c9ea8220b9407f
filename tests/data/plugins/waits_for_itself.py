"""Two analyses that depend on each other."""

from registry.hookspecs import Analysis, Inputs, Outcome, Quantity, hookimpl


def run(inputs: Inputs) -> Outcome:
    return Outcome()


@hookimpl
def register_quantities() -> list[Quantity]:
    return [
        Quantity(slug="hen_count", name="Hens", unit="dimensionless", is_count=True),
        Quantity(slug="egg_count", name="Eggs", unit="dimensionless", is_count=True),
    ]


@hookimpl
def register_analyses() -> list[Analysis]:
    return [
        Analysis(
            name="hens",
            version="1",
            title="Hens",
            description="Of eggs.",
            techniques=("eis",),
            outputs=("hen_count",),
            run=run,
            depends_on=("egg_count",),
        ),
        Analysis(
            name="eggs",
            version="1",
            title="Eggs",
            description="Of hens.",
            techniques=("eis",),
            outputs=("egg_count",),
            run=run,
            depends_on=("hen_count",),
        ),
    ]
