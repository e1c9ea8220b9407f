"""What describes a file format, and what its reader gives back."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from registry.contract.outcome import Message
from registry.contract.vocabulary import TIME_SERIES_TECHNIQUES


class UnreadableFile(ValueError):  # noqa: N818
    """A reader cannot make sense of a file; the text says where (line, column) and what would help."""


@dataclass(frozen=True)
class ParsedDataset:
    """One spectrum or test found in a file. Columns have canonical names (docs/nomenclature.md) and shape (rows,)."""

    technique: str
    """One of `TECHNIQUES`, or empty if the file cannot tell."""
    columns: Mapping[str, np.ndarray]
    """Finite numbers in canonical units."""
    header: Mapping[str, str] = field(default_factory=dict)
    """What the file says of itself, to be shown."""
    label: str = ""
    """Which of several in the file it is."""
    messages: tuple[Message, ...] = ()
    """What was left out, converted or looks odd."""

    def suits(self, technique: str) -> bool:
        """Return True if a measurement of this technique can hold it; any technique with time, voltage and current
        can hold a cycler's time series, whose file cannot tell a staircase of voltages from cycling."""
        is_series = {"test_time_second", "voltage_volt", "current_ampere"} <= set(self.columns)
        return self.technique in {"", technique} or (
            self.technique == "cycling" and is_series and technique in TIME_SERIES_TECHNIQUES
        )


@dataclass(frozen=True)
class Reader:
    """A file format. `recognises` looks at the first bytes and the name; `read` raises `UnreadableFile`."""

    name: str
    """Words with hyphens, unlike that of every other reader."""
    version: str
    """Changes with every change of what it gives; `manage.py reparse` reads files again with a newer one."""
    title: str
    """Which files, in words."""
    recognises: Callable[[bytes, str], bool]
    """Given the first 65,536 bytes and the name, whether it knows the file; raises nothing, whatever the bytes are."""
    read: Callable[[Path], tuple[ParsedDataset, ...]]
    """Given the path, without an ending, what is in the file; it changes nothing on the disk."""
    priority: int = 0
    """Of several that recognise a file, the highest reads first; a catch-all is below zero."""
    read_mapped: Callable[[Path, Mapping[str, Any]], tuple[ParsedDataset, ...]] | None = None
    """Reads a file by a column mapping, where the format takes one."""
    check_mapping: Callable[[Mapping[str, Any]], None] | None = None
    """Raises `UnreadableFile` for a column mapping that cannot be meant, before it is saved."""
    mapped_columns: Mapping[str, str] = field(default_factory=dict)
    """Names a column mapping may give, each with its unit, for who writes one."""
