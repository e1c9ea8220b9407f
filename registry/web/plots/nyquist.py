"""The arcs of impedance spectra whose low-frequency end is a long blocking tail."""

from collections.abc import Sequence
from typing import NamedTuple

RISE = 1.3
"""How much −Z″ rises where the arcs begin, as seen from the tail: more than the scatter of points."""
DWARFED = 1.5
"""The tail is left out if the spectrum is this much larger than the part with the arcs."""

Spectrum = Sequence[tuple[float, float]]
"""Points Z′ and −Z″ in the order of their frequencies."""


class Arcs(NamedTuple):
    """The part of a Nyquist plot that shows the arcs: up to this Z′ and, at least, this −Z″."""

    right: float
    top: float


def find_arcs(spectra: Sequence[Spectrum]) -> Arcs | None:
    """The part with the arcs, up to twice the real part at the foot of the tail; None if no tail dwarfs them.

    Examples
    --------
    >>> find_arcs([[(1.0, 0.1), (2.0, 1.0), (3.0, 0.2), (3.1, 20.0), (3.2, 90.0)]])
    Arcs(right=6.0, top=1.0)
    >>> find_arcs([[(1.0, 0.1), (2.0, 1.0), (3.0, 0.2)]]) is None
    True
    """
    ends = {index: _find_end(spectrum) for index, spectrum in enumerate(spectra) if spectrum}
    if not any(has_tail for _, has_tail in ends.values()):
        return None
    right = max(2 * x if has_tail else x for x, has_tail in ends.values())
    arcs = [y for index, (end, _) in ends.items() for x, y in spectra[index] if x <= end]
    size = max(max(x, y) for spectrum in spectra for x, y in spectrum)
    return Arcs(right, max(arcs)) if size > DWARFED * max(right, *arcs) else None


def _find_end(spectrum: Spectrum) -> tuple[float, bool]:
    """Z′ at the foot of the tail, and True; the largest Z′ and False if there is no tail, which ends at the largest
    −Z″."""
    from_tail = list(spectrum) if spectrum[0][1] > spectrum[-1][1] else list(reversed(spectrum))
    foot = end = from_tail[0]
    for point in from_tail:
        if point[1] > RISE * foot[1]:
            break
        foot = min(foot, point, key=lambda item: item[1])
        if foot[1] <= 0:
            break
    has_tail = end[1] == max(y for _, y in spectrum) and foot != end and foot[0] > 0
    return (foot[0], True) if has_tail else (max(x for x, _ in spectrum), False)
