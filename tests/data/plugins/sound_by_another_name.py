"""A plugin that takes the name of an analysis there is already."""

from registry.hookspecs import Analysis, Inputs, Outcome, hookimpl


def run(inputs: Inputs) -> Outcome:
    return Outcome()


@hookimpl
def register_analyses() -> list[Analysis]:
    return [Analysis("doubled-thickness", "9", "Another", "Another.", ("eis",), ("resistance_ohm",), run)]
