"""Averages over the circuits that may be that of a spectrum, each with its share of the evidence."""

import math
import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

import numpy as np

from analyses.impedance.circuit_elements import Real
from analyses.impedance.circuits.arc_spread import spread_over
from analyses.impedance.circuits.circuit_choice import Candidate, Choice, in_tail
from analyses.impedance.circuits.fitted_circuit import Alternative, ImpedanceFit
from analyses.impedance.circuits.model_error import ModelError, check_determined, model_error
from analyses.insufficient_data import InsufficientData

Criterion = Literal["bic", "aicc"]

MISFIT_RATIO = 1.2
"""Ratio of fit residual to noise above which single arcs are those of a circuit that is wrong somewhere."""
LEAST_PERCENT = 0.1
"""Residual up to which no misfit is looked for [%]."""
ABOUT_AS_WELL = 2.0
"""Ratio of residuals up to which another circuit describes a spectrum with a misfit about as well."""
NEGLIGIBLE_SHARE = 1e-3
"""Share of the evidence below which a circuit does not count."""


def with_model_error(
    fit: ImpedanceFit, choice: Choice | None, noise_percent: float, marks_ohm: Sequence[float], *, pass_ions: bool
) -> tuple[ImpedanceFit, ModelError | None]:
    """Return a fit with what the choice of the circuit adds to its resistance and to single arcs, and why.

    Parameters
    ----------
    fit : ImpedanceFit
        Of the circuit taken.
    choice : Choice or None
        How it was chosen; None if it was entered.
    noise_percent : float
        From a Kramers-Kronig test [%].
    marks_ohm : sequence of float
        Resistances read off the spectrum without a circuit [Ω].
    pass_ions : bool
        Whether the electrodes pass ions: then a minimum of -Im Z is not at the resistance of the circuit.

    Returns
    -------
    fit : ImpedanceFit
    error : ModelError or None
        None if the circuit leaves about the noise, or there is nothing to compare with.

    Raises
    ------
    InsufficientData
        If the resistance is one that only an unfitting circuit gives.
    """
    candidates = choice.candidates if choice else ()
    error = model_error(fit, candidates, noise_percent, () if pass_ions else marks_ohm)
    if not pass_ions:
        check_determined(error, fit, has_mark=bool(marks_ohm))
    criterion: Criterion = "bic" if pass_ions else "aicc"
    compared = with_alternatives(replace(fit, model_uncertainty=0.0), candidates, noise_percent, criterion)
    of_resistance = resistance_spread(compared, candidates)
    total = math.hypot(of_resistance, error.relative_uncertainty if error else 0.0)
    return replace(compared, model_uncertainty=total), error


def with_alternatives(
    fit: ImpedanceFit, candidates: Sequence[Candidate], noise_percent: float, criterion: Criterion = "bic"
) -> ImpedanceFit:
    """Return a fit with the other circuits that may be that of the spectrum.

    The evidence of a circuit is exp(-c/2) of its information criterion c [1]_, [2]_, whether or not the spectrum
    determines all its parameters: a circuit that is right may have some that it does not. BIC favours simple circuits
    more: it is that of the many for interfaces and diffusion. AICc is that of the few for pellets, of which the richer
    often gain nothing visible by a bulk or an inductance that is there (decision 39).

    If the circuit taken leaves more than noise, all circuits count whose residual is up to twice as large; if these are
    the same arcs with another inductor or series resistor, there is nothing to compare single arcs with.

    Parameters
    ----------
    fit : ImpedanceFit
        Of the circuit taken.
    candidates : sequence of Candidate
        The circuits tried, the one taken among them; none if the circuit was entered.
    noise_percent : float
        From a Kramers-Kronig test [%].
    criterion : {"bic", "aicc"}, optional
        Whose differences are the evidence.

    Returns
    -------
    ImpedanceFit
        The fit as it is, if there are no candidates.

    References
    ----------
    .. [1] A. E. Raftery, Sociol. Methodol. 25, 111 (1995), doi:10.2307/271063.
    .. [2] K. P. Burnham, D. R. Anderson, Sociol. Methods Res. 33, 261 (2004), doi:10.1177/0049124104268644.
    """
    if not candidates:
        return fit
    others = [candidate for candidate in candidates if candidate.fit.circuit != fit.circuit]
    is_misfit = fit.residual_percent > max(MISFIT_RATIO * noise_percent, LEAST_PERCENT)
    if is_misfit:
        limit = ABOUT_AS_WELL * fit.residual_percent
        near = tuple(Alternative(other.fit, 0.0) for other in others if other.fit.residual_percent <= limit)
        differ = any(_structure(item.fit) != _structure(fit) for item in near)
        return replace(fit, alternatives=near if differ else (), is_misfit=True)
    shares = _shares([getattr(item, criterion) for item in (fit, *(other.fit for other in others))])
    kept = [
        Alternative(other.fit, float(share))
        for other, share in zip(others, shares[1:], strict=True)
        if share > NEGLIGIBLE_SHARE
    ]
    return replace(fit, alternatives=tuple(kept))


def resistance_spread(fit: ImpedanceFit, candidates: Sequence[Candidate]) -> float:
    """Return the relative standard uncertainty that the choice of the circuit adds to the resistance.

    Circuits with an arc in the blocking tail describe the electrodes and do not count, nor do those whose resistance
    the spectrum does not determine.

    Parameters
    ----------
    fit : ImpedanceFit
        From `with_alternatives`.
    candidates : sequence of Candidate
        The circuits tried.

    Returns
    -------
    float
        Zero if the circuit leaves more than noise: see `model_error`.
    """
    if fit.is_misfit or not fit.alternatives:
        return 0.0
    tails = {candidate.fit.circuit.text for candidate in candidates if in_tail(candidate)}
    try:
        own = fit.resistance()
    except InsufficientData:
        return 0.0
    shares, readings = [1 - sum(item.share for item in fit.alternatives)], []
    for item in fit.alternatives:
        if item.fit.circuit.text in tails:
            continue
        try:
            other = item.fit.resistance()
        except InsufficientData:
            continue
        relative = other.standard_uncertainty / other.magnitude
        readings.append((item.share, (math.log(other.magnitude), relative**2)))
        shares.append(item.share)
    total = sum(shares)
    scaled = [(share / total, reading) for share, reading in readings]
    variance = (own.standard_uncertainty / own.magnitude) ** 2
    return spread_over(fit, math.log(own.magnitude), variance, scaled) or 0.0


def _structure(fit: ImpedanceFit) -> tuple[str, ...]:
    """Return the arcs and the tail of a circuit, without numbers."""
    items = (re.sub(r"\d", "", item) for item in re.split(r"-(?![^(]*\))", fit.circuit.text))
    return tuple(item for item in items if item not in ("L", "R"))


def _shares(criteria: Sequence[float]) -> Real:
    """Return the share of each circuit in the evidence of all."""
    above = np.array(criteria) - min(criteria)
    weights = np.exp(-above / 2)
    return np.asarray(weights / weights.sum())
