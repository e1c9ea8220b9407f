import numpy as np
import pytest

from analyses.cycling.cycles.cycle_summary import cycle_summary
from analyses.stack_pressure.half_cycle_pressure import pressures_of_test
from analyses.stack_pressure.pressure_changes import (
    CycleChange,
    cycle_changes,
    mean_change,
    mean_reversible_change,
    reversible_change,
)
from analyses.stack_pressure.pressure_log import pressure_log
from analyses.uncertainty import Estimate
from tests.pressure_logs import KnownPressure

CYCLE = np.arange(1.0, 7.0)


def changes(known: KnownPressure, clock_s: float = 0.0, **log: float) -> list[CycleChange]:
    columns, table = known.log(interval_s=30.0, **log), cycle_summary(**known.columns)
    rows = pressure_log(columns["test_time_second"], columns["stack_pressure_megapascal"])
    read = pressures_of_test(rows, known.time_s, known.columns["current_ampere"], table)
    return cycle_changes(read, table.discharge_first, clock_s)


def test_a_swing_without_drift_is_reversible_alone() -> None:
    for change in changes(KnownPressure(reversible_mpa=0.4)):
        assert change.reversible_mpa is not None
        assert change.irreversible_mpa is not None
        assert change.reversible_mpa.magnitude == pytest.approx(0.4, abs=1e-6)
        assert change.irreversible_mpa.magnitude == pytest.approx(0.0, abs=1e-6)


def test_growth_is_irreversible_and_in_the_bounds_of_the_reversible_change() -> None:
    change = changes(KnownPressure(reversible_mpa=0.4, growth_mpa=0.06))[2]
    assert change.irreversible_mpa is not None
    assert change.reversible_mpa is not None
    assert change.irreversible_mpa.magnitude == pytest.approx(0.06, abs=1e-6)
    assert change.reversible_mpa.magnitude == pytest.approx(0.4, abs=1e-6)
    assert (change.reversible_mpa.lower, change.reversible_mpa.upper) == pytest.approx((0.37, 0.43), abs=1e-6)


def test_settling_without_a_swing_is_no_reversible_change() -> None:
    change = changes(KnownPressure(reversible_mpa=0.0, settling_mpa=1.0))[0]
    assert change.reversible_mpa is not None
    low, high = change.reversible_mpa.interval()
    assert low < 0 < high


def test_an_uncertain_clock_counts_by_the_slopes_at_both_ends() -> None:
    """0.3 MPa within 18000 s: the slopes at both ends of a straight charge are equal and cancel."""
    straight = changes(KnownPressure(), clock_s=600.0)[1]
    assert straight.charge_mpa is not None
    assert straight.charge_mpa.standard_uncertainty < 1e-6
    assert straight.irreversible_mpa is not None
    assert straight.irreversible_mpa.standard_uncertainty == pytest.approx(2 * 0.3 / 18000 * 600, rel=1e-3)


def test_bounds_of_a_reversible_change_hold_both_half_cycles() -> None:
    swing = reversible_change(Estimate.measured(0.30, 0.003), Estimate.measured(-0.26, 0.004))
    assert swing.magnitude == pytest.approx(0.28)
    assert (swing.lower, swing.upper) == pytest.approx((0.26, 0.30))
    assert swing.standard_uncertainty == pytest.approx(0.0025)


def test_the_mean_of_few_cycles_has_their_own_uncertainties() -> None:
    mean = mean_change(CYCLE[:2], [Estimate.measured(0.2, 0.01), Estimate.measured(0.4, 0.01)])
    assert mean.mpa.magnitude == pytest.approx(0.3)
    assert mean.mpa.standard_uncertainty == pytest.approx(0.01 / np.sqrt(2))


def test_the_mean_of_many_cycles_has_their_scatter() -> None:
    values = 0.3 + 0.02 * np.array([1, -1, -1, 1, 1, -1])
    mean = mean_change(CYCLE, [Estimate.measured(value, 1e-6) for value in values.tolist()])
    assert mean.mpa.magnitude == pytest.approx(0.3)
    assert mean.mpa.standard_uncertainty > 0.005


def test_the_mean_reversible_change_is_bounded_by_the_mean_drift() -> None:
    charges = [Estimate.exact(0.32)] * 6
    discharges = [Estimate.exact(-0.28)] * 6
    mean = mean_reversible_change(CYCLE, charges, discharges).mpa
    assert (mean.magnitude, mean.lower, mean.upper) == pytest.approx((0.30, 0.28, 0.32))
