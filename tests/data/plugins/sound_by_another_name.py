"""A valid plugin with the name of an existing analysis."""

from registry.hookspecs import Analysis, Inputs, Outcome, hookimpl


def run(inputs: Inputs) -> Outcome:
    return Outcome()


@hookimpl
def register_analyses() -> list[Analysis]:
    return [Analysis("doubled-thickness", "9", "Another", "Another.", ("eis",), ("resistance_ohm",), run)]
