"""Stepped-current tests that go on otherwise, or are stopped within a step; the answers are known from their making."""

import pytest

from registry.testing.synthetic.symmetric_program import Fault, SymmetricCell, half_cycles, program_rows
from tests.coded import message_of
from tests.plugins.test_symmetric_cases import CELL, STEPS, analyse, holds, value


@pytest.mark.parametrize("returns", [False, True])
def test_a_short_in_cycling_after_the_steps_is_not_that_of_a_step(returns: bool) -> None:
    """Steps up to 1.6 mA/cm² without a short circuit, then 0.4 mA/cm² until one 14 h later: more than 1.6 mA/cm²."""
    steps: list[tuple[float, float]] = []
    for current in STEPS[:4]:
        steps += half_cycles(current, 1.0, 1) + (half_cycles(STEPS[0], 1.0, 1) if returns else [])
    at_h = sum(hours for _, hours in steps) + 14.3
    cell = SymmetricCell(faults=(Fault(at_h, factor=0.03),), **CELL)
    outcome = analyse(program_rows(steps + half_cycles(STEPS[0], 1.0, 20), cell))
    assert holds(value(outcome, "hours_to_short_circuit_h"), at_h, 0.05)
    message_of(outcome.not_computed, "above-highest-current", bound_ma_cm2=1.6)
    assert value(outcome, "current_density_without_short_ma_cm2").magnitude == pytest.approx(1.6, rel=1e-3)
    assert value(outcome, "ramp_return_cycles").magnitude == (1.0 if returns else 0.0)


@pytest.mark.parametrize("stop_h", [4.2, 4.9, 5.3, 5.85])
def test_steps_of_a_test_that_was_stopped_within_one_are_those_that_were_complete(stop_h: float) -> None:
    """One cycle of two half-cycles of 1 h at 0.4, 0.8, ... mA/cm²; the third is not complete."""
    steps = [step for current in STEPS for step in half_cycles(current, 1.0, 1)]
    outcome = analyse(program_rows(steps, SymmetricCell(**CELL), stop_h=stop_h))
    for quantity, truth in {
        "current_density_without_short_ma_cm2": 0.8,
        "ramp_half_cycle_h": 1.0,
        "ramp_cycles_per_step": 1.0,
        "cycles_before_ramp": 0.0,
        "areal_capacity_at_limit_mah_cm2": 0.8,
    }.items():
        assert value(outcome, quantity).magnitude == pytest.approx(truth, rel=0.01), quantity
        assert holds(value(outcome, quantity), truth, 1e-3)
