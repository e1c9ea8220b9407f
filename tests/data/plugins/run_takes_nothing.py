"""A plugin whose run function takes no arguments."""

from registry.hookspecs import Analysis, Outcome, hookimpl


def run() -> Outcome:
    return Outcome()


@hookimpl
def register_analyses() -> list[Analysis]:
    return [Analysis("smooth", "1", "Smooth", "Smooths.", ("eis",), ("resistance_ohm",), run)]  # type: ignore[arg-type]
