"""A plugin whose reader has texts in place of functions."""

from registry.hookspecs import Reader, hookimpl


@hookimpl
def register_readers() -> list[Reader]:
    return [Reader(name="dat", version="1", title="Data", recognises="*.dat", read="read")]  # type: ignore[arg-type]
