"""Numbers as stored in columns: their estimates, of bounds none."""

from typing import Protocol

from analyses.uncertainty import Estimate
from registry.contract.estimate_encoding import EstimateColumns, estimate_from_columns
from registry.numbers import catalogue
from registry.numbers.parsing import BOUNDS, NotationError, ParsedNumber, parse


class StoredNumber(EstimateColumns, Protocol):
    """The columns of a number in a row of its own."""

    @property
    def quantity(self) -> str: ...
    @property
    def qualifier(self) -> str: ...
    @property
    def written(self) -> str: ...


def stored_estimate(number: StoredNumber) -> Estimate | None:
    """Return the number with its uncertainty, or None if it is missing or only a bound."""
    return None if number.qualifier in BOUNDS else shown_estimate(number)


def shown_estimate(number: StoredNumber) -> Estimate | None:
    """Return the number to show, also if it is a bound: `~5 MPa` and `>5 MPa` have the rounding of their digits."""
    if number.magnitude is None:
        return None
    if number.qualifier == "=":
        return estimate_from_columns(number)
    parsed = parsed_number(number)
    estimate = parsed.digits_estimate() if parsed else None
    return estimate or Estimate.exact(number.magnitude, inferred=number.inferred)


def parsed_number(number: StoredNumber) -> ParsedNumber | None:
    """Return a reported number as parsed; None if it was computed or its quantity is no longer registered."""
    quantity = catalogue.catalogue.get(number.quantity)
    if quantity is None or not number.written:
        return None
    try:
        return parse(number.written, quantity)
    except NotationError:
        return None
