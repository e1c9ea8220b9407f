"""Resistance of the processes of a spectrum from its distribution of relaxation times, without a tail."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from analyses.component import Component
from analyses.impedance.relaxation_times.drt import Distribution
from analyses.impedance.relaxation_times.drt_peaks import Peak
from analyses.impedance.spectrum import Spectrum
from analyses.insufficient_data import InsufficientData
from analyses.uncertainty import Estimate

VALLEY_DECADES = (0.5, 1.5)
"""Where the least γ after the slowest process is sought, in decades of τ times its exponent."""
MISFIT_FACTOR = 8.0
"""Standard uncertainty of the integral over what the arcs of the processes leave beyond the noise, both of the largest
|Z|: 1.96 of them contain 95 % of the integrals of spectra whose leads are not an ideal coil."""
LARGE_SHARE = 0.1
"""Of a process slower than the lowest frequency, in the sum of all, from which the integral is refused."""
LOOP = 5.0
"""Fall of Re Z at low frequency over its noise from which a spectrum ends in an inductive loop."""


@dataclass(frozen=True)
class PolarisationResistance:
    """Resistance of the processes faster than a tail."""

    resistance_ohm: Estimate
    slowest_s: float
    """Time constant up to which γ counts; infinite without a tail."""
    beyond_ohm: float
    """Integral of γ beyond it: part of the tail, or processes that the tail hides [Ω]."""


def polarisation_resistance(spectrum: Spectrum, drt: Distribution, peaks: Sequence[Peak]) -> PolarisationResistance:
    """Return the integral of γ over the processes of a spectrum.

    A blocking electrode or diffusion ends a spectrum in a tail. The constant-phase element in series with γ describes
    it only as far as it is one, and γ takes up the rest, a fifth of the integral for diffusion next to several
    interfaces. So γ counts up to its least value after the slowest process that the data support. Without a tail all
    of γ counts. The uncertainty is that of the sum of the arcs of the processes, and what the integral and this sum
    differ by: γ is smoothed, and the tail overlaps with it.

    Parameters
    ----------
    spectrum : Spectrum
    drt : Distribution
        Of the spectrum.
    peaks : sequence of Peak
        Those that the data support.

    Returns
    -------
    PolarisationResistance

    Raises
    ------
    InsufficientData
        If a process is slower than the lowest frequency measured, if the spectrum ends in an inductive loop, which is
        a negative resistance, or if the interval spans a decade: so it does with a tail and without such peaks, where
        anything from nothing to all of γ may be of processes.
    """
    unfinished = _unfinished_ohm(spectrum, peaks)
    _refuse_loop(spectrum, drt)
    result = _integral(spectrum, drt, peaks, unfinished)
    if result.resistance_ohm.spans_a_decade:
        lower, upper = result.resistance_ohm.interval()
        raise InsufficientData(
            "polarisation-not-determined",
            "the polarisation resistance is not determined: from {lower_ohm:.3g} to {upper_ohm:.3g} Ω",
            lower_ohm=max(lower, 0.0),
            upper_ohm=upper,
        )
    return result


def _unfinished_ohm(spectrum: Spectrum, peaks: Sequence[Peak]) -> float:
    """Return the resistance of the processes slower than the lowest frequency; refuse a large one."""
    lowest = float(spectrum.frequency_hertz[-1])
    slow = [peak for peak in peaks if peak.time_constant_s > 1 / (2 * math.pi * lowest)]
    unfinished = sum(peak.resistance_ohm for peak in slow)
    if unfinished > LARGE_SHARE * sum(peak.resistance_ohm for peak in peaks):
        raise InsufficientData(
            "process-not-finished",
            "no polarisation resistance: it includes the process at {time_s:.2g} s, which extends below the lowest "
            "measured frequency, {frequency_hz:.3g} Hz",
            time_s=max(peak.time_constant_s for peak in slow),
            frequency_hz=lowest,
        )
    return unfinished


def _refuse_loop(spectrum: Spectrum, drt: Distribution) -> None:
    real = spectrum.impedance_ohm.real
    fall = float(real.max() - real[-1])
    error = drt.noise * math.hypot(float(np.abs(spectrum.impedance_ohm).max()), abs(spectrum.impedance_ohm[-1]))
    if fall > LOOP * error and np.argmax(real) > real.size // 2:
        raise InsufficientData(
            "inductive-loop",
            "no polarisation resistance: the real part falls by {fall_ohm:.3g} Ω towards low frequency: the spectrum "
            "ends in an inductive loop, which is not a process with positive resistance",
            fall_ohm=fall,
        )


def _integral(
    spectrum: Spectrum, drt: Distribution, peaks: Sequence[Peak], unfinished_ohm: float
) -> PolarisationResistance:
    total, noise = drt.polarisation_resistance_ohm, drt.polarisation_error_ohm
    largest = float(np.abs(spectrum.impedance_ohm).max())
    if not drt.tail_exponent:
        return PolarisationResistance(_estimate(total, noise, peaks, (unfinished_ohm, largest)), math.inf, 0.0)
    seen = [peak for peak in peaks if peak.time_constant_s <= drt.time_constant_s[-1]]
    if not seen:
        return PolarisationResistance(Estimate(total, 0.0, total, noise).attributed("noise"), math.inf, 0.0)
    slowest = max(seen, key=lambda peak: peak.time_constant_s)
    first, last = (slowest.time_constant_s * 10 ** (decades / slowest.exponent) for decades in VALLEY_DECADES)
    places = np.flatnonzero((drt.time_constant_s >= first) & (drt.time_constant_s <= last))
    stop = int(places[np.argmin(drt.gamma_ohm[places])]) + 1 if places.size else drt.gamma_ohm.size
    part = float(drt.gamma_ohm[:stop].sum()) * drt.spacing
    error = drt.spacing * math.sqrt(max(float(drt.covariance_ohm2[:stop, :stop].sum()), 0.0))
    at_tail = float(np.abs(spectrum.impedance_ohm[spectrum.frequency_hertz >= spectrum.tail_frequency_hz]).max())
    estimate = _estimate(part, error, seen, (unfinished_ohm, at_tail))
    return PolarisationResistance(estimate, float(drt.time_constant_s[stop - 1]), total - part)


def _estimate(integral: float, noise: float, peaks: Sequence[Peak], left_open: tuple[float, float]) -> Estimate:
    """Return an integral of γ with the noise of its processes, and what it and their arcs differ by or leave open:
    the resistance of unfinished processes, and the largest |Z| that the arcs may not describe."""
    if not peaks:
        return Estimate.measured(integral, noise).attributed("noise")
    unfinished, largest = left_open
    difference = sum(peak.resistance_ohm for peak in peaks) - integral
    model = math.hypot(difference, unfinished, MISFIT_FACTOR * peaks[0].misfit * largest)
    estimate = Estimate.measured(integral, peaks[0].sum_error_ohm).attributed("noise")
    return estimate.with_components(Component("model", model))
