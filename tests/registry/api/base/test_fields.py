"""Links and bare numbers."""

import pytest
from rest_framework.exceptions import ValidationError

from registry.api.base.fields import MagnitudeInput


@pytest.mark.parametrize("number", [10, 0.5, -3])
def test_takes_a_bare_number_as_it_is(number: float) -> None:
    taken = MagnitudeInput(written="stack_pressure").run_validation(number)
    assert (taken, type(taken)) == (number, type(number))


@pytest.mark.parametrize("given", ["10", "10 MPa", True, [10], {}])
def test_sends_anything_else_to_the_field_for_text(given: object) -> None:
    with pytest.raises(ValidationError, match="stack_pressure"):
        MagnitudeInput(written="stack_pressure").run_validation(given)
