"""A plugin that depends on an unknown quantity."""

from registry.hookspecs import Analysis, Inputs, Outcome, hookimpl


def run(inputs: Inputs) -> Outcome:
    return Outcome()


@hookimpl
def register_analyses() -> list[Analysis]:
    depends_on = ("ionic_conductivty_s_cm",)
    return [
        Analysis(
            name="tortuosity",
            version="1",
            title="Tortuosity",
            description="From conductivity.",
            techniques=("eis",),
            outputs=(),
            run=run,
            depends_on=depends_on,
        )
    ]
