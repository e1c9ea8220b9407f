"""A plugin with an integer parameter whose default is not an integer."""

from registry.hookspecs import Analysis, Inputs, Outcome, Parameter, hookimpl


def run(inputs: Inputs) -> Outcome:
    return Outcome()


@hookimpl
def register_analyses() -> list[Analysis]:
    window = Parameter(name="window", type=int, default=2.5, help="Points to smooth over.")
    return [
        Analysis(
            name="smooth",
            version="1",
            title="Smooth",
            description="Smooths.",
            techniques=("eis",),
            outputs=(),
            run=run,
            parameters=(window,),
        )
    ]
