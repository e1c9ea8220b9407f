"""A cell of a table as a number, or the error that says why it is none."""

import math
import re

from analyses.coded_text import CodedError

LONGEST_QUOTE = 40
NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
NOT_NUMBERS = {"nan", "inf", "infinity", "na", "n/a", "null", "none"}


class CellError(CodedError, ValueError):
    """A cell is not a number; the text says why."""


def grouped_error(cell: str) -> CellError:
    """Return the error for a number with a mark between thousands that could be a decimal mark."""
    return CellError(
        "separator-of-thousands",
        "‘{cell}’ has a thousands separator, as the numbers below 1000 next to it have none: write numbers without it",
        cell=cell[:LONGEST_QUOTE],
    )


def number(cell: str, decimal: str) -> float:
    """Return the number a cell holds, or raise `CellError`."""
    cell = cell.replace("−", "-")
    mixed = decimal == "," and "." in cell
    plain = cell.replace(",", ".") if decimal == "," else cell
    if not mixed and NUMBER.fullmatch(plain) and math.isfinite(float(plain)):
        return float(plain)
    if not cell:
        raise CellError("empty-cell", "the cell is empty: fill it, or remove the row")
    if cell.casefold().strip("+-") in NOT_NUMBERS:
        raise CellError("not-finite", "‘{cell}’ is not a finite number: correct it, or remove the row", cell=cell)
    if {",", "."} <= set(cell) and NUMBER.fullmatch(cell.replace(".", "").replace(",", "")):
        raise CellError(
            "separator-of-thousands",
            "‘{cell}’ has ‘.’ and ‘,’: write numbers without a thousands separator",
            cell=cell[:LONGEST_QUOTE],
        )
    if {",", "."} & set(cell) - {decimal} and decimal:
        raise CellError(
            "other-decimal-mark",
            "‘{cell}’ is not a number; other numbers are written with ‘{decimal}’; write 0.0125 or 1.25e-2",
            cell=cell[:LONGEST_QUOTE],
            decimal=decimal,
        )
    raise CellError("not-a-number", "‘{cell}’ is not a number: write 0.0125 or 1.25e-2", cell=cell[:LONGEST_QUOTE])
