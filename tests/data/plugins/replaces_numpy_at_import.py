"""A plugin that patches NumPy when it is imported."""

import numpy as np

np.mean = np.median
