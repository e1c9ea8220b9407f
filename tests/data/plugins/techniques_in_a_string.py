"""A plugin that lacks the comma of a tuple with one item."""

from registry.hookspecs import Analysis, Inputs, Outcome, hookimpl


def run(inputs: Inputs) -> Outcome:
    return Outcome()


@hookimpl
def register_analyses() -> list[Analysis]:
    return [Analysis("smooth", "1", "Smooth", "Smooths.", ("eis"), ("resistance_ohm",), run)]  # type: ignore[arg-type]
