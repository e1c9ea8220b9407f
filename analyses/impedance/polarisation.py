"""Resistance of the processes of a spectrum from its distribution of relaxation times, without a tail."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from analyses.component import Component
from analyses.impedance.drt import Distribution
from analyses.impedance.drt_peaks import Peak
from analyses.uncertainty import Estimate

VALLEY_DECADES = (0.5, 1.5)
"""Where the least γ after the slowest process is sought, in decades of τ times its exponent."""


@dataclass(frozen=True)
class PolarisationResistance:
    """Resistance of the processes faster than a tail."""

    resistance_ohm: Estimate
    slowest_s: float
    """Time constant up to which γ counts; infinite without a tail."""
    beyond_ohm: float
    """Integral of γ beyond it: part of the tail, or processes that the tail hides [Ω]."""


def polarisation_resistance(drt: Distribution, peaks: Sequence[Peak]) -> PolarisationResistance:
    """Return the integral of γ over the processes of a spectrum.

    A blocking electrode or diffusion ends a spectrum in a tail. The constant-phase element in series with γ describes
    it only as far as it is one, and γ takes up the rest, a fifth of the integral for diffusion next to several
    interfaces. So γ counts up to its least value after the slowest process that the data support. What the integral
    and the arcs of the processes differ by is part of the uncertainty: γ is smoothed, and the tail overlaps with it.
    Without a tail all of γ counts.

    Parameters
    ----------
    drt : Distribution
    peaks : sequence of Peak
        Those that the data support.

    Returns
    -------
    PolarisationResistance
        With a tail and without such peaks, anything from nothing to all of γ may be of processes: a bound.
    """
    total, noise = drt.polarisation_resistance_ohm, drt.polarisation_error_ohm
    if not drt.tail_exponent:
        return PolarisationResistance(Estimate.measured(total, noise).attributed("noise"), math.inf, 0.0)
    seen = [peak for peak in peaks if peak.time_constant_s <= drt.time_constant_s[-1]]
    if not seen:
        return PolarisationResistance(Estimate(total, 0.0, total, noise).attributed("noise"), math.inf, 0.0)
    slowest = max(seen, key=lambda peak: peak.time_constant_s)
    first, last = (slowest.time_constant_s * 10 ** (decades / slowest.exponent) for decades in VALLEY_DECADES)
    places = np.flatnonzero((drt.time_constant_s >= first) & (drt.time_constant_s <= last))
    stop = int(places[np.argmin(drt.gamma_ohm[places])]) + 1 if places.size else drt.gamma_ohm.size
    part = float(drt.gamma_ohm[:stop].sum()) * drt.spacing
    error = drt.spacing * math.sqrt(max(float(drt.covariance_ohm2[:stop, :stop].sum()), 0.0))
    of_arcs = sum(peak.resistance_ohm for peak in seen)
    estimate = Estimate.measured(part, error).attributed("noise").with_components(Component("model", of_arcs - part))
    return PolarisationResistance(estimate, float(drt.time_constant_s[stop - 1]), total - part)
