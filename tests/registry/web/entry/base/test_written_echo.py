"""What was understood of a number. Known answers: half a unit of the last digit around it."""

import pytest

from registry.numbers import catalogue
from registry.numbers.compound import MASS
from registry.web.entry.base.written_echo import Echo, echo_number


@pytest.mark.parametrize(
    ("slug", "text", "echo", "state"),
    [
        ("fabrication_pressure_mpa", "360 MPa", "359.5 to 360.5 MPa", ""),
        ("thickness_um", "40 um", "40 µm, 39.5 to 40.5", ""),
        ("thickness_um", "0.65 mm", "650 µm, 645 to 655", ""),
        ("die_diameter_mm", "10 mm (exact)", "10 mm, exact", ""),
        ("die_diameter_mm", "10.000(25) mm", "10 mm, standard uncertainty 0.025", ""),
        ("thickness_um", "", "", ""),
    ],
)
def test_a_number_is_said_in_the_unit_of_its_quantity(slug: str, text: str, echo: str, state: str) -> None:
    assert echo_number(text, catalogue.get(slug)) == Echo(echo, state)


def test_a_bound_and_a_reason_are_said_to_be_such() -> None:
    bound, reason = (echo_number(text, catalogue.get("thickness_um")) for text in ("<50 µm", "not reported"))
    assert bound.text.startswith("<50 µm, ")
    assert reason.text.endswith("not reported")
    assert reason.state == "warn"


@pytest.mark.parametrize("text", ["360", "360 mg", "3,6 MPa", "a\x00b"])
def test_what_cannot_be_read_is_an_error(text: str) -> None:
    echo = echo_number(text, catalogue.get("fabrication_pressure_mpa"))
    assert echo.state == "bad"
    assert echo.text.endswith((".", "?"))


def test_rounding_that_matters_is_a_warning() -> None:
    like = catalogue.get("mass_loading_mg_cm2")
    assert echo_number("10 mg", MASS, like).state == "warn"
    assert echo_number("10.0 mg", MASS, like).state == ""
    assert echo_number("<10 mg", MASS, like).state == ""
