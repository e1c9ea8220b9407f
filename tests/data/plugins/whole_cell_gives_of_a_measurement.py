"""A cell-level analysis with a quantity of measurements as output."""

from registry.hookspecs import Analysis, Inputs, Outcome, hookimpl


def run(inputs: Inputs) -> Outcome:
    return Outcome()


@hookimpl
def register_analyses() -> list[Analysis]:
    outputs = ("resistance_ohm",)
    return [
        Analysis(
            name="mean-resistance",
            version="1",
            title="Mean",
            description="Of all spectra.",
            techniques=("eis",),
            outputs=outputs,
            run=run,
            scope="cell",
        )
    ]
