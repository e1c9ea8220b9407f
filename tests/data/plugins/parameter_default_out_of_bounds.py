"""A plugin with a parameter whose default is out of bounds."""

from registry.hookspecs import Analysis, Inputs, Outcome, Parameter, hookimpl


def run(inputs: Inputs) -> Outcome:
    return Outcome()


@hookimpl
def register_analyses() -> list[Analysis]:
    window = Parameter(name="window", type=int, default=0, help="Points to smooth over.", minimum=1, maximum=99)
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
