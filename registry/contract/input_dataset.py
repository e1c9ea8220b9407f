"""A dataset as an analysis reads it: columns, header and start time. Every read is recorded."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime

import numpy as np

from analyses.uncertainty import Estimate
from registry.contract.dataset_columns import IMAGE
from registry.contract.outcome import Refused
from registry.contract.vocabulary import LARGEST_MAGNITUDE

Fact = Estimate | str | int | float | bool | tuple[str, ...] | None
"""A number, a text, or a list of refcodes."""

Columns = Mapping[str, np.ndarray]

HEADER = "header."
"""Prefix of the facts of the header, each an entry under its name."""


class Header(Mapping[str, str]):
    """The header of a file: texts by name. A read of one entry is recorded as that entry, a list of the names as a read
    of the whole header."""

    def __init__(self, names: tuple[str, ...], fact: Callable[[str], Fact]) -> None:
        self._names = names
        self._fact = fact

    def __getitem__(self, name: str) -> str:
        text = self._fact(f"{HEADER}{name}")
        if not isinstance(text, str):
            raise KeyError(name)
        return text

    def __iter__(self) -> Iterator[str]:
        self._fact("header_sha256")
        return iter(self._names)

    def __len__(self) -> int:
        self._fact("header_sha256")
        return len(self._names)


class InputDataset:
    """A dataset an analysis reads: columns with canonical names, read-only, each of shape (rows,), or an image, and the
    metadata of its file."""

    def __init__(self, load: Callable[[], Columns], fact: Callable[[str], Fact], header_names: tuple[str, ...]) -> None:
        """`load` returns the columns, or the image as `image`; `fact` returns and records a fact such as `sha256`."""
        self._load = load
        self._fact = fact
        self._header_names = header_names
        self._loaded: Columns | None = None

    @property
    def _arrays(self) -> Columns:
        self._fact("sha256")
        if self._loaded is None:
            self._loaded = self._load()
        return self._loaded

    @property
    def _columns(self) -> Columns:
        return {name: column for name, column in self._arrays.items() if name != IMAGE}

    @property
    def filename(self) -> str:
        """Name of its file as uploaded; empty if unknown."""
        return str(self._fact("filename") or "")

    def with_columns(self, columns: Columns) -> "InputDataset":
        """Return this dataset with other columns in place of its own, such as those of all pieces of a test."""
        return InputDataset(lambda: columns, self._fact, self._header_names)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the columns."""
        return tuple(self._columns)

    @property
    def has_image(self) -> bool:
        """Whether the data are an image; otherwise they are columns."""
        return IMAGE in self._arrays

    @property
    def image(self) -> np.ndarray:
        """The image: grey levels of shape (rows, columns), the top row first, read-only, in the bit depth of the
        file; refuses if the data are columns."""
        if not self.has_image:
            raise Refused(
                "missing-picture",
                "no image: the data have the columns {columns}",
                columns=", ".join(self._columns),
            )
        return self._arrays[IMAGE]

    @property
    def pixel_size_um(self) -> tuple[float, float] | None:
        """Width and height of a pixel in µm; None if the file does not state it."""
        width, height = self._fact("pixel_width_um"), self._fact("pixel_height_um")
        is_known = isinstance(width, int | float) and isinstance(height, int | float)
        return (float(width), float(height)) if is_known else None  # type: ignore[arg-type]

    def column(self, name: str) -> np.ndarray:
        """Return a column; refuse if it is missing or contains a number too large to be measured."""
        columns = self._columns
        if name not in columns and IMAGE in self._arrays:
            raise Refused(
                "picture-in-place-of-columns",
                "the data are an image without a column {name}: upload a file with this column",
                name=name,
            )
        if name not in columns:
            raise Refused(
                "missing-column",
                "no column {name} in the data: the columns are {columns}",
                name=name,
                columns=", ".join(columns) or "missing",
            )
        column = columns[name]
        too_large = np.abs(column) > LARGEST_MAGNITUDE
        if too_large.any():
            row = int(np.argmax(too_large))
            raise Refused(
                "value-too-large",
                "column {name}, row {row}: {value:g} is too large for a measured number",
                name=name,
                row=row + 1,
                value=column[row],
            )
        return column

    @property
    def header(self) -> Header:
        """Metadata of the file, as texts by name: `header.get("instrument", "")`."""
        return Header(self._header_names, self._fact)

    @property
    def start_time(self) -> datetime | None:
        """When the test began, with an offset from UTC only if the file states one; None if the file does not say."""
        text = self._fact("start_time")
        return datetime.fromisoformat(text) if isinstance(text, str) else None
