"""Numbers in the unit of their field."""

import pytest
from rest_framework.exceptions import ValidationError

from registry.api.base.fields import MagnitudeInput


@pytest.mark.parametrize("number", [10, 0.5, -3])
def test_an_int_stays_an_int(number: float) -> None:
    value = MagnitudeInput(written="stack_pressure").run_validation(number)
    assert (value, type(value)) == (number, type(number))


@pytest.mark.parametrize("value", ["10", "10 MPa", True, [10], {}])
def test_anything_else_is_rejected_with_the_name_of_the_text_field(value: object) -> None:
    with pytest.raises(ValidationError, match="stack_pressure"):
        MagnitudeInput(written="stack_pressure").run_validation(value)
