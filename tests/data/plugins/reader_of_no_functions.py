"""A plugin whose reader has texts in place of functions."""

from registry.hookspecs import Reader, hookimpl


@hookimpl
def register_readers() -> list[Reader]:
    return [Reader("dat", "1", "Data", "*.dat", "read")]  # type: ignore[arg-type]
