import numpy as np
import pytest

from analyses.stack_pressure.clock_shift import ShiftScan, found_shift, scan_shifts
from tests.coded import refuses
from tests.pressure_logs import KnownPressure, layered, linear

SHIFT_S = 12345.0
HALF_CYCLE_S = 18000.0


def scan_of(known: KnownPressure, **log: float) -> ShiftScan:
    columns = known.log(shift_s=SHIFT_S, **log)
    return scan_shifts(
        columns["test_time_second"],
        columns["stack_pressure_megapascal"],
        known.time_s,
        known.columns["current_ampere"],
        HALF_CYCLE_S,
    )


@pytest.mark.parametrize("shape", [linear, layered], ids=["linear", "layered"])
@pytest.mark.parametrize("settling_mpa", [0.0, 0.5])
def test_finds_the_shift_of_a_known_log(shape, settling_mpa: float) -> None:
    known = KnownPressure(cycles=4, shape=shape, settling_mpa=settling_mpa)
    shift = found_shift(scan_of(known, noise_mpa=0.002))
    low, high = shift.interval()
    assert low <= SHIFT_S <= high
    assert shift.standard_uncertainty < 60.0


def test_a_cell_that_shrinks_on_charge_has_the_same_shift() -> None:
    shift = found_shift(scan_of(KnownPressure(cycles=4, reversible_mpa=-0.3), noise_mpa=0.002))
    assert shift.magnitude == pytest.approx(SHIFT_S, abs=60)


def test_a_log_from_within_even_cycling_is_ambiguous_by_whole_cycles() -> None:
    known = KnownPressure(cycles=12, rests=0)
    with refuses("clock-shift-ambiguous"):
        found_shift(scan_of(known, before_s=-4 * HALF_CYCLE_S, after_s=-16 * HALF_CYCLE_S, noise_mpa=0.002))


def test_a_pressure_of_noise_alone_determines_no_shift() -> None:
    scan = scan_of(KnownPressure(cycles=4, reversible_mpa=0.0), noise_mpa=0.01)
    assert not scan.is_decisive
    with refuses("clock-shift-not-determined"):
        found_shift(scan)


def test_a_test_without_current_is_refused() -> None:
    known = KnownPressure(cycles=2)
    log = known.log(noise_mpa=0.001)
    with refuses("no-charge-passed"):
        scan_shifts(
            log["test_time_second"],
            log["stack_pressure_megapascal"],
            known.time_s,
            np.zeros_like(known.time_s),
            HALF_CYCLE_S,
        )


def test_the_misfit_is_that_of_the_nearest_shifts() -> None:
    scan = scan_of(KnownPressure(cycles=4), noise_mpa=0.002)
    assert scan.misfit.min() == pytest.approx(1.0)
    assert scan.misfit_at(SHIFT_S) < scan.limit < scan.misfit_at(SHIFT_S + HALF_CYCLE_S)
    assert np.isinf(scan.misfit_at(1e9))
