"""Fewer points of a long line, without losing a spike."""

import itertools

import numpy as np


def kept_positions(y: np.ndarray, limit: int) -> list[int]:
    """Return the positions of at most `limit` points, in order: the first, the last, and the lowest and the highest of
    each bucket between; of a bucket of NaN, one, so that a gap stays a gap.

    Examples
    --------
    >>> kept_positions(np.array([0.0, 0.0, 9.0, 0.0, 0.0, 0.0, -1.0, 0.0]), 6)
    [0, 2, 4, 6, 7]
    """
    if y.size <= limit:
        return list(range(y.size))
    edges = np.linspace(0, y.size, limit // 2).astype(int).tolist()
    kept = {0, y.size - 1}
    for start, end in itertools.pairwise(edges):
        bucket = y[start:end]
        if np.isnan(bucket).all():
            kept.add(start)
        else:
            kept.update((start + int(np.nanargmin(bucket)), start + int(np.nanargmax(bucket))))
    return sorted(kept)
