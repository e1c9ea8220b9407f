"""A plugin with an integer parameter whose default is not an integer."""

from registry.hookspecs import Analysis, Inputs, Outcome, Parameter, hookimpl


def run(inputs: Inputs) -> Outcome:
    return Outcome()


@hookimpl
def register_analyses() -> list[Analysis]:
    window = Parameter("window", int, 2.5, "Points to smooth over.")
    return [Analysis("smooth", "1", "Smooth", "Smooths.", ("eis",), (), run, (window,))]
