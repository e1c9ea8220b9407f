"""A plugin whose run function takes no arguments."""

from registry.hookspecs import Analysis, Outcome, hookimpl


def run() -> Outcome:
    return Outcome()


@hookimpl
def register_analyses() -> list[Analysis]:
    return [
        Analysis(
            name="smooth",
            version="1",
            title="Smooth",
            description="Smooths.",
            techniques=("eis",),
            outputs=("resistance_ohm",),
            run=run,
        )
    ]  # type: ignore[arg-type]
