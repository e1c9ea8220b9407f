"""Points of a spectrum that are outliers or left out: the parameter that lists them, and messages with buttons."""

import math
from collections.abc import Sequence
from dataclasses import replace

from analyses.coded_text import Coded, Listed
from analyses.component import Component
from analyses.impedance.circuits.fitted_circuit import Loss
from analyses.impedance.outliers import Outlier
from analyses.impedance.spectrum import LeftOutPoint, Spectrum
from registry.contract.analysis import Parameter
from registry.contract.inputs import Inputs
from registry.contract.outcome import Message, NotComputed, ParameterChange, Refused, Result

LEFT_OUT = "left_out_frequencies_hz"
WITHOUT_OUTLIERS = "without the outlier points"
MOST_NAMED = 10
LOSS = "fit_loss"
LOSSES: tuple[Loss, ...] = ("least-squares", "robust")
LEFT_OUT_PARAMETER = Parameter(
    name=LEFT_OUT,
    type=str,
    default="",
    help="Frequencies of single points to exclude, such as 50 or 10000, 31.6; each must be a frequency of the "
    "spectrum.",
    unit="Hz",
    title="Excluded points",
)
LOSS_PARAMETER = Parameter(
    name=LOSS,
    type=str,
    default=LOSSES[0],
    help="Least squares gives all points their full weight; robust reduces the weight of a point with its distance "
    "from the fit, to zero beyond six standard deviations of the noise.",
    choices=LOSSES,
    title="Loss function of the fit",
)


def read_loss(inputs: Inputs) -> Loss:
    """Return how the circuit is fitted."""
    return next(loss for loss in LOSSES if loss == inputs.parameter(LOSS))


def read_frequencies(text: str) -> tuple[float, ...]:
    """Return the frequencies in a list separated by commas, semicolons or blanks [Hz].

    Raises
    ------
    Refused
        If one is not a number above zero.
    """
    frequencies = []
    for word in text.replace(",", " ").replace(";", " ").split():
        try:
            hertz = float(word)
        except ValueError:
            hertz = math.nan
        if not 0 < hertz < math.inf:
            raise Refused(
                "invalid-frequency",
                "{word!r} is not a frequency: enter numbers above zero separated by commas, such as 10000, 31.6",
                word=word,
            )
        frequencies.append(hertz)
    return tuple(frequencies)


def left_out_messages(spectrum: Spectrum) -> tuple[Message, ...]:
    """Return which points were left out, each with a button to use it again."""
    return tuple(
        Message(
            "point-left-out",
            "The point at {frequency_hz:.6g} Hz (row {row}) is excluded.",
            offers=(
                _change(
                    [other for other in spectrum.left_out if other != point],
                    f"Use {point.frequency_hertz:.6g} Hz again",
                ),
            ),
            frequency_hz=point.frequency_hertz,
            row=point.row,
        )
        for point in spectrum.left_out
    )


def outlier_messages(spectrum: Spectrum, outliers: Sequence[Outlier]) -> tuple[Message, ...]:
    """Return a warning for each outlier, with a button to leave it out, and one for all if there are several."""
    points = _points(spectrum, outliers)
    messages = []
    for outlier, point in zip(outliers[:MOST_NAMED], points, strict=False):
        messages.append(
            Message(
                "outlier-point",
                "The point at {frequency_hz:.6g} Hz (row {row}) deviates from the spectrum by {deviation_percent:.2g} "
                "%, {times_noise:.2g} times the noise: check it, and exclude it if it is an artefact.",
                "warning",
                offers=(_change([*spectrum.left_out, point], f"Leave out {point.frequency_hertz:.6g} Hz"),),
                frequency_hz=point.frequency_hertz,
                row=point.row,
                deviation_percent=100 * outlier.deviation,
                times_noise=outlier.times_noise,
            )
        )
    return tuple(messages)


def with_effect(
    result: Result | NotComputed, without: Result | NotComputed, spectrum: Spectrum, outliers: Sequence[Outlier]
) -> tuple[Result | NotComputed, tuple[Message, ...]]:
    """Return a resistance with that of the spectrum without the outliers, and a warning that names both.

    Parameters
    ----------
    result, without : Result or NotComputed
        From all points, and without the outliers. What they change is part of the uncertainty of a fit already; of
        another method it becomes a component.
    spectrum : Spectrum
        All points.
    outliers : sequence of Outlier
        Of the spectrum.
    """
    if isinstance(result, NotComputed) or isinstance(without, NotComputed):
        return result, ()
    estimate, other = result.estimate, without.estimate.magnitude
    if not any(component.name == "fit" for component in estimate.components):
        change = estimate.magnitude - other
        estimate = estimate.with_components(Component("outlier points", change, shared="outlier points"))
    spread = {**(result.method_spread or {"all points": estimate.magnitude}), WITHOUT_OUTLIERS: other}
    message = Message(
        "outliers-in-resistance",
        "The resistance is {without_ohm:.4g} Ω without and {with_ohm:.4g} Ω with the outlier points; its uncertainty "
        "includes the difference.",
        "warning",
        offers=_all_left_out(spectrum, outliers),
        without_ohm=other,
        with_ohm=estimate.magnitude,
    )
    return replace(result, estimate=estimate, method_spread=spread), (message,)


def refusal(error: Coded, spectrum: Spectrum, outliers: Sequence[Outlier]) -> Refused:
    """Return the refusal of a spectrum with outliers, which names them and offers to leave them out."""
    points = _points(spectrum, outliers)
    refused = Refused(
        "outlier-points",
        "{error}; the spectrum has outlier points (at {frequencies_hz:.6g} Hz): exclude them if they are artefacts",
        error=error,
        frequencies_hz=Listed(point.frequency_hertz for point in points),
        rows=Listed(point.row for point in points),
    )
    return refused.offering(*_all_left_out(spectrum, outliers))


def _all_left_out(spectrum: Spectrum, outliers: Sequence[Outlier]) -> tuple[ParameterChange, ...]:
    points = _points(spectrum, outliers)
    label = f"Leave out {len(points)} points" if len(points) > 1 else f"Leave out {points[0].frequency_hertz:.6g} Hz"
    return (_change([*spectrum.left_out, *points], label),)


def _points(spectrum: Spectrum, outliers: Sequence[Outlier]) -> list[LeftOutPoint]:
    return [spectrum.point(outlier.index) for outlier in outliers]


def _change(points: Sequence[LeftOutPoint], label: str) -> ParameterChange:
    """Return the parameter that leaves out these points, from the highest frequency to the lowest."""
    frequencies = sorted((point.frequency_hertz for point in points), reverse=True)
    return ParameterChange(LEFT_OUT, ", ".join(f"{hertz:.6g}" for hertz in frequencies), label)
