"""A plugin that says what its reader recognises with a text."""

from registry.hookspecs import Reader, hookimpl


@hookimpl
def register_readers() -> list[Reader]:
    return [Reader("dat", "1", "Data", "*.dat", "read")]  # type: ignore[arg-type]
