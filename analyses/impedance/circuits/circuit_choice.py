"""Selects the circuit that describes the spectrum of a conductor between electrodes that block ions or pass them."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from analyses.coded_text import Listed, Remark
from analyses.impedance.circuits.arcs import Arc, find_arcs
from analyses.impedance.circuits.circuit import parse_circuit
from analyses.impedance.circuits.circuit_fit import MOST_STARTS, fit_circuit
from analyses.impedance.circuits.fitted_circuit import ImpedanceFit
from analyses.impedance.circuits.related_starts import related_starts
from analyses.impedance.kramers_kronig import missing_runs
from analyses.impedance.spectrum import Spectrum
from analyses.insufficient_data import InsufficientData

BLOCKING_CIRCUITS = (
    "R0-CPE0",
    "p(R1,CPE1)-CPE2",
    "R0-p(R1,CPE1)-CPE2",
    "p(R1,CPE1)-p(R2,CPE2)-CPE3",
    "R0-p(R1,CPE1)-p(R2,CPE2)-CPE3",
)
PASSING_CIRCUITS = (
    "p(R1,CPE1)",
    "R0-p(R1,CPE1)",
    "p(R1,CPE1)-p(R2,CPE2)",
    "R0-p(R1,CPE1)-W2",
    "R0-p(R1,CPE1)-Ws2",
    "R0-p(R1,CPE1)-p(R2,CPE2)",
    "p(R1,CPE1)-p(R2,CPE2)-p(R3,CPE3)",
    "R0-p(R1,CPE1)-p(R2,CPE2)-W3",
    "R0-p(R1,CPE1)-p(R2,CPE2)-Ws3",
    "R0-p(R1,CPE1)-p(R2,CPE2)-p(R3,CPE3)",
    "R0-p(R1,CPE1)-p(R2,CPE2)-p(R3,CPE3)-W4",
    "R0-p(R1,CPE1)-p(R2,CPE2)-p(R3,CPE3)-Ws4",
    "R0-p(R1,CPE1)-p(R2,CPE2)-p(R3,CPE3)-p(R4,CPE4)",
    "R0-p(R1,CPE1)-p(R2,CPE2)-p(R3,CPE3)-p(R4,CPE4)-W5",
    "R0-p(R1,CPE1)-p(R2,CPE2)-p(R3,CPE3)-p(R4,CPE4)-Ws5",
)
"""Arcs of the conductor and of the interfaces, with or without diffusion to the electrodes."""
PASSING_TAIL_CIRCUITS = (
    *BLOCKING_CIRCUITS,
    "R0-p(R1,CPE1)-Wo2",
    "R0-p(R1,CPE1)-p(R2,CPE2)-Wo3",
    "p(R1,CPE1)-p(R2,CPE2)-p(R3,CPE3)-CPE4",
    "R0-p(R1,CPE1)-p(R2,CPE2)-p(R3,CPE3)-Wo4",
    "R0-p(R1,CPE1)-p(R2,CPE2)-p(R3,CPE3)-CPE4",
    "R0-p(R1,CPE1)-p(R2,CPE2)-p(R3,CPE3)-p(R4,CPE4)-Wo5",
    "R0-p(R1,CPE1)-p(R2,CPE2)-p(R3,CPE3)-p(R4,CPE4)-CPE5",
)
"""Those tried too if -Im Z rises towards the lowest frequency: an electrode that blocks, or diffusion."""
INDUCTOR = "L0-"
ABOUT_THE_NOISE = 1.1
MORE_PARAMETERS = 2
"""Of circuits that are tried once a simpler one fits to within the noise."""
MANY_PARAMETERS, FEW_STARTS = 9, 4
"""Starts of a circuit of so many parameters, if fits of simpler ones suggest others."""
DESCRIBES_ABOUT_AS_WELL = 2.0
"""Ratio of residuals up to which a circuit is tried with an inductor too."""
RUNS_OF_NOISE = 2.0
POOR_RESIDUAL_PERCENT = 10.0
POOR_TIMES_NOISE = 3.0


@dataclass(frozen=True)
class Candidate:
    """A circuit that was tried, and why it may not be taken (None if it may)."""

    fit: ImpedanceFit
    objection: Remark | None


@dataclass(frozen=True)
class Choice:
    """The circuit taken and all that were tried."""

    fit: ImpedanceFit
    candidates: tuple[Candidate, ...]


def choose_circuit(spectrum: Spectrum, noise_percent: float, *, blocking: bool = True) -> Choice:
    """Fit circuits of a conductor between two electrodes, and take the one with the least BIC that is sound.

    Electrodes that block ions end the spectrum in a tail. Electrodes that pass them add arcs of their interfaces and
    diffusion; if one side blocks, such a spectrum has a tail too, and the circuits with one are tried as well.

    A circuit is not sound if the spectrum leaves one of its parameters undetermined, or if an arc of it lies in the
    blocking tail, where it describes the electrodes and not the conductor. Circuits are tried from the simplest on,
    with and without an inductor in front: leads of some ten nanohenry change the fast arcs of a spectrum long before
    they make Im Z positive; until one fits to within the noise, and then those with up to two parameters more.

    Parameters
    ----------
    spectrum : Spectrum
        From `check_spectrum`.
    noise_percent : float
        From a Kramers-Kronig test: what the best circuit may leave unexplained [%].
    blocking : bool, optional
        Whether the electrodes block ions.

    Returns
    -------
    Choice

    Raises
    ------
    InsufficientData
        If blocking electrodes leave no tail, no circuit is sound, or the best leaves more than 10 % and three times the
        noise.
    """
    if blocking and not spectrum.ends_in_blocking_tail:
        raise InsufficientData(
            "no-blocking-tail",
            "no blocking tail: -Im Z does not rise towards the lowest frequency ({frequency_hertz:.3g} Hz); "
            "measure to lower frequencies, or enter a circuit, such as R0-p(R1,CPE1), if the electrodes do not "
            "block",
            frequency_hertz=spectrum.frequency_hertz[-1],
        )
    candidates = _search(_circuits(spectrum, blocking=blocking), spectrum, noise_percent)
    sound = [candidate.fit for candidate in candidates if not candidate.objection]
    if not sound:
        reasons = [f"{candidate.fit.circuit.text}: {candidate.objection}" for candidate in candidates]
        raise InsufficientData(
            "resistance-not-determined",
            "the spectrum does not determine the resistance ({reasons}): measure to higher frequencies if the "
            "arc is cut off, to lower ones if the blocking tail is, or enter a circuit",
            reasons=Listed(reasons, between="; "),
            objections=[candidate.objection for candidate in candidates],
        )
    best = min(sound, key=lambda fit: fit.bic)
    if best.residual_percent > max(POOR_RESIDUAL_PERCENT, POOR_TIMES_NOISE * noise_percent):
        raise InsufficientData(
            "no-circuit-fits",
            "none of the automatic circuits fits the spectrum (best: {circuit}, residual {residual_percent:.2g} %): "
            "narrow the frequency window, or enter a circuit",
            circuit=best.circuit.text,
            residual_percent=best.residual_percent,
        )
    return Choice(best, tuple(candidates))


def in_tail(candidate: Candidate) -> bool:
    """Return whether a circuit describes the electrodes by an arc in the blocking tail.

    Parameters
    ----------
    candidate : Candidate

    Returns
    -------
    bool
    """
    return candidate.objection is not None and candidate.objection.code == "arc-in-blocking-tail"


def arcs_in_tail(fit: ImpedanceFit, spectrum: Spectrum) -> tuple[Arc, ...]:
    """Return the arcs of a fit whose top lies where -Im Z already exceeds Re Z throughout.

    Parameters
    ----------
    fit : ImpedanceFit
        Of the spectrum.
    spectrum : Spectrum
        With a blocking tail; without one no arc is in it.

    Returns
    -------
    tuple of Arc
    """
    if not spectrum.ends_in_blocking_tail:
        return ()
    return tuple(arc for arc in find_arcs(fit.circuit, fit.values) if arc.frequency_hz < spectrum.tail_frequency_hz)


def _circuits(spectrum: Spectrum, *, blocking: bool) -> tuple[str, ...]:
    """Return the circuits to try, from the simplest on."""
    if blocking:
        return BLOCKING_CIRCUITS
    tails = PASSING_TAIL_CIRCUITS if spectrum.ends_in_blocking_tail else ()
    return tuple(sorted((*PASSING_CIRCUITS, *tails), key=_size))


def _size(text: str) -> int:
    return len(parse_circuit(text).parameters)


def _search(texts: Sequence[str], spectrum: Spectrum, noise_percent: float) -> list[Candidate]:
    """Try circuits from the simplest on, each with and without an inductor where the spectrum may have one.

    Once a circuit fits to within the noise, only those are tried that have up to two parameters more: their evidence is
    needed to tell how far the circuit is known. An inductor that leaves no positive Im Z is tried in all circuits
    that describe the spectrum about as well as the best.
    """
    if spectrum.inductive_points:
        return _until_noise([(INDUCTOR + text, text) for text in texts], spectrum, noise_percent)
    plain = _until_noise([(text,) for text in texts], spectrum, noise_percent)
    limit = DESCRIBES_ABOUT_AS_WELL * min(candidate.fit.residual_percent for candidate in plain)
    near = [(INDUCTOR + candidate.fit.circuit.text,) for candidate in plain if candidate.fit.residual_percent <= limit]
    return [*plain, *_until_noise(near, spectrum, noise_percent, plain)]


def _until_noise(
    groups: Iterable[tuple[str, ...]],
    spectrum: Spectrum,
    noise_percent: float,
    before: Sequence[Candidate] = (),
) -> list[Candidate]:
    """Try groups of circuits up to those with two parameters more than the first that fits to within the noise."""
    candidates: list[Candidate] = []
    most = math.inf
    for group in groups:
        if _size(group[-1]) > most:
            break
        for text in group:
            candidates.append(_tried(text, spectrum, [*before, *candidates]))
        if math.isinf(most) and any(_says_all(tried, noise_percent) for tried in candidates):
            most = _size(group[-1]) + MORE_PARAMETERS
    return candidates


def _says_all(candidate: Candidate, noise_percent: float) -> bool:
    """True if a sound circuit leaves about the noise and no pattern, so that a richer one has nothing to add."""
    fit = candidate.fit
    return (
        not candidate.objection
        and fit.residual_percent <= ABOUT_THE_NOISE * noise_percent
        and missing_runs(fit.real_residual_percent, fit.imaginary_residual_percent) < RUNS_OF_NOISE
    )


def _tried(text: str, spectrum: Spectrum, others: Sequence[Candidate]) -> Candidate:
    circuit = parse_circuit(text)
    begun = related_starts(circuit, spectrum, [candidate.fit for candidate in others])
    few = begun and (len(circuit.parameters) >= MANY_PARAMETERS or circuit.has_inductor)
    fit = fit_circuit(circuit, spectrum, most_starts=FEW_STARTS if few else MOST_STARTS, more_starts=begun)
    for arc in arcs_in_tail(fit, spectrum):
        in_tail = Remark(
            "arc-in-blocking-tail",
            "the arc of {names} lies in the blocking tail, at {frequency_hz:.2g} Hz",
            names=arc.resistor,
            frequency_hz=arc.frequency_hz,
        )
        return Candidate(fit, in_tail)
    if fit.unidentified:
        unidentified = Listed(fit.unidentified)
        return Candidate(fit, Remark("parameter-not-determined", "{names} not determined", names=unidentified))
    try:
        fit.resistance()
    except InsufficientData as error:
        return Candidate(fit, Remark.of(error))
    return Candidate(fit, None)
