"""A plugin that mends NumPy to its own taste."""

import numpy as np

np.mean = np.median
