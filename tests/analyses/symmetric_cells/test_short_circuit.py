from dataclasses import replace

import pytest

from analyses.symmetric_cells.events import find_events
from analyses.symmetric_cells.overpotential import half_cycle_runs
from analyses.symmetric_cells.short_circuit import ShortCircuit
from registry.testing.synthetic.symmetric_program import Fault, SymmetricCell, half_cycles, program_rows


def short_of(*faults: Fault) -> ShortCircuit:
    cell = SymmetricCell(faults=faults, noise_v=2e-4, offset_v=5e-4)
    rows = program_rows(half_cycles(1e-3, pairs=10), cell)
    columns = [rows[name] for name in ("test_time_second", "voltage_volt", "current_ampere")]
    (short,) = find_events(*columns, half_cycle_runs(*columns)).short_circuits
    return short


@pytest.mark.parametrize("factor", [0.02, 0.15, 0.3, 0.6])
def test_depth_and_extent(factor: float) -> None:
    short = short_of(Fault(9.5, factor=factor))
    assert short.depth == pytest.approx(1 - factor, abs=0.02)
    assert short.is_full == (factor <= 0.2)
    assert short.is_sudden
    assert short.end_s is None


def test_a_healed_one_has_an_end() -> None:
    short = short_of(Fault(9.5, 11.25, 0.3))
    assert short.end_s == pytest.approx(11.25 * 3600, abs=60)
    assert (short.earliest_s, short.latest_s) == (9.5 * 3600 - 180, 9.5 * 3600 + 120)


def test_one_that_creeps_begins_where_the_resistance_begins_to_fall() -> None:
    short = short_of(Fault(9.0, factor=0.05, over_h=6.0))
    assert not short.is_sudden
    assert short.earliest_s <= 9 * 3600 <= short.latest_s
    assert short.is_full


def test_one_that_goes_on_creeping_after_a_step_is_no_sudden_one() -> None:
    assert not short_of(Fault(9.0, factor=0.6), Fault(9.0, factor=0.1, over_h=6.0)).is_sudden


def test_two_levels_have_the_deeper_one() -> None:
    assert short_of(Fault(9.0, factor=0.5), Fault(12.0, factor=0.2)).depth == pytest.approx(0.9, abs=0.02)


def test_the_depth_is_as_uncertain_as_noise_and_scatter_make_it() -> None:
    """0.2 mV of noise and 50 Ω at 1 mA: 0.4 % a row, of which a median of 30 has a quarter."""
    short = short_of(Fault(9.5, factor=0.3))
    assert 2e-4 < short.depth_uncertainty < 4e-3
    assert abs(short.depth - 0.7) < 4 * short.depth_uncertainty
    louder = replace(short, error_before_ohm=3.0, error_after_ohm=4.0)
    before, after = louder.resistance_before_ohm, louder.resistance_after_ohm
    assert louder.depth_uncertainty == pytest.approx(((4.0 / before) ** 2 + (3.0 * after / before**2) ** 2) ** 0.5)


def test_the_scatter_of_half_cycles_is_that_about_their_neighbours() -> None:
    cell = SymmetricCell(faults=(Fault(9.5, factor=0.3),), scatter=0.01, growth_percent_h=2.0)
    rows = program_rows(half_cycles(1e-3, pairs=10), cell)
    columns = [rows[name] for name in ("test_time_second", "voltage_volt", "current_ampere")]
    (short,) = find_events(*columns, half_cycle_runs(*columns)).short_circuits
    assert 0.2 < short.error_before_ohm < 1.5
    assert short.error_after_ohm == pytest.approx(0.3 * short.error_before_ohm, rel=0.1)
