"""An impedance spectrum that passed the checks every later step relies on, and values read from it without a fit."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from analyses.impedance.circuit_elements import Complex, Real
from analyses.impedance.noise.noise_scale import PROPORTIONAL, NoiseScale
from analyses.impedance.noise.noise_scale_choice import choose_noise_scale
from analyses.impedance.noise.repeated_points import SAME, RepeatedPoint, average_repeated, refuse_several_spectra
from analyses.insufficient_data import InsufficientData
from analyses.uncertainty import Estimate

Rows = NDArray[np.int_]

FEWEST_POINTS = 10
MOST_NEGATIVE_REAL = 0.05
"""Share of |Z| by which noise and phase error (3°) may bring Re Z below zero where a cell is all but a capacitor."""
REAL_DROP = 0.03
"""Share of |Z| by which -Im Z must fall after an arc to be distinguished from noise."""
CHANGES_DIRECTION = "frequency-changes-direction"
"""Code of the error of a spectrum whose frequencies go back and forth."""
LARGEST_MISMATCH = 0.25
"""Distance of a frequency to leave out from that of its point, over the spacing of the points, both in log f."""
MOST_STRAYS, STRAY_SPACING = 2, 0.5
"""Points out of order that do not make a sweep two, and how near to its neighbours each may be, over the usual
spacing."""
NEIGHBOURS = 3
"""Points either side that a local parabola goes through."""


@dataclass(frozen=True)
class LeftOutPoint:
    """A point that counts in nothing."""

    frequency_hertz: float
    impedance_ohm: complex
    row: int
    """Row in the data, from 1."""


SIGNIFICANT = 3.0
"""Standard errors from which the imaginary part rises at the end of a spectrum."""


@dataclass(frozen=True)
class Spectrum:
    """Z against frequency, from the highest frequency to the lowest."""

    frequency_hertz: Real
    impedance_ohm: Complex
    inductive_points: int
    """Points at the high-frequency end whose imaginary part is positive."""
    outside_window: int
    """Points outside the frequency window."""
    rows: Rows
    """Row of each point in the data, from 1, shape (points,); the first of a frequency measured several times."""
    left_out: tuple["LeftOutPoint", ...] = ()
    """Excluded points one by one, from the highest frequency to the lowest."""
    repeated: tuple[RepeatedPoint, ...] = ()
    """Frequencies measured several times in a row, of which the mean counts."""
    noise: NoiseScale = PROPORTIONAL
    """How the noise depends on |Z|, as the spectrum shows it."""

    @property
    def noise_scale_ohm(self) -> Real:
        """Scale of the noise of each point, shape (points,) [Ω]: |Z| unless `noise` states otherwise."""
        return self.noise.of(np.abs(self.impedance_ohm))

    def without(self, indices: Sequence[int]) -> "Spectrum":
        """Return the spectrum without the points at these places, counted from 0; they join those left out.

        Raises
        ------
        InsufficientData
            If fewer than ten points remain.
        """
        kept = np.ones(self.frequency_hertz.size, dtype=bool)
        kept[list(indices)] = False
        _check_count(int(kept.sum()), kept.size, " without the excluded points")
        points = [self.point(int(index)) for index in np.flatnonzero(~kept)]
        ordered = sorted((*self.left_out, *points), key=lambda point: -point.frequency_hertz)
        impedance = self.impedance_ohm[kept]
        return replace(
            self,
            frequency_hertz=self.frequency_hertz[kept],
            impedance_ohm=impedance,
            inductive_points=_inductive_points(impedance),
            rows=self.rows[kept],
            left_out=tuple(ordered),
        )

    def point(self, index: int) -> "LeftOutPoint":
        """Return the point at a place, counted from 0, as one that is left out."""
        return LeftOutPoint(
            float(self.frequency_hertz[index]), complex(self.impedance_ohm[index]), int(self.rows[index])
        )

    @property
    def negative_real_points(self) -> int:
        """Points whose real part is below zero, by little."""
        return int(np.count_nonzero(self.impedance_ohm.real <= 0))

    @property
    def tail_frequency_hz(self) -> float:
        """Frequency below which -Im Z exceeds Re Z throughout; the highest one if it does everywhere."""
        flat = np.flatnonzero(-self.impedance_ohm.imag <= self.impedance_ohm.real)
        return float(self.frequency_hertz[flat[-1] if flat.size else 0])

    @property
    def ends_in_blocking_tail(self) -> bool:
        """True if -Im Z rises towards the lowest frequency, as it does when the electrodes block, and not by chance:
        by more than three times the standard error of its slope."""
        last = max(4, self.frequency_hertz.size // 8)
        along, rising = np.log(self.frequency_hertz[-last:]), -self.impedance_ohm.imag[-last:]
        along = along - along.mean()
        slope = float(along @ rising / (along @ along))
        scatter = float(np.sum((rising - rising.mean() - slope * along) ** 2)) / (last - 2)
        return bool(slope < -SIGNIFICANT * math.sqrt(scatter / float(along @ along)) and rising[-1] > 0)


def check_spectrum(
    frequency_hertz: Real,
    real_ohm: Real,
    imaginary_ohm: Real,
    *,
    lowest_frequency_hz: float = 0.0,
    highest_frequency_hz: float = 0.0,
    left_out_hz: Sequence[float] = (),
    is_joined: bool = False,
) -> Spectrum:
    """Check a spectrum, cut it to a frequency window, average repeated points and leave out single points.

    Parameters
    ----------
    frequency_hertz, real_ohm, imaginary_ohm : ndarray, shape (points,)
        Frequency [Hz], Re Z and Im Z [Ω]; Im Z is negative for a capacitor.
    lowest_frequency_hz, highest_frequency_hz : float, optional
        Window [Hz]; zero for no limit.
    left_out_hz : sequence of float, optional
        Frequencies of points to leave out [Hz], each within a quarter of the spacing of the points in log f.
    is_joined : bool, optional
        True for segments of one sweep, where the frequency may go back.

    Returns
    -------
    Spectrum

    Raises
    ------
    InsufficientData
        If a number is missing, a frequency is not above zero, frequencies go back and forth, Re Z is below zero by more
        than 5 % of |Z|, the sign of Im Z is turned, points of most frequencies disagree, no point has a frequency to
        leave out, or fewer than ten frequencies remain.
    """
    frequency = np.asarray(frequency_hertz, dtype=np.float64)
    real, imaginary = np.asarray(real_ohm, dtype=np.float64), np.asarray(imaginary_ohm, dtype=np.float64)
    _check_numbers(frequency, real, imaginary)
    highest = highest_frequency_hz or math.inf
    if highest <= lowest_frequency_hz:
        raise InsufficientData(
            "empty-frequency-window",
            "the frequency window from {lowest_frequency_hz:g} Hz to {highest_frequency_hz:g} Hz is empty",
            lowest_frequency_hz=lowest_frequency_hz,
            highest_frequency_hz=highest_frequency_hz,
        )
    inside = np.flatnonzero((frequency >= lowest_frequency_hz) & (frequency <= highest))
    _check_order(frequency, inside, is_joined=is_joined)
    inside = inside[np.argsort(-frequency[inside], kind="stable")]
    kept, impedance, rows, repeated = average_repeated(
        frequency[inside], real[inside] + 1j * imaginary[inside], inside + 1
    )
    _check_count(kept.size, inside.size, " different ones")
    if not is_joined:
        refuse_several_spectra(repeated, kept.size)
    outside = int(frequency.size - inside.size)
    spectrum = Spectrum(kept, impedance, 0, outside, rows, repeated=repeated)
    spectrum = spectrum.without([_index_at(kept, hertz) for hertz in left_out_hz])
    _check_physics(spectrum.rows - 1, spectrum.frequency_hertz, spectrum.impedance_ohm)
    return replace(spectrum, noise=choose_noise_scale(spectrum.frequency_hertz, spectrum.impedance_ohm))


def _inductive_points(impedance: Complex) -> int:
    """Return how many points at the high-frequency end have a positive imaginary part."""
    capacitive = np.flatnonzero(impedance.imag <= 0)
    return int(capacitive[0]) if capacitive.size else impedance.size


def _index_at(frequency: Real, hertz: float) -> int:
    """Return the place of the point with this frequency."""
    log_hz, wanted = np.log(frequency), math.log(hertz)
    index = int(np.argmin(np.abs(log_hz - wanted)))
    spacing = np.abs(np.diff(log_hz))[max(index - 1, 0) : index + 1].min()
    if abs(log_hz[index] - wanted) > LARGEST_MISMATCH * spacing:
        raise InsufficientData(
            "no-point-at-frequency",
            "no point at {frequency_hz:g} Hz to exclude: the nearest is at {nearest_hz:.6g} Hz",
            frequency_hz=hertz,
            nearest_hz=float(frequency[index]),
        )
    return index


def _check_numbers(frequency: Real, real: Real, imaginary: Real) -> None:
    columns = {"frequency_hertz": frequency, "real_impedance_ohm": real, "imaginary_impedance_ohm": imaginary}
    if len({column.size for column in columns.values()}) > 1:
        sizes = ", ".join(f"{name} {column.size}" for name, column in columns.items())
        raise InsufficientData("unequal-columns", "the columns differ in length ({sizes})", sizes=sizes)
    for name, column in columns.items():
        bad = np.flatnonzero(~np.isfinite(column))
        if bad.size:
            raise InsufficientData(
                "value-not-finite",
                "{name} is not a finite number in {bad}: delete these rows, or export the file again",
                name=name,
                bad=_rows(bad),
            )
    bad = np.flatnonzero(frequency <= 0)
    if bad.size:
        raise InsufficientData(
            "frequency-not-positive",
            "frequency of zero or below in {bad} ({frequency:g} Hz): keep only the rows of the spectrum",
            bad=_rows(bad),
            frequency=frequency[bad[0]],
        )


def _check_order(frequency: Real, inside: np.ndarray, *, is_joined: bool) -> None:
    window = "" if inside.size == frequency.size else f" within the frequency window, {frequency.size} without it"
    _check_count(inside.size, frequency.size, window)
    if is_joined:
        return
    kept = frequency[inside]
    change = np.diff(kept)
    change[np.abs(change) <= SAME * kept[1:]] = 0.0
    turns = np.flatnonzero(change * change[change != 0][0] < 0) if change.any() else np.array([], dtype=int)
    if turns.size and not _are_strays(kept):
        raise InsufficientData(
            "frequency-changes-direction",
            "the frequency changes direction from {kept:g} Hz to {next_hz:g} Hz in row {inside}: if these are "
            "several spectra, give each its own measurement",
            kept=kept[turns[0]],
            next_hz=kept[turns[0] + 1],
            inside=inside[turns[0] + 1] + 1,
        )


def _are_strays(frequency: Real) -> bool:
    """Return whether one or two points stand in the wrong rows of a sweep, each where the others leave a gap for it."""
    logs = np.log(frequency) * (1 if frequency[-1] > frequency[0] else -1)
    longest: list[int] = []
    for index, log_hz in enumerate(logs):
        longest.append(1 + max((longest[other] for other in range(index) if logs[other] < log_hz), default=0))
    spacing = np.diff(np.sort(logs))
    fills_gaps = bool(spacing.min() > STRAY_SPACING * np.median(spacing))
    return fills_gaps and frequency.size - max(longest) <= MOST_STRAYS


def _check_count(points: int, of: int, window: str) -> None:
    if points < FEWEST_POINTS:
        raise InsufficientData(
            "too-few-frequencies",
            "too few points: a spectrum needs at least {fewest_points} frequencies, and this one has "
            "{inside_size}{window}",
            fewest_points=FEWEST_POINTS,
            inside_size=points,
            window=window if points < of else "",
        )


def _check_physics(rows: np.ndarray, frequency: Real, impedance: Complex) -> None:
    bad = np.flatnonzero(impedance.real <= -MOST_NEGATIVE_REAL * np.abs(impedance))
    if bad.size:
        raise InsufficientData(
            "negative-resistance",
            "negative Re Z ({real:.4g} Ω at {frequency:.4g} Hz, {rows}), which no passive cell has: narrow the "
            "frequency window, or check the cables and the reference electrode",
            real=impedance.real[bad[0]],
            frequency=frequency[bad[0]],
            rows=_rows(rows[bad]),
        )
    if np.mean(impedance.imag > 0) > 0.5:
        raise InsufficientData(
            "positive-reactance",
            "Im Z is positive at {positive} of {count} frequencies, as for an inductor: for a cell, the sign of the "
            "column is wrong; map Z'' as -Z'', or -Z'' as Z''",
            positive=np.count_nonzero(impedance.imag > 0),
            count=frequency.size,
        )


def _rows(indices: Sequence[int] | np.ndarray) -> str:
    shown = ", ".join(str(int(index) + 1) for index in indices[:5])
    more = f" and {len(indices) - 5} more" if len(indices) > 5 else ""
    return f"{'row' if len(indices) == 1 else 'rows'} {shown}{more}"


def resistance_at_minimum(spectrum: Spectrum, relative_noise: float) -> Estimate | None:
    """Return Re Z where -Im Z has its minimum between the last arc and the blocking tail.

    The place comes from a parabola of -Im Z against log f through the seven points around the least one, Re Z there
    from another. The standard uncertainty is that of the noise alone: how far Re Z at that place is from the
    resistance of the conductor depends on the cell, and is not in it.

    Parameters
    ----------
    spectrum : Spectrum
        With a blocking tail.
    relative_noise : float
        Standard deviation of Re Z and of Im Z over the scale of the noise, from a Kramers-Kronig test.

    Returns
    -------
    Estimate or None
        Resistance [Ω]; None if -Im Z has no minimum before the tail.
    """
    start = spectrum.inductive_points
    height = -spectrum.impedance_ohm.imag[start:]
    resolved = np.maximum(REAL_DROP * np.abs(spectrum.impedance_ohm), 4 * relative_noise * spectrum.noise_scale_ohm)
    drop = (np.maximum.accumulate(height) - height) / resolved[start:]
    if drop.max() < 1:
        return None
    peak = int(np.argmax(height[: int(np.argmax(drop)) + 1]))
    index = peak + int(np.argmin(height[peak:]))
    if not NEIGHBOURS <= index < height.size - NEIGHBOURS:
        return None
    rows = slice(start + index - NEIGHBOURS, start + index + NEIGHBOURS + 1)
    return _at_level(spectrum, rows, relative_noise, slope=True)


def resistance_at_intercept(spectrum: Spectrum, relative_noise: float) -> Estimate | None:
    """Return Re Z where the spectrum crosses the real axis on its way into the blocking tail.

    Re Z and Im Z are each a parabola of log f through the seven points around the change of sign. A crossing that
    is followed by an arc is the resistance before that arc, not that of the conductor, and is not taken.

    Parameters
    ----------
    spectrum : Spectrum
        With points of positive Im Z at its high-frequency end.
    relative_noise : float
        Standard deviation of Re Z and of Im Z over the scale of the noise, from a Kramers-Kronig test.

    Returns
    -------
    Estimate or None
        Resistance [Ω]; None if there is no such crossing.
    """
    crossing = spectrum.inductive_points
    size = spectrum.frequency_hertz.size
    if crossing == 0 or crossing > size - NEIGHBOURS or resistance_at_minimum(spectrum, relative_noise) is not None:
        return None
    first = max(0, crossing - NEIGHBOURS)
    return _at_level(spectrum, slice(first, crossing + NEIGHBOURS + 1), relative_noise, slope=False)


def _at_level(spectrum: Spectrum, rows: slice, relative_noise: float, *, slope: bool) -> Estimate | None:
    """Return Re Z where Im Z, or its slope if `slope`, is zero by a local parabola in log f."""
    z, x = spectrum.impedance_ohm[rows], np.log(spectrum.frequency_hertz[rows])
    x = x - x.mean()
    basis = np.vander(x, 3)
    solve = np.linalg.pinv(basis)
    real, imaginary = solve @ z.real, solve @ z.imag
    wanted = np.polyder(imaginary) if slope else imaginary
    roots = np.roots(wanted)
    near = [float(root.real) for root in roots if abs(root.imag) < 1e-9 and x.min() <= root.real <= x.max()]
    if not near:
        return None
    index = min(near, key=abs)
    powers = np.array([index**2, index, 1.0])
    # A level a·x² + b·x + c shifts by minus its own error over its slope; Re Z there shifts with it.
    level = (np.array([2 * index, 1.0, 0.0]) if slope else powers) @ solve
    shift = np.polyval(np.polyder(real), index) / np.polyval(np.polyder(wanted), index)
    sigma = relative_noise * spectrum.noise_scale_ohm[rows]
    uncertainty = math.hypot(np.linalg.norm((powers @ solve) * sigma), np.linalg.norm(shift * level * sigma))
    magnitude = float(np.polyval(real, index))
    return Estimate.measured(magnitude, uncertainty).attributed("noise") if magnitude > 0 else None
