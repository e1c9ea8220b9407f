"""Per-cycle numbers by quantity: cycles without a half have none of it."""

import numpy as np
import pytest

from analyses.cycling.cycles.cycle_series import cycle_series
from registry.contract.analysis_support.cycling.per_cycle import cycle_table, efficiency_columns, retention_columns
from registry.contract.cycle_table import MAX_CYCLE_NUMBER, MAX_NUMBERS
from registry.testing.synthetic.cycling import cycling_rows
from tests.plugins.test_cycling_summary import CAPACITY, run_on
from tests.registry.contract.analysis_support.cycling.test_cycling_reading import per_cycle, table_of

NUMBERS = np.array([1.0, 2.0])


def test_a_half_that_a_cycle_lacks_is_absent() -> None:
    """The fifth cycle has no charge, the sixth no discharge."""
    charge, discharge = CAPACITY / 0.99, CAPACITY.copy()
    charge[4], discharge[5] = 0.0, 0.0
    cycles = run_on(per_cycle(cycle_charging_capacity_ah=charge, cycle_discharging_capacity_ah=discharge)).cycles
    assert cycles is not None
    assert list(cycles.cycles) == list(range(1, 13))
    absent = {slug: np.flatnonzero(np.isnan(numbers)).tolist() for slug, numbers in cycles.columns.items()}
    assert absent == {
        "discharge_capacity_mah": [5],
        "specific_capacity_mah_g": [5],
        "areal_capacity_mah_cm2": [5],
        "charge_capacity_mah": [4],
        "specific_charge_capacity_mah_g": [4],
        "areal_charge_capacity_mah_cm2": [4],
        "coulombic_efficiency_percent": [4, 5],
    }


def test_rows_give_energies_voltages_and_durations_too() -> None:
    cycles = run_on(cycling_rows(CAPACITY)).cycles
    assert cycles is not None
    assert cycles.columns["discharge_energy_mwh"] == pytest.approx(CAPACITY * 3550, rel=1e-3)
    assert cycles.columns["cycle_duration_h"][0] == pytest.approx(18 / 0.99 + 18, rel=0.05)
    below_zero = cycling_rows(CAPACITY)
    below_zero["voltage_volt"] = below_zero["voltage_volt"] - 4.0
    assert np.isnan(efficiency_columns(table_of(below_zero))["energy_efficiency_percent"]).all()


def test_an_anomaly_has_no_retention() -> None:
    capacity = 18 - 0.01 * np.arange(12)
    capacity[6] = 9.0
    columns = retention_columns(cycle_series(np.arange(1.0, 13), capacity, window=5), 1)
    assert np.flatnonzero(np.isnan(columns["capacity_retention_percent"])).tolist() == [6]


@pytest.mark.parametrize("cycle", [[1.0, MAX_CYCLE_NUMBER + 1.0], [1.0, MAX_NUMBERS + 1.0], [1e50, 2e50]])
def test_cycles_too_far_apart_are_not_stored_and_a_message_says_so(cycle: list[float]) -> None:
    table, messages = cycle_table(np.array(cycle), {"voltage_v": NUMBERS})
    assert table is None
    assert [(message.code, message.level) for message in messages] == [("cycles-too-far-apart", "warning")]


def test_a_table_within_the_limits_has_no_message() -> None:
    table, messages = cycle_table(np.array([1.0, 5.0]), {"voltage_v": NUMBERS})
    assert table is not None
    assert (list(table.cycles), messages) == ([1, 5], ())
