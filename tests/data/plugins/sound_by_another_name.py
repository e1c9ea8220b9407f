"""A valid plugin with the name of an existing analysis."""

from registry.hookspecs import Analysis, Inputs, Outcome, hookimpl


def run(inputs: Inputs) -> Outcome:
    return Outcome()


@hookimpl
def register_analyses() -> list[Analysis]:
    return [
        Analysis(
            name="doubled-thickness",
            version="9",
            title="Another",
            description="Another.",
            techniques=("eis",),
            outputs=("resistance_ohm",),
            run=run,
        )
    ]
