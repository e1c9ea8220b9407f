"""Known answers: an open-circuit voltage, an ohmic resistance and a diffusion that follows the root of time."""

from collections.abc import Callable

import numpy as np
import pytest

from analyses.cycling.cycles.cycle_summary import CycleSummary, cycle_summary
from analyses.cycling.voltage.current_steps import TimeSeries, current_step, time_series
from analyses.insufficient_data import InsufficientData
from analyses.uncertainty import Estimate
from tests.coded import refuses

OHM, AMPERE, HOUR = 80.0, 1e-3, 3600.0
Response = Callable[[np.ndarray], np.ndarray]


def purely_ohmic(time: np.ndarray) -> np.ndarray:
    return np.full(time.shape, OHM)


def diffusive(time: np.ndarray) -> np.ndarray:
    return OHM + 2.0 * np.sqrt(time)


def cell(
    response: Response = purely_ohmic,
    *,
    interval: float = 10.0,
    first: float = 0.0,
    rest: float = 600.0,
    discharge: float = 1.0,
    noise: float = 0.0,
    slope: float = 0.0,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Charge, rest, discharge and rest; the rows of each begin `first` seconds after the current stepped."""
    parts, start = [], 0.0
    currents, lengths = np.array([AMPERE, 0.0, -discharge * AMPERE, 0.0]), [HOUR, rest, HOUR, rest]
    starts = np.concatenate(([0.0], np.cumsum(lengths)[:-1]))
    changes = np.diff(currents, prepend=0.0)
    for step, length in enumerate(lengths):
        time = np.arange(first, length + 1e-9, interval) if length else np.empty(0)
        level = (time / HOUR, np.ones_like(time), 1 - time / HOUR, np.zeros_like(time))[step]
        voltage = 3.5 + slope * level
        for before in range(step + 1):
            voltage = voltage + changes[before] * response(start + time - starts[before])
        parts.append(np.array([start + time, voltage, np.full(time.size, currents[step])]))
        start += length
    time, voltage, current = np.concatenate(parts, axis=1)
    return time, voltage + noise * np.random.default_rng(3).normal(size=voltage.size), current


def series_of(rows: tuple[np.ndarray, np.ndarray, np.ndarray]) -> tuple[TimeSeries, CycleSummary]:
    table = cycle_summary(*rows)
    return time_series(*rows, table), table


def resistance(rows: tuple[np.ndarray, np.ndarray, np.ndarray], way: int = -1, *, is_start: bool = True) -> Estimate:
    series, table = series_of(rows)
    return current_step(series, series.step_row(table, 0, way, is_start=is_start)).resistance_ohm


@pytest.mark.parametrize(("way", "is_start"), [(-1, True), (-1, False), (1, False)])
def test_an_ohmic_cell_has_its_resistance_at_every_step(way: int, is_start: bool) -> None:
    estimate = resistance(cell(), way, is_start=is_start)
    assert estimate.magnitude == pytest.approx(OHM)
    assert estimate.is_certain


def test_a_step_from_charge_to_discharge_is_that_of_both_currents() -> None:
    series, table = series_of(cell(rest=0.0, discharge=2.0))
    step = current_step(series, series.step_row(table, 0, -1, is_start=True))
    assert (step.resistance_ohm.magnitude, step.change_a) == pytest.approx((OHM, 3 * AMPERE))


def test_a_diffusion_is_no_part_where_both_moments_of_the_step_are_logged() -> None:
    """The last row of the rest and the first of the discharge have one time, to a few ms."""
    time, voltage, current = cell(diffusive, slope=0.5)
    time = np.round(time + 0.002 * np.sin(np.arange(time.size)), 3)
    assert resistance((np.sort(time), voltage, current)).magnitude == pytest.approx(OHM, rel=2e-3)


def test_times_of_whole_seconds_leave_a_second_between_the_rows() -> None:
    """A diffusion of 2 Ω/√s, whose first row is at the step itself, seems to have been 2.4 Ω within it."""
    rows = cell(diffusive)
    series, table = series_of(rows)
    step = current_step(series, series.step_row(table, 0, -1, is_start=True))
    low, high = step.resistance_ohm.interval()
    assert (step.interval_s, low <= OHM <= high) == (1.0, True)
    assert high - low == pytest.approx(2.4, rel=0.1)


@pytest.mark.parametrize("first", [1.0, 5.0, 10.0])
def test_what_a_diffusion_did_before_the_first_row_is_within_the_bounds(first: float) -> None:
    estimate = resistance(cell(diffusive, first=first, slope=0.5))
    low, high = estimate.interval()
    assert low <= OHM <= high
    assert high - low < 0.3 * OHM


def test_a_process_as_fast_as_the_rows_widens_the_bounds() -> None:
    rows = cell(lambda time: OHM + 40 * (1 - np.exp(-time / 10)), first=10.0)
    low, high = resistance(rows).interval()
    assert low <= OHM <= high


def test_a_process_faster_than_the_rows_is_part_of_the_resistance() -> None:
    assert resistance(cell(lambda time: OHM + 40 * (time > 0.1), first=1.0)).magnitude == pytest.approx(OHM + 40)


def test_the_uncertainty_is_that_of_the_noise() -> None:
    """Two rows with a noise of 0.4 mV each over 1 mA: √2 · 0.4 Ω, less than the bounds of the columns."""
    estimate = resistance(cell(noise=4e-4))
    assert estimate.standard_uncertainty == pytest.approx(np.sqrt(2) * 0.4, rel=0.15)


def test_the_decimals_of_the_columns_are_bounds() -> None:
    time, voltage, current = cell(slope=0.5)
    low, high = resistance((time, np.round(voltage, 2), current)).interval()
    assert high - low == pytest.approx(2 * 0.01 / AMPERE, rel=0.05)
    assert low <= OHM <= high


def test_rows_on_the_way_to_the_new_current_are_passed_over() -> None:
    time, voltage, current = cell()
    row = int(np.flatnonzero(current < 0)[0])
    current[row], voltage[row] = -0.4 * AMPERE, voltage[row - 1] - 0.4 * AMPERE * OHM
    assert resistance((time, voltage, current)).magnitude == pytest.approx(OHM)


def test_a_step_without_rows_next_to_it_is_refused() -> None:
    with refuses("no-current-step", InsufficientData):
        resistance(cell(), 1)
    time, voltage, current = cell()
    kept = (current != 0) | (np.arange(time.size) > 600)
    with refuses("rows-before-step-not-logged", InsufficientData, interval_s=600.0):
        resistance((time[kept], voltage[kept], current[kept]))


def test_a_current_that_does_not_settle_is_refused() -> None:
    time, voltage, current = cell()
    first = int(np.flatnonzero(current < 0)[0])
    current[first : first + 8] *= np.linspace(0.2, 1, 8)
    with refuses("current-not-settled", InsufficientData, row=first + 1):
        resistance((time, voltage, current))


def test_a_drop_below_the_decimals_is_refused_with_what_is_known_of_it() -> None:
    time, voltage, current = cell(slope=0.5)
    with refuses("voltage-step-not-resolved", InsufficientData) as refusal:
        resistance((time, np.round(voltage, 1), current))
    assert refusal.value.parameters["low_mv"] <= 80 <= refusal.value.parameters["high_mv"]
