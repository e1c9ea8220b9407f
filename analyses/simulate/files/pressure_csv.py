"""Log of a pressure sensor as text: comments, a header with units, and a row a reading."""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

ENCODING = "utf-8"
COLUMNS = ("Time / s", "Stack pressure / MPa")


def pressure_csv(time_s: Array, pressure_mpa: Array) -> bytes:
    """Return the file of a log; ‘simulated’ is in its comment. Both of shape (rows,)."""
    head = ["# comment: simulated", ",".join(COLUMNS)]
    rows = [f"{time:.0f},{pressure:.4f}" for time, pressure in zip(time_s.tolist(), pressure_mpa.tolist(), strict=True)]
    return ("\n".join([*head, *rows]) + "\n").encode(ENCODING)
