"""An analysis of whole cells that gives a quantity of single measurements."""

from registry.hookspecs import Analysis, Inputs, Outcome, hookimpl


def run(inputs: Inputs) -> Outcome:
    return Outcome()


@hookimpl
def register_analyses() -> list[Analysis]:
    outputs = ("resistance_ohm",)
    return [Analysis("mean-resistance", "1", "Mean", "Of all spectra.", ("eis",), outputs, run, scope="cell")]
