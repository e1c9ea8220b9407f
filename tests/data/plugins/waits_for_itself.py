"""Two analyses that depend on each other."""

from registry.hookspecs import Analysis, Inputs, Outcome, Quantity, hookimpl


def run(inputs: Inputs) -> Outcome:
    return Outcome()


@hookimpl
def register_quantities() -> list[Quantity]:
    return [
        Quantity("hen_count", "Hens", "dimensionless", is_count=True),
        Quantity("egg_count", "Eggs", "dimensionless", is_count=True),
    ]


@hookimpl
def register_analyses() -> list[Analysis]:
    return [
        Analysis("hens", "1", "Hens", "Of eggs.", ("eis",), ("hen_count",), run, depends_on=("egg_count",)),
        Analysis("eggs", "1", "Eggs", "Of hens.", ("eis",), ("egg_count",), run, depends_on=("hen_count",)),
    ]
