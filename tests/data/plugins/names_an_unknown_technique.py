"""A plugin for an unknown technique."""

from registry.hookspecs import Analysis, Inputs, Outcome, hookimpl


def run(inputs: Inputs) -> Outcome:
    return Outcome()


@hookimpl
def register_analyses() -> list[Analysis]:
    return [Analysis("guess", "1", "Guess", "By looking.", ("divination",), ("resistance_ohm",), run)]
