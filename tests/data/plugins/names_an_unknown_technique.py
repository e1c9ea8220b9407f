"""A plugin for an unknown technique."""

from registry.hookspecs import Analysis, Inputs, Outcome, hookimpl


def run(inputs: Inputs) -> Outcome:
    return Outcome()


@hookimpl
def register_analyses() -> list[Analysis]:
    return [
        Analysis(
            name="guess",
            version="1",
            title="Guess",
            description="By looking.",
            techniques=("divination",),
            outputs=("resistance_ohm",),
            run=run,
        )
    ]
