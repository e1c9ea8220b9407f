"""A plugin that declares an unregistered quantity as output."""

from registry.hookspecs import Analysis, Inputs, Outcome, hookimpl


def run(inputs: Inputs) -> Outcome:
    return Outcome()


@hookimpl
def register_analyses() -> list[Analysis]:
    return [
        Analysis(
            name="tortuosity",
            version="1",
            title="Tortuosity",
            description="From porosity.",
            techniques=("sem",),
            outputs=("tortuosity_factor_of_pores",),
            run=run,
        ),
    ]
