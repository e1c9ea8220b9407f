import pytest

from analyses.coded_text import Remark
from analyses.symmetric_cells.critical_current import Protocol, Step
from analyses.uncertainty import Estimate
from registry.contract.analysis_support.symmetric_cells.current_ramp import (
    AT_LIMIT,
    BEFORE,
    CAPACITY,
    CYCLES,
    HALF_CYCLE,
    INCREMENT,
    RAMP_OUTPUTS,
    RETURNS,
    protocol_message,
    ramp_quantities,
    ramp_results,
)

STEPS = tuple(Step(1e-3 * level, 2 * level - 2, 2, 0.5, 0.5e-3 * level, 1e-6) for level in range(1, 6))
AREA = Estimate.measured(0.5, 0.005)


def test_a_protocol_of_even_times_is_numbers_per_area() -> None:
    """Steps of 1 mA on 0.5 cm², half-cycles of 0.5 h: 2 mA/cm², and 3 mAh/cm² at 3 mA."""
    numbers = {result.quantity: result.estimate for result in ramp_results(Protocol(STEPS, ()), 3e-3, AREA)}
    expected = {HALF_CYCLE: 0.5, INCREMENT: 2.0, CYCLES: 1.0, BEFORE: 0.0, RETURNS: 0.0, AT_LIMIT: 3.0}
    assert {slug: number.magnitude for slug, number in numbers.items()} == pytest.approx(expected)
    assert numbers[AT_LIMIT].standard_uncertainty == pytest.approx(0.03, rel=1e-3)


def test_a_protocol_of_even_charges_states_them_in_place_of_the_time() -> None:
    steps = tuple(Step(1e-3 * level, 2 * level - 2, 2, 1 / level, 1e-3, 1e-6) for level in range(1, 6))
    numbers = {result.quantity: result.estimate for result in ramp_results(Protocol(steps, ()), 3e-3, AREA)}
    assert numbers[CAPACITY].magnitude == pytest.approx(2.0)
    assert HALF_CYCLE not in numbers


def test_a_test_without_a_ramp_has_none() -> None:
    assert ramp_results(Remark("current-not-stepped"), 3e-3, AREA) == ()


def test_every_number_of_the_protocol_is_a_quantity() -> None:
    assert {quantity.slug for quantity in ramp_quantities()} == set(RAMP_OUTPUTS)


def test_the_message_states_returns_to_a_low_current() -> None:
    message = protocol_message(Protocol(STEPS, (Step(0.5e-3, 4, 2, 0.5, 0.25e-3),)), 0.5)
    assert message.parameters["return_ma_cm2"] == pytest.approx(1.0)
    assert message.parameters["levels"] == pytest.approx([2, 4, 6, 8, 10])
