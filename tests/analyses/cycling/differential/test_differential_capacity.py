import numpy as np
import pytest

from analyses.cycling.differential import differential_capacity as module
from analyses.cycling.differential.differential_capacity import (
    differential_capacity,
    in_batches,
    kernel_noise_mah_per_v,
)
from analyses.cycling.voltage.half_cycle_rows import HalfCycleRows, without_steps
from tests.coded import refuses
from tests.half_cycles import KnownCurve, relative_error

KNOWN = KnownCurve()


@pytest.mark.parametrize("falls", [False, True])
def test_a_known_curve_comes_back(falls: bool) -> None:
    curve = differential_capacity(KNOWN.rows(1500, falls=falls), 0.008)
    assert relative_error(curve, KNOWN) < 0.002
    assert np.nansum(curve.mah_per_v) * curve.step_v == pytest.approx(KNOWN.total_mah, rel=2e-3)


@pytest.mark.parametrize(("noise_v", "step_v", "largest"), [(2e-4, 0.0, 0.015), (1e-3, 0.0, 0.05), (2e-4, 1e-3, 0.025)])
def test_noise_and_digits_of_the_voltage_cost_little(noise_v: float, step_v: float, largest: float) -> None:
    rows = KNOWN.rows(600, 20, noise_v=noise_v, step_v=step_v)
    assert relative_error(differential_capacity(rows, 0.010), KNOWN) < largest


def test_a_coarse_charge_column_costs_little_once_spread() -> None:
    rows = KNOWN.rows(1500, step_v=1e-3)
    charge = np.round(rows.charge_mah, 2)
    coarse = HalfCycleRows(rows.voltage_v, charge, rows.first)
    spread = HalfCycleRows(rows.voltage_v, without_steps(charge, rows.first), rows.first)
    errors = [relative_error(differential_capacity(each, 0.010), KNOWN) for each in (coarse, spread)]
    assert errors[1] < 0.03
    assert errors[1] < errors[0]


def test_unequal_sampling_and_a_voltage_that_comes_again_do_not_matter() -> None:
    """Rows twice as dense in one half, and a fall of the voltage by 30 mV without charge, as in a rest."""
    even = KNOWN.rows(1200)
    kept = np.concatenate((np.arange(600), np.arange(600, 1200, 2)))
    voltage, charge = even.voltage_v[kept], even.charge_mah[kept]
    voltage = np.insert(voltage, 400, voltage[399] - 0.03)
    charge = np.insert(charge, 400, charge[399])
    assert relative_error(differential_capacity(HalfCycleRows(voltage, charge, np.array([0])), 0.01), KNOWN) < 0.01


def test_a_batch_has_the_curves_of_its_half_cycles(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = KNOWN.rows(600, 7, noise_v=2e-4)
    together = differential_capacity(rows, 0.01)
    monkeypatch.setattr(module, "MOST_CELLS", 2 * together.voltage_v.size)
    batches = list(in_batches(rows, 0.01))
    assert [chosen.size for chosen, _ in batches] == [2, 2, 2, 1]
    curves = np.concatenate([batch.mah_per_v for _, batch in batches])
    assert np.array_equal(np.isnan(curves), np.isnan(together.mah_per_v))
    assert np.nan_to_num(curves) == pytest.approx(np.nan_to_num(together.mah_per_v), abs=1e-9)


def test_the_noise_is_the_stated_one() -> None:
    rows = KNOWN.rows(3000, 200, noise_v=5e-4)
    curve = differential_capacity(rows, 0.010)
    column = int(np.argmin(np.abs(curve.voltage_v - 3.72)))
    spacing = KNOWN.total_mah / 2999
    expected = kernel_noise_mah_per_v(5e-4, spacing, KNOWN.mah_per_v(curve.voltage_v[[column]]), 0.010)[0]
    assert np.std(curve.mah_per_v[:, column]) == pytest.approx(expected, rel=0.15)


def test_refuses_half_cycles_narrower_than_four_widths_and_leaves_them_out_of_others() -> None:
    narrow = HalfCycleRows(np.linspace(3.0, 3.03, 50), np.linspace(0, 1, 50), np.array([0]))
    with refuses("voltage-range-too-narrow", width_mv=10.0):
        differential_capacity(narrow, 0.010)
    wide = KNOWN.rows(100)
    voltage = np.concatenate((wide.voltage_v, narrow.voltage_v))
    both = HalfCycleRows(voltage, np.concatenate((wide.charge_mah, narrow.charge_mah)), np.array([0, 100]))
    known = np.isfinite(differential_capacity(both, 0.010).mah_per_v).any(axis=1)
    assert known.tolist() == [True, False]


def test_refuses_voltages_that_span_too_much() -> None:
    rows = KNOWN.rows(100)
    wrong = HalfCycleRows(np.append(rows.voltage_v, 5000.0), np.append(rows.charge_mah, 3.0), rows.first)
    with refuses("voltage-range-too-wide", high_v=5000.0):
        differential_capacity(wrong, 0.010)
