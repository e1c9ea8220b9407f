"""A plugin whose analysis has no version."""

from registry.hookspecs import Analysis, Inputs, Outcome, hookimpl


def run(inputs: Inputs) -> Outcome:
    return Outcome()


@hookimpl
def register_analyses() -> list[Analysis]:
    return [
        Analysis(
            name="smooth",
            version="",
            title="Smooth",
            description="Smooths.",
            techniques=("eis",),
            outputs=("resistance_ohm",),
            run=run,
        )
    ]
