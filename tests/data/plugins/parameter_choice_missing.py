"""A plugin with a parameter whose default is not among its choices."""

from registry.hookspecs import Analysis, Inputs, Outcome, Parameter, hookimpl


def run(inputs: Inputs) -> Outcome:
    return Outcome()


@hookimpl
def register_analyses() -> list[Analysis]:
    window = Parameter(name="method", type=str, default="fit", help="How to smooth.", choices=("mean", "median"))
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
