"""A plugin with a parameter whose default is out of bounds."""

from registry.hookspecs import Analysis, Inputs, Outcome, Parameter, hookimpl


def run(inputs: Inputs) -> Outcome:
    return Outcome()


@hookimpl
def register_analyses() -> list[Analysis]:
    window = Parameter("window", int, 0, "Points to smooth over.", minimum=1, maximum=99)
    return [Analysis("smooth", "1", "Smooth", "Smooths.", ("eis",), (), run, (window,))]
