"""A plugin whose reader functions take too few arguments."""

from pathlib import Path

from registry.hookspecs import ParsedDataset, Reader, hookimpl


def recognises(name: str) -> bool:
    return name.endswith(".dat")


def read(path: Path) -> tuple[ParsedDataset, ...]:
    return ()


@hookimpl
def register_readers() -> list[Reader]:
    return [Reader(name="dat", version="1", title="Data", recognises=recognises, read=read)]  # type: ignore[arg-type]
