"""Potentials of the two electrodes against a reference electrode: their difference is the voltage of the cell."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from registry.contract.outcome import Message

Array = NDArray[np.float64]

VOLTAGE = "voltage_volt"
WORKING, COUNTER = "working_electrode_potential_volt", "counter_electrode_potential_volt"


def give_voltage(names: set[str]) -> bool:
    """Return True if both potentials are among the columns."""
    return {WORKING, COUNTER} <= names


def with_difference(columns: Mapping[str, Array]) -> tuple[dict[str, Array], list[Message]]:
    """Return the columns with the voltage of the cell, if they have both potentials and no voltage, and a message.

    Parameters
    ----------
    columns
        Each of shape (rows,) [V]; the potentials stay.
    """
    if VOLTAGE in columns or not give_voltage(set(columns)):
        return dict(columns), []
    voltage = columns[WORKING] - columns[COUNTER]
    message = Message("voltage-from-electrodes", "voltage_volt is Ewe − Ece: the file has no cell voltage.")
    return {**columns, VOLTAGE: voltage}, [message]
