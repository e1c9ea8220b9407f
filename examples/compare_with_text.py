"""Compare a .mpr file with its text export by EC-Lab; exit with 1 if they differ beyond the digits of the text.

`python examples/compare_with_text.py FILE.mpr FILE.txt`, with cellar-registry and cellar-biologic-mpr installed.
"""

import sys
from pathlib import Path

import numpy as np
from cellar_biologic_mpr import reader

from plugins.readers import biologic_mpt

COLUMNS = ("frequency_hertz", "real_impedance_ohm", "imaginary_impedance_ohm", "test_time_second", "voltage_volt")
MAX_DIFFERENCE = 1e-7
"""Relative: the text has eight digits, the binary file 24 bits."""


def main(binary: Path, text: Path) -> int:
    """Return 0 if both contain the same spectra."""
    binary_spectra, text_spectra = reader.read(binary), biologic_mpt.read(text)
    if len(binary_spectra) != len(text_spectra):
        sys.stdout.write(f"{len(binary_spectra)} spectra in {binary.name}, {len(text_spectra)} in {text.name}\n")
        return 1
    worst = 0.0
    for spectrum, expected in zip(binary_spectra, text_spectra, strict=True):
        for name in COLUMNS:
            difference = float(np.max(np.abs(spectrum.columns[name] / expected.columns[name] - 1)))
            sys.stdout.write(
                f"{name}: {expected.columns[name].size} rows, largest relative difference {difference:.1e}\n"
            )
            worst = max(worst, difference)
    return int(not worst <= MAX_DIFFERENCE)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2])))
