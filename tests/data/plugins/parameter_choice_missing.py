"""A plugin with a parameter whose default is not among its choices."""

from registry.hookspecs import Analysis, Inputs, Outcome, Parameter, hookimpl


def run(inputs: Inputs) -> Outcome:
    return Outcome()


@hookimpl
def register_analyses() -> list[Analysis]:
    window = Parameter("method", str, "fit", "How to smooth.", choices=("mean", "median"))
    return [Analysis("smooth", "1", "Smooth", "Smooths.", ("eis",), (), run, (window,))]
