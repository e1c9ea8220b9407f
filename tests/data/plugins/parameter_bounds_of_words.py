"""A plugin with a parameter whose bound is text."""

from registry.hookspecs import Analysis, Inputs, Outcome, Parameter, hookimpl


def run(inputs: Inputs) -> Outcome:
    return Outcome()


@hookimpl
def register_analyses() -> list[Analysis]:
    window = Parameter(name="window", type=int, default=5, help="Points to smooth over.", minimum="1")
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
