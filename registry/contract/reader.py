"""Description of a file format, and the datasets its reader returns."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np

from analyses.coded_text import CodedError
from registry.contract.outcome import Message

PACKAGE_MISSING = "package-missing"
"""Code of the refusal of a sound file whose reader is a package that is not installed: the file is stored, to be read
again after the installation."""


class UnreadableFile(CodedError, ValueError):  # noqa: N818
    """A reader cannot parse a file: `UnreadableFile("no-rows", "no rows below line {line}: export it again", line=3)`.

    The text says where (line, column) and what to do.
    """


class OtherFormatError(UnreadableFile):
    """A file that the reader recognised by its first bytes is of another format, as its content shows: the next reader
    is asked. An Excel workbook shows only when it is opened which instrument wrote it.
    """


@dataclass(frozen=True, kw_only=True)
class Image:
    """An image in a file: grey levels, and the size of a pixel if the file states it."""

    pixels: np.ndarray
    """Shape (rows, columns), the top row first; whole numbers or finite floats, in the bit depth of the file."""
    pixel_size_um: tuple[float, float] | None = None
    """Width and height of a pixel in µm. None if the file does not state it: never a guess from a resolution in dots
    per inch, which is for printing."""
    colours: np.ndarray | None = None
    """Shape (rows, columns, 3): red, green and blue of 8 bits, which pages show of a picture with colours."""


@dataclass(frozen=True)
class ParsedDataset:
    """One spectrum, test or image in a file.

    Columns have canonical names (docs/nomenclature.md) and shape (rows,).
    """

    technique: str
    """Slug of the technique the file states, such as `eis`; empty if it states none."""
    columns: Mapping[str, np.ndarray] = field(default_factory=dict)
    """Finite numbers in canonical units; none if it is an image."""
    header: Mapping[str, str] = field(default_factory=dict)
    """Metadata of the file, for display."""
    label: str = ""
    """Name that distinguishes it from other datasets in the file."""
    messages: tuple[Message, ...] = ()
    """Remarks on what was left out, converted or looks suspicious."""
    start_time: datetime | None = field(default=None, kw_only=True)
    """When the test began, according to the file: with an offset from UTC only if the file states one. None if it does
    not say, or if day and month cannot be distinguished."""
    image: Image | None = field(default=None, kw_only=True)
    """The image, in place of columns."""

    @property
    def has_picture(self) -> bool:
        """Return True if it is an image."""
        return self.image is not None


@dataclass(frozen=True, kw_only=True)
class Reader:
    """A file format. `recognises` looks at the first bytes and the name; `read` raises `UnreadableFile`."""

    name: str
    """Unique name, words joined by hyphens."""
    version: str
    """Change it whenever the result changes; `manage.py reparse` rereads files with the new version."""
    title: str
    """Description of the files it reads."""
    recognises: Callable[[bytes, str], bool]
    """Takes the first 65,536 bytes and the file name, returns whether it can read the file; must never raise."""
    read: Callable[[Path], tuple[ParsedDataset, ...]]
    """Takes the path (without a file extension), returns the datasets; must not change anything on disk."""
    priority: int = 0
    """Of several readers that recognise a file, the highest is tried first; a catch-all is below zero. One of lower
    priority is asked only if all above it raise `OtherFormatError`."""
    read_mapped: Callable[[Path, Mapping[str, Any]], tuple[ParsedDataset, ...]] | None = None
    """Reads a file with a column mapping, if the format supports one."""
    check_mapping: Callable[[Mapping[str, Any]], None] | None = None
    """Raises `UnreadableFile` for an invalid column mapping, before it is saved."""
    mapped_columns: Mapping[str, str] = field(default_factory=dict)
    """Names allowed in a column mapping, each with its unit."""
