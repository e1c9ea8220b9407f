# SPDX-License-Identifier: BSD-3-Clause
"""The datasets of an EC-Lab binary file: its columns as Cellar reads those of the text of the same run.

Nothing of the settings page is used: area and mass come from the layers of the cell.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from registry.contract.reader_support.datasets.cycler_series import NEEDED as SERIES
from registry.contract.reader_support.datasets.spectrum import NEEDED as SPECTRUM
from registry.contract.reader_support.eclab.eclab_columns import eclab_columns
from registry.contract.reader_support.eclab.eclab_datasets import eclab_datasets
from registry.contract.reader_support.tables.instrument_table import header_facts, unread_columns
from registry.hookspecs import Message, ParsedDataset

Array = NDArray[np.float64]

TECHNIQUES = {
    0x04: "Galvanostatic Cycling with Potential Limitation",
    0x06: "Cyclic Voltammetry",
    0x0B: "Open Circuit Voltage",
    0x18: "Chronoamperometry / Chronocoulometry",
    0x19: "Chronopotentiometry",
    0x1C: "Wait",
    0x1D: "Potentio Electrochemical Impedance Spectroscopy",
    0x1E: "Galvano Electrochemical Impedance Spectroscopy",
    0x6C: "Linear Sweep Voltammetry",
    0x75: "Constant Voltage",
    0x76: "Constant Current",
    0x77: "Galvanostatic Cycling with Potential Limitation",
    0x7F: "Modulo Bat",
}
"""EC-Lab's number of a technique, and its name in the text export."""


def datasets(raw: Mapping[str, np.ndarray], facts: Mapping[str, Any]) -> tuple[ParsedDataset, ...]:
    """Return each spectrum and the time series of the columns of a file."""
    name = TECHNIQUES.get(facts["technique"], f"number {facts['technique']} of EC-Lab")
    labels = list(raw)
    known = eclab_columns(labels, 1, SERIES | SPECTRUM)
    columns: dict[str, Array] = {
        column.canonical: column.converted(raw[labels[index]].astype(np.float64)) for index, column in known.items()
    }
    messages = [*_trailing_data(facts), *unread_columns(labels, list(known))]
    return eclab_datasets(columns, name, _header(name, facts), messages)


def _header(name: str, facts: Mapping[str, Any]) -> dict[str, str]:
    header = {"technique": name, "started": facts.get("started", "")}
    if "software" in facts:
        header["software"] = f"EC-Lab {facts['software']}"
        header["instrument"] = f"serial number {facts['serial']}"
        header["channel"] = str(facts["channel"])
    return header_facts(**header)


def _trailing_data(facts: Mapping[str, Any]) -> list[Message]:
    if not facts["remark"]:
        return []
    return [
        Message(
            "trailing-data-unread",
            "All rows were read, but not the data after them: {facts}.",
            "warning",
            facts=facts["remark"],
        )
    ]
