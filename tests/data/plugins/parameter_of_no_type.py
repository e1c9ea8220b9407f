"""A plugin with a parameter of an unsupported type."""

from registry.hookspecs import Analysis, Inputs, Outcome, Parameter, hookimpl


def run(inputs: Inputs) -> Outcome:
    return Outcome()


@hookimpl
def register_analyses() -> list[Analysis]:
    window = Parameter("windows", list, [], "Points to smooth over.")
    return [Analysis("smooth", "1", "Smooth", "Smooths.", ("eis",), (), run, (window,))]
