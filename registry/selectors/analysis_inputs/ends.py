"""Facts about the ends of a number that is only a bound, and that a number is only approximate."""

from typing import Protocol

from registry.contract.layer import ABOUT, LEAST, MOST
from registry.hookspecs import Fact
from registry.numbers.parsing import BOUNDS


class Qualified(Protocol):
    """A number with its qualifier and the ends of what it says."""

    @property
    def qualifier(self) -> str: ...
    @property
    def lower(self) -> float | None: ...
    @property
    def upper(self) -> float | None: ...


def end_facts(path: str, number: Qualified | None) -> dict[str, Fact]:
    """Facts of a number next to its magnitude: none of an ordinary one."""
    if number is None or number.qualifier == "=":
        return {}
    if number.qualifier not in BOUNDS:
        return {f"{path}{ABOUT}": True}
    return {f"{path}{LEAST}": number.lower, f"{path}{MOST}": number.upper}
