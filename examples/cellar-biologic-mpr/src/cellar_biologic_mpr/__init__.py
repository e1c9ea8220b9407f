# SPDX-License-Identifier: BSD-3-Clause
"""Reads BioLogic binary files (.mpr) for Cellar.

`reader` is the plugin; `dump` is the program it runs for each file, the only module that imports galvani; `columns`
turns what that wrote into datasets. This file imports nothing, so that the program needs nothing of Cellar.
"""

__version__ = "1.1.0"
REFUSED = 3
"""Status of the program when its errors say what is wrong with the file."""
