"""Stepped-current tests: the critical current density, known from how each was made."""

import numpy as np
import pytest

from registry.testing.synthetic.symmetric_program import Fault, SymmetricCell, half_cycles, program_rows
from tests.coded import message_of
from tests.symmetric_tests import CELL, CRITICAL, STEPS, analyse, critical_reason, holds, shorts_of, value


@pytest.mark.parametrize("cycles", [1, 3])
@pytest.mark.parametrize("returns", [False, True])
@pytest.mark.parametrize("kinetic_a", [np.inf, 2e-4])
@pytest.mark.parametrize("level", [1, 4, 8])
def test_the_critical_current_of_a_stepped_test(level: int, kinetic_a: float, returns: bool, cycles: int) -> None:
    """The short is in the first half-cycle of a step; the current continues rising after it."""
    steps: list[tuple[float, float]] = []
    begins = []
    for current in STEPS:
        begins.append(sum(hours for _, hours in steps))
        steps += half_cycles(current, 1.0, cycles) + (half_cycles(STEPS[0], 1.0, 1) if returns else [])
    cell = SymmetricCell(faults=(Fault(begins[level] + 0.4, factor=0.03),), kinetic_a=kinetic_a, **CELL)
    outcome = analyse(program_rows(steps, cell))
    critical = value(outcome, CRITICAL)
    assert (critical.magnitude, critical.upper) == pytest.approx((0.4 * level, 0.4 * (level + 1)), rel=1e-3)
    protocol = message_of(outcome.messages, "critical-current-protocol").parameters
    assert protocol["cycles"] == (1.5 if returns and cycles == 1 else cycles) or protocol["cycles"] == cycles
    assert bool(protocol["returns"]) == returns


def test_a_stepped_test_without_a_short_gives_a_bound() -> None:
    steps = [step for current in STEPS for step in half_cycles(current, 1.0, 2)]
    outcome = analyse(program_rows(steps, SymmetricCell(**CELL)))
    assert critical_reason(outcome) == "above-highest-current"
    reason = message_of(outcome.not_computed, "above-highest-current", qualifier=">")
    assert reason.parameters["bound_ma_cm2"] == pytest.approx(4.0, rel=1e-3)
    assert value(outcome, "current_density_without_short_ma_cm2").magnitude == pytest.approx(4.0, rel=1e-3)


@pytest.mark.parametrize(
    "currents",
    [
        [0.1e-3] * 2 + [0.2e-3] * 2 + [1e-3] * 20,
        [0.1e-3] * 3 + [0.5e-3] * 30,
        [0.1e-3] * 2 + [0.2e-3] * 2 + [0.4e-3] * 20,
        [1e-3] * 30,
        [0.5e-3] * 3 + [0.2e-3] * 3 + [1e-3] * 3 + [0.3e-3] * 3,
    ],
    ids=["two of formation", "one of formation", "even formation", "one current", "up and down"],
)
@pytest.mark.parametrize("shorted", [True, False])
def test_other_programs_give_no_critical_current(currents: list[float], shorted: bool) -> None:
    steps = [step for current in currents for step in half_cycles(current, 0.5, 1)]
    faults = (Fault(0.8 * len(currents), factor=0.05),) if shorted else ()
    outcome = analyse(program_rows(steps, SymmetricCell(faults=faults, **CELL)))
    assert shorts_of(outcome) == int(shorted)
    assert critical_reason(outcome) in {"current-not-stepped", "current-steps-uneven", "current-held"}


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
