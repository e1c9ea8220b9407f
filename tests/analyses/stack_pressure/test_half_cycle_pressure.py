import numpy as np
import pytest

from analyses.cycling.cycles.cycle_summary import cycle_summary
from analyses.stack_pressure.half_cycle_pressure import half_cycle_bounds, pressures_of_test
from analyses.stack_pressure.pressure_log import pressure_log
from tests.coded import refuses
from tests.pressure_logs import KnownPressure

KNOWN = KnownPressure(cycles=3, settling_mpa=0.2)
TABLE = cycle_summary(**KNOWN.columns)
CURRENT = KNOWN.columns["current_ampere"]


def pressures(known: KnownPressure = KNOWN, **log: float):
    columns = known.log(**log)
    rows = pressure_log(columns["test_time_second"], columns["stack_pressure_megapascal"])
    return pressures_of_test(rows, known.time_s, CURRENT, TABLE)


def test_half_cycles_begin_and_end_with_the_current() -> None:
    bounds = half_cycle_bounds(KNOWN.time_s, CURRENT, TABLE, 1)
    assert bounds[0] == pytest.approx([0.0, 18000.0])
    assert bounds[1, 0] == pytest.approx(2 * 18000.0 + 2 * 1200.0)


def test_reads_the_pressure_at_both_ends_without_noise() -> None:
    read = pressures(interval_s=30.0)
    for half, sign in ((read.charge, 1), (read.discharge, -1)):
        exact = KNOWN.pressure(half_cycle_bounds(KNOWN.time_s, CURRENT, TABLE, sign))
        assert half.start_mpa == pytest.approx(exact[:, 0], abs=1e-5)
        assert half.end_mpa == pytest.approx(exact[:, 1], abs=1e-5)


def test_the_variance_is_that_of_the_noise_over_the_rows_read() -> None:
    read = pressures(interval_s=30.0, noise_mpa=0.004)
    assert read.noise.standard_deviation == pytest.approx(0.004, rel=0.1)
    # A parabola through n rows has 9/n of the variance of a row at its end; here n is 37.
    assert np.sqrt(read.charge.end_variance) == pytest.approx(0.004 * np.sqrt(9 / 37), rel=0.2)


def test_slopes_are_those_at_the_ends() -> None:
    read = pressures(KnownPressure(cycles=3), interval_s=30.0)
    assert read.charge.end_slope_mpa_s == pytest.approx(0.3 / 18000, rel=1e-3)
    assert read.discharge.start_slope_mpa_s == pytest.approx(-0.3 / 18000, rel=1e-3)


def test_digits_count_as_bounds_only_where_noise_does_not_average_them_out() -> None:
    assert pressures(noise_mpa=0.0005, step_mpa=0.01).step_mpa == pytest.approx(0.005)
    assert pressures(noise_mpa=0.02, step_mpa=0.01).step_mpa == 0.0


def test_half_cycles_outside_the_log_have_no_pressure() -> None:
    read = pressures(after_s=-20000.0)
    assert np.isnan(read.discharge.end_mpa[2])
    assert np.isfinite(read.discharge.end_mpa[:2]).all()


def test_a_log_of_few_rows_is_refused() -> None:
    with refuses("too-few-pressure-rows"):
        pressures(interval_s=3600.0)
