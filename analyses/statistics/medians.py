"""Robust statistics by medians, which single outliers do not move."""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

MAD_TO_SIGMA = 1.4826
"""Standard deviation of normal scatter over its median absolute deviation."""
MEDIAN_DEVIATION_EFFICIENCY = 0.37


def median_degrees_of_freedom(degrees: int) -> float:
    """Return the degrees of freedom of a scatter that comes from a median deviation, not from a sum of squares.

    Parameters
    ----------
    degrees : int
        Those a sum of squares would have.

    Returns
    -------
    float
        37 % of them, the efficiency of the median deviation for normal scatter; at least one.

    References
    ----------
    Rousseeuw, P. J., Croux, C. (1993). Alternatives to the median absolute deviation. Journal of the American
    Statistical Association 88, 1273-1283. https://doi.org/10.1080/01621459.1993.10476408

    Examples
    --------
    >>> median_degrees_of_freedom(100)
    37.0
    """
    return max(1.0, MEDIAN_DEVIATION_EFFICIENCY * degrees)


def running_median(values: Array, half: int) -> Array:
    """Return the median of each value and up to `half` neighbours on each side, as many on the one as on the other.

    Parameters
    ----------
    values : ndarray, shape (n,)
        Any numbers.
    half : int
        Neighbours on each side; fewer near the ends, none at them.

    Returns
    -------
    ndarray, shape (n,)

    Examples
    --------
    >>> running_median(np.array([1.0, 9.0, 2.0, 3.0]), half=1).tolist()
    [1.0, 2.0, 3.0, 3.0]
    """
    smooth = np.array(values, dtype=float)
    width = 2 * half + 1
    if values.size >= width:
        windows = np.lib.stride_tricks.sliding_window_view(values, width)
        smooth[half : values.size - half] = np.median(windows, axis=1)
    inner = range(half, values.size - half)
    for index in (index for index in range(values.size) if index not in inner):
        reach = min(index, values.size - 1 - index, half)
        smooth[index] = np.median(values[index - reach : index + reach + 1])
    return smooth
