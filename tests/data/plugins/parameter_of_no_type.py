"""A plugin with a parameter of an unsupported type."""

from registry.hookspecs import Analysis, Inputs, Outcome, Parameter, hookimpl


def run(inputs: Inputs) -> Outcome:
    return Outcome()


@hookimpl
def register_analyses() -> list[Analysis]:
    window = Parameter(name="windows", type=list, default=[], help="Points to smooth over.")
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
