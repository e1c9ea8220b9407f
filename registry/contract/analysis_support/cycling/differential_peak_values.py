"""Values of the peaks of dQ/dV: of the reference cycle with their uncertainty, and their drift over the cycles."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analyses.component import Component
from analyses.cycling.differential.differential_capacity import (
    DifferentialCapacity,
    differential_capacity,
    kernel_noise_mah_per_v,
)
from analyses.cycling.differential.differential_peaks import Peaks, find_peaks, measure
from analyses.cycling.differential.peak_tracking import PeakDrift, peak_drift, track_peaks
from analyses.cycling.differential.peak_uncertainty import PeakErrors, peak_errors, slow_noise_v
from analyses.cycling.differential.voltage_smoothing import width_for_noise_v
from analyses.statistics.drift import FEWEST_POINTS
from analyses.uncertainty import Estimate, propagate
from registry.contract.analysis_support.cycling.differential_test import (
    MV_PER_V,
    SMOOTHING,
    DifferentialTest,
    Direction,
    selected_rows,
)
from registry.contract.analysis_support.cycling.recorded_scale import (
    MASS,
    RecordedScale,
    scale_of,
    with_size_uncertainty,
)
from registry.contract.outcome import Message, NotComputed, ParameterChange, Result
from registry.contract.quantity import Quantity

Array = NDArray[np.float64]
Rows = NDArray[np.intp]

MOST_PEAKS = 12
"""Peaks of a half-cycle that are given, the highest."""
BY_NOISE = "noise"
"""Reason of a smoothing that the noise of the voltage asks for."""
FAR_TOO_NARROW = 2.0
"""Smoothing that the slow noise asks for over the one used, from which it is a warning."""
RESOLVED = 1.7
"""Width over smoothing from which area and width of a peak are those of the cell, not of the smoothing."""
POSITION, AREA, SPECIFIC_AREA = "peak_voltage_v", "peak_area_mah", "peak_specific_area_mah_g"
WIDTH, DRIFT = "peak_width_v", "peak_drift_mv_per_cycle"
SLUGS = (POSITION, AREA, SPECIFIC_AREA, WIDTH, DRIFT)
OUTPUTS = tuple(f"{word}_{slug}" for word in ("charge", "discharge") for slug in SLUGS)


@dataclass(frozen=True)
class DirectionPeaks:
    """Peaks of the charges, or of the discharges; arrays of shape (peaks,), or (cycles, peaks)."""

    part: Direction
    curve: DifferentialCapacity
    """Of the reference cycle."""
    peaks: Peaks
    errors: PeakErrors
    cycle: Array
    """Numbers of the comparable cycles, of shape (cycles,)."""
    tracked: Peaks
    """The same peaks in the comparable cycles."""
    drifts: tuple[PeakDrift | None, ...]
    noise_v: float
    """Of the voltage of a row, as large as its slow part."""


def read_peaks(test: DifferentialTest, part: Direction, smallest_share: float) -> DirectionPeaks:
    """Return the peaks of the reference cycle, which has a half-cycle of this kind, and of the comparable ones."""
    assert part.reference is not None
    rows = selected_rows(part, part.reference)
    curve = differential_capacity(rows, test.width_v)
    spacing = float(rows.total_mah[0]) / (rows.voltage_v.size - 1)
    noise_v = test.smoothing.noise_v
    if test.smoothing.reason == BY_NOISE:
        # Of rows farther apart, what the smoothing leaves is the shape of the curve.
        noise_v = max(noise_v, slow_noise_v(rows, curve))
    noise = kernel_noise_mah_per_v(noise_v, spacing, np.nan_to_num(curve.mah_per_v[0]), test.width_v)
    tops = _highest(curve, find_peaks(curve.mah_per_v[0], noise, smallest_share))
    peaks = measure(curve, 0, tops)
    comparable = part.halves.rows.selected(part.comparable)
    reference = int(np.searchsorted(part.comparable, part.reference))
    tracked = track_peaks(comparable, test.width_v, reference, peaks, noise_v)
    cycle = test.table.cycle[part.halves.cycle_index[part.comparable]]
    drifts = tuple(peak_drift(cycle, tracked.position_v[:, peak]) for peak in range(tops.size))
    return DirectionPeaks(part, curve, peaks, peak_errors(rows, curve, tops), cycle, tracked, drifts, noise_v)


def _highest(curve: DifferentialCapacity, tops: Rows) -> Rows:
    """Return the highest tops, in order of the voltage."""
    order = np.argsort(curve.mah_per_v[0][tops])[::-1][:MOST_PEAKS]
    return np.sort(tops[order])


def peak_results(
    test: DifferentialTest, measured: DirectionPeaks, mass: RecordedScale
) -> Iterator[Result | NotComputed]:
    """Yield the values of the peaks, at `peak:1`, `peak:2` and so on, or why they are not computed."""
    for peak in range(measured.peaks.position_v.size):
        at = {"peak": peak + 1}
        word = measured.part.word
        if np.isnan(measured.errors.noise.position_v[peak]):
            yield from (_not_determined(f"{word}_{slug}", at) for slug in SLUGS)
            continue
        note = f"{word} of cycle {test.reference}"
        yield Result(f"{word}_{POSITION}", _estimate(measured, "position_v", peak), note, at=at)
        if measured.peaks.width_v[peak] < RESOLVED * test.width_v:
            yield from (_not_resolved(f"{word}_{slug}", measured, peak) for slug in (AREA, SPECIFIC_AREA, WIDTH))
        else:
            yield _if_determined(Result(f"{word}_{WIDTH}", _estimate(measured, "width_v", peak), note, at=at))
            yield from map(_if_determined, _areas(test, measured, peak, mass))
        yield _drift(measured, peak)


def _estimate(measured: DirectionPeaks, name: str, peak: int, more: float = 0.0) -> Estimate:
    """Return a value of a peak; its bounds are its resolution and `more`."""
    number, noise, resolution = (
        float(getattr(peaks, name)[peak])
        for peaks in (measured.peaks, measured.errors.noise, measured.errors.resolution)
    )
    bound = resolution + more
    return Estimate.of_components(number, Component("noise", noise), lower=number - bound, upper=number + bound)


def _areas(
    test: DifferentialTest, measured: DirectionPeaks, peak: int, mass: RecordedScale
) -> Iterator[Result | NotComputed]:
    """Yield the area of a peak, and per gram of active material or what is missing for it."""
    word, at = measured.part.word, {"peak": peak + 1}
    capacity = getattr(test.table, f"{word}_mah")[test.reference_index]
    resolution = getattr(test.table, f"{word}_resolution_mah")[test.reference_index]
    area = _estimate(measured, "area_mah", peak, float(measured.peaks.area_mah[peak] * resolution / capacity))
    area = Estimate.of_components(area.magnitude, *area.causes, lower=max(area.lower, 0.0), upper=area.upper)
    of_cell = with_size_uncertainty(test.dataset, area)
    note = f"above the higher adjacent valley, {word} of cycle {test.reference}"
    yield Result(f"{word}_{AREA}", of_cell, note, at=at)
    scale = scale_of(test.dataset)
    if mass.size is None:
        assert mass.lacking
        yield NotComputed.because(f"{word}_{SPECIFIC_AREA}", mass.lacking, at=at)
    elif scale is not None and scale.per == MASS:
        # As in the file, without the uncertainty of the mass.
        per_gram = propagate(lambda area: area / scale.factor, area=area)
        yield Result(f"{word}_{SPECIFIC_AREA}", per_gram, note, at=at)
    else:
        per_gram = propagate(lambda area, mass: area / mass, area=of_cell, mass=mass.size)
        yield Result(f"{word}_{SPECIFIC_AREA}", per_gram, note, at=at)


def _if_determined(item: Result | NotComputed) -> Result | NotComputed:
    """Return the result, or that it is not determined within a decade."""
    if isinstance(item, NotComputed) or not item.estimate.spans_a_decade:
        return item
    return _not_determined(item.quantity, item.at)


def _not_determined(slug: str, at: Mapping[str, int]) -> NotComputed:
    return NotComputed(
        slug,
        "peak-not-determined",
        "the peak disappears when noise of the size of the voltage noise is added: increase the smoothing width or "
        "the minimum peak height",
        at=at,
    )


def _not_resolved(slug: str, measured: DirectionPeaks, peak: int) -> NotComputed:
    return NotComputed(
        slug,
        "peak-not-resolved",
        "the peak is narrower than {factor:g} times the smoothing width of {smoothing_mv:.3g} mV, which therefore "
        "determines its area and width: reduce the smoothing width, or record more rows with less noise",
        at={"peak": peak + 1},
        factor=RESOLVED,
        smoothing_mv=MV_PER_V * measured.curve.width_v,
    )


def _drift(measured: DirectionPeaks, peak: int) -> Result | NotComputed:
    drift, slug, at = measured.drifts[peak], f"{measured.part.word}_{DRIFT}", {"peak": peak + 1}
    if drift is None:
        return NotComputed(
            slug,
            "too-few-cycles-for-drift",
            "the peak is in {cycles} comparable cycles, and a drift needs {fewest}",
            at=at,
            cycles=int(np.isfinite(measured.tracked.position_v[:, peak]).sum()),
            fewest=FEWEST_POINTS,
        )
    per_hundred = f"{100 * drift.mv_per_cycle.magnitude:.3g} mV per 100 cycles".replace("-", "−")
    return Result(slug, drift.mv_per_cycle, f"{per_hundred}, of {drift.cycles} cycles", at=at)


def peak_messages(test: DifferentialTest, measured: DirectionPeaks) -> tuple[Message, ...]:
    """Return messages on the peaks of one kind of half-cycle: slow noise, no peaks, and those that get lost."""
    slow = _slow_noise_messages(test, measured)
    if not measured.peaks.position_v.size:
        return (
            *slow,
            Message(
                "no-differential-capacity-peaks",
                "The {half} of cycle {cycle} has no peak above the noise and the minimum peak height.",
                "warning",
                half=measured.part.word,
                cycle=test.reference,
            ),
        )
    missing = np.isnan(measured.tracked.position_v).sum(axis=0)
    lost = tuple(
        Message(
            "peak-lost",
            "Peak {peak} of the {half} is missing in {missing} of {cycles} comparable cycles.",
            "warning",
            peak=peak + 1,
            half=measured.part.word,
            missing=int(missing[peak]),
            cycles=measured.cycle.size,
        )
        for peak in np.flatnonzero(missing).tolist()
    )
    return (*slow, *lost)


def _slow_noise_messages(test: DifferentialTest, measured: DirectionPeaks) -> tuple[Message, ...]:
    """Return that the voltage fluctuates over more rows than are smoothed, with the smoothing that it asks for."""
    needed_mv = MV_PER_V * width_for_noise_v(measured.noise_v, test.smoothing.spacing_v)
    if needed_mv < FAR_TOO_NARROW * MV_PER_V * test.width_v:
        return ()
    width_mv = float(f"{min(needed_mv, float(SMOOTHING.maximum or needed_mv)):.2g}")
    change = ParameterChange(SMOOTHING.name, width_mv, f"Smooth to {width_mv:g} mV")
    return (
        Message(
            "slow-voltage-noise",
            "The voltage noise of the {half} is correlated over several rows; after smoothing it is equivalent to "
            "{noise_mv:.2g} mV of noise from row to row. Peaks must exceed it; small ones may still be noise. A "
            "smoothing width of {needed_mv:.2g} mV suppresses it.",
            "warning",
            offers=(change,),
            half=measured.part.word,
            noise_mv=MV_PER_V * measured.noise_v,
            needed_mv=needed_mv,
        ),
    )


def peak_quantities() -> tuple[Quantity, ...]:
    """Return the quantities of the peaks of charge and discharge."""
    return tuple(quantity for word in ("charge", "discharge") for quantity in _quantities_of(word))


def _quantities_of(word: str) -> tuple[Quantity, ...]:
    return (
        Quantity(
            slug=f"{word}_{POSITION}",
            name=f"Peak voltage, {word}",
            unit="V",
            unit_label="V",
            description=f"Voltage of a peak of dQ/dV of the {word}, polarisation included.",
        ),
        Quantity(
            slug=f"{word}_{AREA}",
            name=f"Peak area, {word}",
            unit="mA*h",
            unit_label="mAh",
            description=f"Charge of a peak of dQ/dV of the {word} above the higher of its two adjacent valleys.",
            minimum=0,
        ),
        Quantity(
            slug=f"{word}_{SPECIFIC_AREA}",
            name=f"Specific peak area, {word}",
            unit="mA*h/g",
            unit_label="mAh g⁻¹",
            description=f"Peak area of the {word} per gram of active material in the cathode.",
            minimum=0,
        ),
        Quantity(
            slug=f"{word}_{WIDTH}",
            name=f"Peak width, {word}",
            unit="V",
            unit_label="V",
            description=f"Full width at half height of a peak of dQ/dV of the {word}, smoothing included.",
            minimum=0,
        ),
        Quantity(
            slug=f"{word}_{DRIFT}",
            name=f"Peak drift, {word}",
            unit="mV/cycle",
            unit_label="mV per cycle",
            description=f"Change of a peak voltage of the {word} per cycle, median of all pairs of comparable cycles.",
        ),
    )
