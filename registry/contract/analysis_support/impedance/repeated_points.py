"""Messages about frequencies of a spectrum that were measured several times in a row."""

from collections.abc import Sequence

from analyses.coded_text import Listed
from analyses.impedance.noise.repeated_points import RepeatedPoint
from analyses.impedance.spectrum import Spectrum
from registry.contract.outcome import Message

MOST_NAMED = 3
"""Frequencies whose points disagree that are named one by one."""


def repeated_messages(spectrum: Spectrum) -> list[Message]:
    """Return which frequencies were measured several times, and a warning for each whose points disagree."""
    agreeing = [point for point in spectrum.repeated if point.agrees]
    messages = []
    if agreeing:
        messages.append(
            Message(
                "repeated-points-averaged",
                "{count} frequencies were measured several times in succession (the first is {frequency_hz:.6g} Hz); "
                "the points agree within the noise, and their mean is used.",
                count=len(agreeing),
                frequency_hz=agreeing[0].frequency_hertz,
            )
        )
    return messages + _differing([point for point in spectrum.repeated if not point.agrees])


def _differing(points: Sequence[RepeatedPoint]) -> list[Message]:
    """Return a warning for each frequency whose points disagree, or one for many."""
    if len(points) > MOST_NAMED:
        largest = max(points, key=lambda point: point.difference)
        return [
            Message(
                "repeated-points-differ",
                "The points at {count} frequencies, measured several times in succession, differ by more than five "
                "times the noise, by up to {difference_percent:.2g} % at {frequency_hz:.6g} Hz (rows {rows}); their "
                "mean is used. Check whether the cell changed, or the rows are of several spectra.",
                "warning",
                count=len(points),
                frequency_hz=largest.frequency_hertz,
                rows=Listed(largest.rows),
                difference_percent=100 * largest.difference,
            )
        ]
    return [
        Message(
            "repeated-points-differ",
            "The points at {frequency_hz:.6g} Hz (rows {rows}) differ by {difference_percent:.2g} %, more "
            "than five times the noise; their mean is used. Check which is correct and exclude the frequency, "
            "or remove the wrong row from the file.",
            "warning",
            frequency_hz=point.frequency_hertz,
            rows=Listed(point.rows),
            difference_percent=100 * point.difference,
        )
        for point in points
    ]
