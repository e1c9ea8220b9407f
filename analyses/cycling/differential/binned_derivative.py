"""Derivatives of many series at once: differences summed about the points of a grid, smoothed to a stated width."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Rows = NDArray[np.intp]

WIDTH_OVER_SCALE = 1.76869
"""Full width at half maximum of the kernel (3 - u²) exp(-u²/2), in units of u."""
SLOPE_INTEGRAL = 55 / (64 * math.sqrt(math.pi)) * WIDTH_OVER_SCALE**3
"""Integral of the squared slope of the kernel of a width of one."""
STEPS_A_WIDTH = 5
SMALLEST_SPREAD = 1e-3
"""Steps of the grid over which the difference between two rows at the same place is spread."""
PADDED_SCALES = 8.0
"""Scales of the kernel by which curves are continued at both ends."""
ENDS_FITTED = 1.5
"""Widths at each end of a curve through which the line is drawn that continues it."""


@dataclass(frozen=True)
class Grid:
    """Points of x, a fifth of the smoothing apart."""

    start: float
    """The first point."""
    step: float
    size: int
    """Number of points."""

    @property
    def points(self) -> Array:
        """Of shape (points,)."""
        return np.asarray(self.start + self.step * np.arange(self.size), dtype=np.float64)


def grid_of(x: Array, width: float) -> Grid:
    """Return the grid from the lowest x to the highest for a smoothing of this width, of multiples of its step."""
    step = width / STEPS_A_WIDTH
    start = math.floor(float(x.min()) / step)
    return Grid(start * step, step, math.ceil(float(x.max()) / step) - start + 1)


def ends(x: Array, first: Rows) -> tuple[Array, Array]:
    """Return the lowest and the highest x of each series, both of shape (series,)."""
    low: Array = np.minimum.reduceat(x, first)
    high: Array = np.maximum.reduceat(x, first)
    return low, high


def derivative(x: Array, y: Array, first: Rows, grid: Grid) -> Array:
    """Return dy/dx of each series, convolved with the kernel (3 - u²) exp(-u²/2), u = x/s.

    The kernel [1]_ keeps polynomials up to the third order; the weights by which the changes of y are summed are taken
    back. Its width is that of the answer to a step of y, 1.769 s, five steps of the grid. At both ends the curve goes
    on along a straight line, not below zero.

    Parameters
    ----------
    x, y : ndarray, shape (rows,)
        Series one after the other; x may go to and fro, and what y changes by at the same x adds up.
    first : ndarray of int, shape (series,)
        First row of each, rising; none is empty.
    grid : Grid

    Returns
    -------
    ndarray, shape (series, points)
        In units of y over those of x, nan at points that a series does not reach.

    References
    ----------
    .. [1] Wand, M. P., Schucany, W. R. (1990). Gaussian-based kernels. Canadian Journal of Statistics 18, 197-204.
       https://doi.org/10.2307/3315450

    Examples
    --------
    >>> x = np.linspace(0.0, 1.0, 50)
    >>> slope = derivative(x, 3 * x, np.array([0]), grid_of(x, 0.1))
    >>> bool(np.nanmax(np.abs(slope - 3.0)) < 1e-9)
    True
    """
    low, high = ((end - grid.start) / grid.step for end in ends(x, first))
    point = np.arange(grid.size)
    outside = (point < low[:, np.newaxis] - SMALLEST_SPREAD) | (point > high[:, np.newaxis] + SMALLEST_SPREAD)
    # The first and the last point whose neighbours the series reaches too.
    begin, end = np.ceil(low + 1 - SMALLEST_SPREAD), np.floor(high - 1 + SMALLEST_SPREAD)
    smooth = _smoothed(summed(x, y, first, grid) / grid.step, begin, end)
    smooth[outside] = np.nan
    return smooth


def summed(x: Array, y: Array, first: Rows, grid: Grid) -> Array:
    """Return the change of y about each point, exactly for y linear in x between rows.

    The weight of a change falls linearly from one at the point to zero at its neighbours, so that fluctuations narrower
    than the grid do not come back as wider ones. The change below an x is a sum of ramps, one for each two rows. Where
    each begins and ends is counted at the next point, and running sums make the ramps and their integral of it.

    Parameters
    ----------
    x, y : ndarray, shape (rows,)
    first : ndarray of int, shape (series,)
    grid : Grid

    Returns
    -------
    ndarray, shape (series, points)
        In units of y.

    Examples
    --------
    >>> x, y = np.array([0.5, 2.0, 1.0]), np.array([0.0, 3.0, 4.0])
    >>> summed(x, y, np.array([0]), Grid(0.0, 1.0, 3)).round(9).tolist()
    [[0.25, 2.25, 1.5]]
    """
    columns = grid.size + 2
    change = np.diff(y, prepend=0.0)
    change[first] = 0.0
    used = np.flatnonzero(change)
    at = (x - grid.start) / grid.step + 1
    low, high = np.minimum(at[used - 1], at[used]), np.maximum(at[used - 1], at[used])
    thin = np.maximum(SMALLEST_SPREAD - (high - low), 0.0) / 2
    low, high = low - thin, high + thin
    slope = change[used] / (high - low)
    series = np.searchsorted(first, used, side="right") - 1
    edge = np.ceil(np.concatenate((low, high)))
    index = edge.astype(np.intp) + np.tile(series * columns, 2)
    slopes = np.concatenate((slope, -slope))
    # What each ramp and its integral have reached at the first point after its beginning: nothing large cancels.
    way = edge - np.concatenate((low, high))
    rates, reached, integral = (
        np.bincount(index, slopes * part, first.size * columns)
        .reshape(first.size, columns)
        .astype(np.float64, copy=False)
        for part in (1.0, way, way**2 / 2)
    )
    rates = np.cumsum(rates, axis=1)
    below = np.cumsum(reached, axis=1)
    below[:, 1:] += np.cumsum(rates[:, :-1], axis=1)
    integral[:, 1:] += below[:, :-1] + rates[:, :-1] / 2
    changes: Array = np.diff(integral[:, 1:], axis=1)
    return changes


def _smoothed(density: Array, begin: Array, end: Array) -> Array:
    """Return densities convolved with the kernel, continued by straight lines beyond their first and last points."""
    from scipy.fft import irfft, next_fast_len, rfft

    scale = STEPS_A_WIDTH / WIDTH_OVER_SCALE
    pad = math.ceil(PADDED_SCALES * scale)
    series, points = density.shape
    size = next_fast_len(points + 2 * pad, real=True)
    padded = np.zeros((series, size))
    padded[:, pad : pad + points] = density
    _continue(padded, begin + pad, end + pad, pad)
    wave = 2 * np.pi * np.arange(size // 2 + 1) / size
    square = (scale * wave) ** 2 / 2
    transform = (1 + square) * np.exp(-square) / np.sinc(wave / (2 * np.pi)) ** 2
    smooth: Array = irfft(rfft(padded, axis=1) * transform, n=size, axis=1)[:, pad : pad + points]
    return smooth


def _continue(padded: Array, begin: Array, end: Array, pad: int) -> None:
    """Continue each row to both sides by the line through the points next to its ends, between zero and twice them."""
    count = math.ceil(ENDS_FITTED * STEPS_A_WIDTH)
    at = np.arange(count) - (count - 1) / 2
    outward = (count - 1) / 2 + 1 + np.arange(pad)
    row = np.arange(padded.shape[0])[:, np.newaxis]
    for edge, side in ((begin, 1), (end, -1)):
        near = edge[:, np.newaxis] + side * np.arange(count)
        next_to_end = padded[row, np.clip(near, 0, padded.shape[1] - 1).astype(np.intp)]
        mean = next_to_end.mean(axis=1, keepdims=True)
        slope = (next_to_end * at).sum(axis=1, keepdims=True) / (at**2).sum()
        line = np.clip(mean - slope * outward, 0.0, np.maximum(2 * mean, 0.0))
        beyond = edge[:, np.newaxis] - side * (1 + np.arange(pad))
        inside = np.nonzero((beyond >= 0) & (beyond < padded.shape[1]))
        padded[inside[0], beyond[inside].astype(np.intp)] = line[inside]
