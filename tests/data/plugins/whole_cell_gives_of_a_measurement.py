"""A cell-level analysis with a quantity of measurements as output."""

from registry.hookspecs import Analysis, Inputs, Outcome, hookimpl


def run(inputs: Inputs) -> Outcome:
    return Outcome()


@hookimpl
def register_analyses() -> list[Analysis]:
    outputs = ("resistance_ohm",)
    return [Analysis("mean-resistance", "1", "Mean", "Of all spectra.", ("eis",), outputs, run, scope="cell")]
