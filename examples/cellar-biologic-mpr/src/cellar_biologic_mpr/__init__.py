# SPDX-License-Identifier: BSD-3-Clause
"""Reads BioLogic binary files (.mpr) for Cellar.

`reader` is the plugin; `dump` is the program it runs for each file, the only module that imports galvani; `columns`
converts its output to datasets. This file imports nothing, so that the program does not need Cellar.
"""

__version__ = "2.0.0"
REFUSED = 3
"""Exit status of the program if it refused the file; its stderr has the reason."""
