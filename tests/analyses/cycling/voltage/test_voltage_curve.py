"""Known answers: `registry/testing/synthetic/cycling.py`, a voltage linear in the capacity."""

import numpy as np
import pytest

from analyses.cycling.cycles.cycle_summary import cycle_summary
from analyses.cycling.voltage.voltage_curve import cycle_indices, evenly_spaced, half_cycle, voltage_curves
from analyses.insufficient_data import InsufficientData
from registry.testing.synthetic.cycling import cycling_rows
from tests.coded import refuses

ROWS = cycling_rows([0.018, 0.017, 0.016], points=500)
PLAIN = [ROWS[name] for name in ("test_time_second", "voltage_volt", "current_ampere")]
TABLE = cycle_summary(*PLAIN)


def test_a_discharge_lies_on_the_line_it_was_made_from() -> None:
    """4.15 V less 1.2 V over the capacity of the cycle."""
    _, discharge = voltage_curves(*PLAIN, TABLE, 1, most_points=2000)
    assert discharge.voltage_v == pytest.approx(4.15 - 1.2 * discharge.capacity_ah / 0.017)
    assert discharge.capacity_ah[[0, -1]].tolist() == pytest.approx([0, 0.017])


def test_a_charge_lies_on_the_line_it_was_made_from() -> None:
    charge, _ = voltage_curves(*PLAIN, TABLE, 0, most_points=2000)
    assert charge.voltage_v == pytest.approx(3.05 + 1.2 * charge.capacity_ah / (0.018 / 0.99))


def test_thins_points_and_keeps_the_ends() -> None:
    _, discharge = voltage_curves(*PLAIN, TABLE, 0, most_points=100)
    assert discharge.voltage_v.size == 100
    assert discharge.voltage_v[[0, -1]].tolist() == pytest.approx([4.15, 2.95])


def test_a_cycle_without_discharge_has_an_empty_curve() -> None:
    end = int(np.flatnonzero(ROWS["current_ampere"] > 0)[-1]) + 1
    columns = [column[:end] for column in PLAIN]
    _, discharge = voltage_curves(*columns, cycle_summary(*columns), 2, most_points=100)
    assert discharge.capacity_ah.size == 0


def test_names_cycles_by_number_and_the_last() -> None:
    assert cycle_indices(TABLE, " 1, last,3,2, 99") == (0, 2, 1)
    assert cycle_indices(TABLE, "") == ()


def test_refuses_an_invalid_cycle_name() -> None:
    with refuses("invalid-cycle-list", InsufficientData, part="first"):
        cycle_indices(TABLE, "first, 2")


def test_a_half_cycle_has_all_its_rows_without_rests() -> None:
    series = (PLAIN[0], PLAIN[1], PLAIN[2])
    for way, first in ((1, 3.05), (-1, 4.15)):
        half = half_cycle(series, TABLE, 1, way)
        assert half.capacity_ah.size == 500
        assert (half.current_a * way > 0).all()
        assert half.voltage_v[0] == pytest.approx(first)
    assert half_cycle(series, TABLE, 1, -1).capacity_ah[-1] == pytest.approx(0.017)


def test_cycles_in_even_distances_have_both_ends() -> None:
    assert evenly_spaced(12, 5) == (0, 3, 6, 8, 11)
    assert evenly_spaced(1, 5) == (0,)
    assert evenly_spaced(0, 5) == ()
