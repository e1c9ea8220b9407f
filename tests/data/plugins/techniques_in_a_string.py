"""A plugin that lacks the comma of a tuple with one item."""

from registry.hookspecs import Analysis, Inputs, Outcome, hookimpl


def run(inputs: Inputs) -> Outcome:
    return Outcome()


@hookimpl
def register_analyses() -> list[Analysis]:
    return [
        Analysis(
            name="smooth",
            version="1",
            title="Smooth",
            description="Smooths.",
            techniques=("eis"),
            outputs=("resistance_ohm",),
            run=run,
        )
    ]  # type: ignore[arg-type]
