"""Violations of the contract in what a plugin returns, and the checks of types and texts that find them."""

from typing import Any

LARGEST = 1e300
"""Beyond this, sums and squares of numbers are no longer finite."""


class ContractViolation(ValueError):  # noqa: N818 - clear without the suffix
    """An outcome violates the contract; the text says how to correct the plugin."""


def check_text(text: Any, where: str, longest: float, *, may_be_empty: bool = False) -> None:
    """Raise ContractViolation unless this is text of storable length."""
    if not isinstance(text, str):
        raise ContractViolation(f"{where} is a {type(text).__name__}: use text")
    if not text.strip() and not may_be_empty:
        raise ContractViolation(f"{where} is empty: write a few words")
    if len(text) > longest:
        raise ContractViolation(f"{where} has {len(text):,} characters: at most {longest:,} can be stored")


def expect(item: Any, kind: type | tuple[type, ...], where: str) -> None:
    """Raise ContractViolation unless this is of the kind, or one of them."""
    if not isinstance(item, kind):
        names = " or ".join(accepted.__name__ for accepted in (kind if isinstance(kind, tuple) else (kind,)))
        raise ContractViolation(f"{where} a {type(item).__name__}: the contract requires {names}")
