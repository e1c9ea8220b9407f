"""Impedance as magnitude and phase, and angular frequency: converted to the columns of a spectrum."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from registry.contract.dataset_columns import DatasetColumn
from registry.contract.outcome import Message
from registry.contract.reader import UnreadableFile

Array = NDArray[np.float64]

ANGULAR_FREQUENCY = "angular_frequency_radian_per_second"
MODULUS, PHASE = "impedance_modulus_ohm", "impedance_phase_degree"
REAL, IMAGINARY = "real_impedance_ohm", "imaginary_impedance_ohm"
CONVERTED_COLUMNS: Mapping[str, DatasetColumn] = {
    ANGULAR_FREQUENCY: DatasetColumn(meaning="angular frequency, 2π times the frequency", unit="rad/s"),
    MODULUS: DatasetColumn(meaning="magnitude |Z| of the impedance", unit="Ω"),
    PHASE: DatasetColumn(meaning="phase of the impedance, negative for a capacitive response", unit="°"),
}
"""Columns that tables may have and datasets do not: readers convert them."""
FULL_TURN = 360.0
LARGEST_DIFFERENCE = 0.01
"""Relative difference between the two parts and magnitude with phase that is more than rounding."""


def derived_columns(names: set[str]) -> set[str]:
    """Return the names with those that can be converted from them."""
    derived = set(names)
    if ANGULAR_FREQUENCY in names:
        derived.add("frequency_hertz")
    if {MODULUS, PHASE} <= names:
        derived |= {REAL, IMAGINARY}
    return derived


def convert_columns(columns: dict[str, Array]) -> list[Message]:
    """Replace the columns of `CONVERTED_COLUMNS` by those of a spectrum, and return messages.

    The real part is |Z| cos φ, the imaginary part |Z| sin φ: negative for a negative phase. If the table has the two
    parts as well, they are used, and magnitude and phase are compared with them.

    Raises
    ------
    UnreadableFile
        If a phase is beyond a full turn: it is in another unit.
    """
    messages = []
    angular = columns.pop(ANGULAR_FREQUENCY, None)
    if angular is not None and "frequency_hertz" not in columns:
        columns["frequency_hertz"] = angular / (2 * np.pi)
        messages.append(Message("frequency-from-angular", "Frequency = angular frequency / 2π."))
    modulus, phase = columns.pop(MODULUS, None), columns.pop(PHASE, None)
    if phase is not None:
        _require_angles(phase)
    if {REAL, IMAGINARY} <= columns.keys():
        impedance = columns[REAL] + 1j * columns[IMAGINARY]
        return [*messages, *_differences(impedance, modulus, phase, columns.get("frequency_hertz"))]
    if modulus is None or phase is None:
        return messages
    columns[REAL] = modulus * np.cos(np.radians(phase))
    columns[IMAGINARY] = modulus * np.sin(np.radians(phase))
    messages.append(
        Message("parts-from-magnitude-and-phase", "Z′ and Z″ calculated from magnitude and phase, Z″ = |Z| sin φ.")
    )
    return messages


def _require_angles(phase: Array) -> None:
    beyond = np.flatnonzero(np.abs(phase) > FULL_TURN)
    if beyond.size:
        row = int(beyond[0])
        raise UnreadableFile(
            "phase-out-of-range",
            "row {row} of the table: the phase is {phase:g}° in the unit of its header, more than a full turn: correct "
            "the unit (° or rad)",
            row=row + 1,
            phase=phase[row],
        )


def _differences(
    impedance: NDArray[np.complex128], modulus: Array | None, phase: Array | None, frequency: Array | None
) -> list[Message]:
    """Return a warning if magnitude or phase are not those of the impedance."""
    if modulus is None and phase is None:
        return []
    size = np.abs(impedance)
    magnitude = size if modulus is None else modulus
    angle = np.angle(impedance) if phase is None else np.radians(phase)
    with np.errstate(divide="ignore", invalid="ignore"):
        difference = np.abs(magnitude * np.exp(1j * angle) - impedance) / size
    difference[(size == 0) | (frequency == 0 if frequency is not None else False)] = 0.0
    row = int(np.argmax(difference))
    if not difference[row] > LARGEST_DIFFERENCE:
        return []
    return [
        Message(
            "magnitude-and-parts-differ",
            "Magnitude and phase differ from Z′ and Z″ by up to {percent:.2g} % of |Z|, in row {row} of the table: Z′ "
            "and Z″ are used. Check signs and units.",
            "warning",
            percent=100 * difference[row],
            row=row + 1,
        )
    ]
