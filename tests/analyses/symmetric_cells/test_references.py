import numpy as np
import pytest

from analyses.symmetric_cells.conditions import half_conditions
from analyses.symmetric_cells.overpotential import half_cycle_runs
from analyses.symmetric_cells.references import LARGEST_ACTIVATION_EV, OTHER_CURRENT, OTHER_DIRECTION, References
from registry.testing.synthetic.symmetric_program import SymmetricCell, half_cycles, program_rows

NAMES = ("test_time_second", "voltage_volt", "current_ampere")
SECONDS = np.arange(60) * 60.0


def references_of(steps, cell=None, celsius=None) -> References:
    """All half-cycles but the last of a made test."""
    rows = program_rows(steps, cell, celsius=celsius)
    time, voltage, current = (rows[name] for name in NAMES)
    runs = half_cycle_runs(time, voltage, current)
    references = References(half_conditions(time, current, rows.get("temperature_t1_celsius"), runs))
    for index in range(runs.sign.size - 1):
        part = slice(runs.first_row[index], runs.last_row[index] + 1)
        references.add(index, time[part] - time[part][0], np.abs(voltage[part] / current[part]), 0.0)
    return references


def test_the_median_of_half_cycles_at_the_same_current_follows_their_shape() -> None:
    reference = references_of(half_cycles(1e-3, pairs=6), SymmetricCell(transient=1.0)).of(11, SECONDS)
    assert reference is not None
    assert reference.is_alike
    assert reference.low[0] == pytest.approx(90, rel=0.05)
    assert reference.low[-1] == pytest.approx(50, rel=0.01)
    assert reference.low == pytest.approx(reference.high)


def test_the_first_half_cycle_has_none() -> None:
    assert references_of([(1e-3, 1.0)]).of(0, SECONDS) is None


def test_the_other_direction_is_a_wide_one() -> None:
    reference = references_of([(1e-3, 1.0), (-1e-3, 1.0)]).of(1, SECONDS)
    assert reference is not None
    assert (reference.low[0], reference.high[0]) == pytest.approx((50 * OTHER_DIRECTION, 50 / OTHER_DIRECTION))
    assert not reference.is_own


def test_at_a_higher_current_the_resistance_may_fall_as_it_did_before() -> None:
    ohmic = references_of([(1e-3, 1.0), (-1e-3, 1.0), (2e-3, 1.0), (-2e-3, 1.0), (4e-3, 1.0)]).of(4, SECONDS)
    first = references_of([(1e-3, 1.0), (-1e-3, 1.0), (2e-3, 1.0)]).of(2, SECONDS)
    assert ohmic is not None
    assert first is not None
    assert ohmic.low[0] == pytest.approx(50 * OTHER_CURRENT * 2**-0.15)
    assert first.low[0] == pytest.approx(50 * OTHER_CURRENT / 2)


def test_at_a_lower_current_it_is_not_below_what_it_ever_was() -> None:
    steps = [(2e-3, 1.0), (-2e-3, 1.0), (1e-3, 1.0)]
    reference = references_of(steps).of(2, SECONDS)
    assert reference is not None
    assert reference.low[0] == pytest.approx(50 * OTHER_CURRENT)


def test_a_rise_of_the_temperature_explains_a_fall() -> None:
    steps = half_cycles(1e-3, pairs=4)
    reference = references_of(steps, celsius=lambda hours: np.where(hours < 7, 25.0, 60.0)).of(7, SECONDS)
    assert reference is not None
    factor = np.exp(LARGEST_ACTIVATION_EV / 8.617333262e-5 * (1 / 333.15 - 1 / 298.15))
    assert reference.low[-1] == pytest.approx(50 * factor)
    assert reference.high[-1] == pytest.approx(50)


def test_a_half_cycle_hidden_by_noise_is_none() -> None:
    references = references_of([(1e-3, 1.0)])
    references.add(0, SECONDS, np.full(60, 50.0), noise_ohm=500.0)
    assert references.of(0, SECONDS) is None
