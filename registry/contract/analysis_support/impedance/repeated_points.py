"""Messages about frequencies of a spectrum that were measured several times in a row."""

from analyses.coded_text import Listed
from analyses.impedance.spectrum import Spectrum
from registry.contract.outcome import Message


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
    for point in spectrum.repeated:
        if not point.agrees:
            messages.append(
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
            )
    return messages
