"""Probabilities of many tests, adjusted for their number."""

from collections.abc import Sequence

import numpy as np


def false_discovery_rates(probabilities: Sequence[float]) -> list[float]:
    """Return the adjusted probability of each test: the share of false ones among all with one as small [1]_.

    Of all tests with an adjusted probability of 0.05 or less, on average 5 % at most are of groups that do not differ.
    This holds for independent tests and for those that depend on each other in the same sense [2]_.

    Parameters
    ----------
    probabilities : sequence of float
        Of a result as large by chance, one for each test.

    Returns
    -------
    list of float
        In the same order, none above 1.

    References
    ----------
    .. [1] Y. Benjamini, Y. Hochberg, J. R. Stat. Soc. B 57, 289 (1995), doi:10.1111/j.2517-6161.1995.tb02031.x.
    .. [2] Y. Benjamini, D. Yekutieli, Ann. Stat. 29, 1165 (2001), doi:10.1214/aos/1013699998.

    Examples
    --------
    >>> [round(rate, 3) for rate in false_discovery_rates([0.01, 0.04, 0.03, 0.5])]
    [0.04, 0.053, 0.053, 0.5]
    """
    if not len(probabilities):
        return []
    values = np.asarray(probabilities, dtype=np.float64)
    order = np.argsort(values)
    scaled = values[order] * values.size / np.arange(1, values.size + 1)
    rates = np.empty_like(values)
    rates[order] = np.minimum(np.minimum.accumulate(scaled[::-1])[::-1], 1.0)
    return [float(rate) for rate in rates]
