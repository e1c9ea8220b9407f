"""Say by how much a .mpr file and EC-Lab's text export of it differ; end with 1 if by more than the text's digits.

`python examples/compare_with_text.py FILE.mpr FILE.txt`, with cellar-registry and cellar-biologic-mpr installed.
"""

import sys
from pathlib import Path

import numpy as np
from cellar_biologic_mpr import reader

from plugins.readers import biologic_mpt

COLUMNS = ("frequency_hertz", "real_impedance_ohm", "imaginary_impedance_ohm", "test_time_second", "voltage_volt")
LARGEST = 1e-7
"""Of a value: the text has eight digits, the binary file 24 bits."""


def main(binary: Path, text: Path) -> int:
    """Return 0 if both hold the same spectra."""
    ours, theirs = reader.read(binary), biologic_mpt.read(text)
    if len(ours) != len(theirs):
        sys.stdout.write(f"{len(ours)} spectra in {binary.name}, {len(theirs)} in {text.name}\n")
        return 1
    worst = 0.0
    for one, other in zip(ours, theirs, strict=True):
        for name in COLUMNS:
            difference = float(np.max(np.abs(one.columns[name] / other.columns[name] - 1)))
            sys.stdout.write(f"{name}: {other.columns[name].size} rows, largest relative difference {difference:.1e}\n")
            worst = max(worst, difference)
    return int(not worst <= LARGEST)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2])))
