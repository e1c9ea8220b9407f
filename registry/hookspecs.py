"""The whole plugin contract: what a plugin is given, what it gives back, and the hooks it may implement.

A hook returns descriptions and does no work; the registry runs what they describe. Nothing here needs Django.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, NamedTuple

import numpy as np
import pluggy

from analyses.uncertainty import Estimate

PROJECT_NAME = "registry"
CONTRACT_VERSION = 1
hookspec = pluggy.HookspecMarker(PROJECT_NAME)
hookimpl = pluggy.HookimplMarker(PROJECT_NAME)

TECHNIQUES: Mapping[str, str] = {
    "eis": "Electrochemical impedance spectroscopy",
    "chronoamperometry": "Chronoamperometry",
    "cycling": "Galvanostatic cycling",
    "symmetric_cycling": "Symmetric-cell cycling",
    "pressure": "Stack-pressure monitoring",
    "sem": "Scanning electron microscopy",
    "xrd": "X-ray diffraction",
    "photograph": "Photograph",
}
TIME_SERIES_TECHNIQUES = frozenset({"chronoamperometry", "cycling", "symmetric_cycling", "pressure"})
LAYER_ROLES: Mapping[str, str] = {
    "current_collector": "Current collector",
    "cathode": "Cathode",
    "interlayer": "Interlayer",
    "separator": "Separator",
    "anode": "Anode",
    "sample": "Sample",
}

LARGEST_MAGNITUDE = 1e50
"""Nothing that is measured is larger in any unit; an analysis is not given such a number, it would overflow."""

Fact = Estimate | str | int | float | bool | None
Origin = Literal["reported", "computed", "either"]


class Refused(Exception):  # noqa: N818 - the field says an analysis refuses, it does not err
    """An analysis cannot answer from what it was given; the text says what is missing, in a scientist's words."""


class UnreadableFile(ValueError):  # noqa: N818
    """A reader cannot make sense of a file; the text says where (line, column) and what would help."""


@dataclass(frozen=True)
class Quantity:
    """A named number. The slug ends in the unit every stored magnitude has: `thickness_um`."""

    slug: str
    name: str
    unit: str
    """Unit as pint reads it (`S/cm`, `mA*h/g`, `percent`, `dimensionless`)."""
    unit_label: str = ""
    """Unit as a column head prints it (`S cm⁻¹`); empty for a bare number."""
    symbol: str = ""
    description: str = ""
    is_count: bool = False
    """Whole numbers without rounding, such as a number of cycles."""
    per_cell: bool = False
    """True if it belongs to a cell whatever the test conditions (an activation energy, say)."""
    minimum: float | None = None
    maximum: float | None = None


@dataclass(frozen=True)
class Parameter:
    """A number, text or choice an analysis lets its user set."""

    name: str
    type: type
    default: int | float | str | bool
    help: str
    unit: str = ""
    minimum: float | None = None
    maximum: float | None = None
    choices: tuple[str, ...] = ()


class Dataset:
    """What a reader made of a raw file: columns with canonical names, read-only, each of shape (rows,)."""

    def __init__(self, columns: Mapping[str, np.ndarray], read: Callable[[str], None]) -> None:
        self._columns = columns
        self._read = read

    @property
    def names(self) -> tuple[str, ...]:
        self._read("dataset.sha256")
        return tuple(self._columns)

    def column(self, name: str) -> np.ndarray:
        """Return a column, or refuse by naming it and what there is, or the row of a number no instrument measures."""
        self._read("dataset.sha256")
        if name not in self._columns:
            raise Refused(f"needs the column {name} in the data: it has {', '.join(self._columns) or 'none'}")
        column = self._columns[name]
        beyond = np.abs(column) > LARGEST_MAGNITUDE
        if beyond.any():
            row = int(np.argmax(beyond))
            raise Refused(f"the column {name} holds {column[row]:g} in row {row + 1}: nothing measures that")
        return column


@dataclass(frozen=True)
class Layer:
    """One layer of the cell, numbered from 1 in the order of stacking."""

    position: int
    _get: Callable[[str], Fact]

    @property
    def role(self) -> str:
        return str(self._get("role"))

    @property
    def name(self) -> str:
        return str(self._get("name"))

    def quantity(self, slug: str) -> Estimate | None:
        """Return `mass_loading_mg_cm2`, `area_cm2`, `thickness_um`, `active_fraction_percent`, `density_g_cm3`
        or `theoretical_capacity_mah_g` of this layer, or None if it was not entered."""
        number = self._get(slug)
        return number if isinstance(number, Estimate) else None

    def require(self, slug: str, words: str) -> Estimate:
        """Return the number, or refuse: 'needs the thickness: layer 2 (separator, LPSCl) has none'."""
        number = self.quantity(slug)
        if number is None:
            raise Refused(f"needs the {words}: layer {self.position} ({self.role}, {self.name}) has none")
        return number


Columns = Mapping[str, np.ndarray]


class Inputs:
    """All an analysis may read of a measurement and its cell. Every read is kept, so that a later change of just
    these facts, and of no others, makes the result stale.

    `facts` maps dotted paths to numbers and words: `measurement.technique`, `measurement.stack_pressure_mpa`,
    `cell.format`, `setup.die_diameter_mm`, `setup.blocks`, `layers.count`, `layers.2.thickness_um`,
    `reported.resistance_ohm`, `computed.mean_discharge_voltage_v`, `dataset.sha256`. Estimates are in the unit the path
    ends in. Of a whole cell, `measurements.eis` names its spectra, and what is known of each lies below its refcode:
    `measurements.M-00012.temperature_degc`, `measurements.M-00012.computed.ionic_conductivity_s_cm`.
    """

    def __init__(
        self,
        facts: Mapping[str, Fact],
        columns: Callable[[], Columns] = dict,
        parameters: Mapping[str, int | float | str | bool] | None = None,
        *,
        uses: Sequence[str] | None = None,
        columns_of: Mapping[str, Callable[[], Columns]] | None = None,
    ) -> None:
        """`uses` are the computed quantities that may be read, None for any; `columns_of` loads the data of each
        measurement of a cell, by its refcode."""
        self._facts = facts
        self._load_columns = columns
        self._parameters = dict(parameters or {})
        self._uses = uses
        self._columns_of = dict(columns_of or {})
        self._place = ""
        self.reads: dict[str, Fact] = {}

    def fact(self, path: str) -> Fact:
        """Return the fact at a dotted path, None if there is none; refuse a number larger than anything measured."""
        whole = self._whole_path(path)
        value = self._facts.get(whole)
        self.reads[whole] = value
        if isinstance(value, Estimate) and max(value.upper, -value.lower) > LARGEST_MAGNITUDE:
            raise Refused(f"{whole} is {value.magnitude:g}, more than anything measured: correct it")
        return value

    def _whole_path(self, path: str) -> str:
        """Return the path as it stands among the facts of a whole cell, if these are the inputs of one measurement."""
        place, _, rest = path.partition(".")
        if not self._place or place in ("cell", "layers", "measurements"):
            return path
        return f"{self._place}.{rest if place == 'measurement' else path}"

    def parameter(self, name: str) -> int | float | str | bool:
        """Return a parameter as it was set, or its default."""
        return self._parameters[name]

    def _estimate(self, path: str) -> Estimate | None:
        value = self.fact(path)
        return value if isinstance(value, Estimate) else None

    def condition(self, slug: str) -> Estimate | None:
        """Return a test condition such as `stack_pressure_mpa`, or None if it was not entered."""
        return self._estimate(f"measurement.{slug}")

    def setup(self, slug: str) -> Estimate | None:
        """Return a dimension of the hardware set-up such as `die_diameter_mm`, or None."""
        return self._estimate(f"setup.{slug}")

    def reported(self, slug: str) -> Estimate | None:
        """Return the value of a quantity as reported for this measurement, or None."""
        return self._estimate(f"reported.{slug}")

    def computed(self, slug: str) -> Estimate | None:
        """Return the value of a quantity as another analysis computed it for this measurement, or None.

        The analysis names the quantity in `uses`, so that it runs after the ones that give it.
        """
        if self._uses is not None and slug not in self._uses:
            raise LookupError(f"reads the computed {slug} without naming it in `uses`: add it there")
        return self._estimate(f"computed.{slug}")

    def measurements(self, technique: str) -> "tuple[Inputs, ...]":
        """Return the inputs of each measurement of the cell by this technique, in the order they were entered; of an
        analysis of whole cells only. What is read there is kept with the rest."""
        names = self.fact(f"measurements.{technique}")
        return tuple(self._one(refcode) for refcode in names.split(", ")) if isinstance(names, str) else ()

    def _one(self, refcode: str) -> "Inputs":
        one = Inputs(self._facts, self._columns_of.get(refcode, dict), self._parameters, uses=self._uses)
        one._place = f"measurements.{refcode}"
        one.reads = self.reads
        return one

    @property
    def refcode(self) -> str:
        """The measurement's refcode, for messages; empty except among the measurements of a whole cell."""
        return self._place.rpartition(".")[2]

    @property
    def technique(self) -> str:
        """The technique of the measurement, one of `TECHNIQUES`."""
        return str(self.fact("measurement.technique"))

    @property
    def layers(self) -> tuple[Layer, ...]:
        """The layers of the cell in the order of stacking."""
        count = self.fact("layers.count")
        return tuple(self._layer(position) for position in range(1, int(count) + 1)) if isinstance(count, int) else ()

    def _layer(self, position: int) -> Layer:
        return Layer(position, lambda slug: self.fact(f"layers.{position}.{slug}"))

    def only_layer(self, role: str) -> Layer:
        """Return the one layer with this role, or refuse if there is none or more than one."""
        found = [layer for layer in self.layers if layer.role == role]
        if len(found) != 1:
            raise Refused(
                f"needs exactly one layer with the role {LAYER_ROLES[role].lower()}: the cell has {len(found)}"
            )
        return found[0]

    @property
    def dataset(self) -> Dataset | None:
        """The parsed data of this measurement, or None if no file is attached or none could be read."""
        if self.fact("dataset.sha256") is None:
            return None
        return Dataset(self._load_columns(), lambda path: None)


@dataclass(frozen=True)
class Result:
    """One computed value: a registered quantity in its own unit."""

    quantity: str
    estimate: Estimate
    note: str = ""


@dataclass(frozen=True)
class NotComputed:
    """A quantity a run could not give although it gave others, and what it lacks: shown where the value would be."""

    quantity: str
    reason: str
    """As a refusal says it: `needs the pellet thickness: layer 1 (sample, LPSCl) has none`."""


@dataclass(frozen=True)
class Axis:
    """One axis of a curve."""

    label: str
    unit: str = ""
    log: bool = False
    reversed: bool = False


@dataclass(frozen=True)
class Series:
    """Points (x, y) of shape (n,) each; `line` joins them, `bars` stands each on the level of zero."""

    name: str
    x: Sequence[float]
    y: Sequence[float]
    line: bool = True
    markers: bool = False
    bars: bool = False


@dataclass(frozen=True)
class Curve:
    """A picture of the analysis that the registry keeps and plots."""

    name: str
    title: str
    x: Axis
    y: Axis
    series: tuple[Series, ...]
    equal_aspect: bool = False


@dataclass(frozen=True)
class Message:
    """A remark kept with the run: `info` explains, `warning` asks for a look."""

    text: str
    level: Literal["info", "warning"] = "info"


@dataclass(frozen=True)
class Outcome:
    """All an analysis gives back."""

    values: tuple[Result, ...] = ()
    curves: tuple[Curve, ...] = ()
    messages: tuple[Message, ...] = ()
    not_computed: tuple[NotComputed, ...] = ()


@dataclass(frozen=True)
class Analysis:
    """A computation the registry offers on every measurement with one of its techniques, or on every cell with some."""

    name: str
    version: str
    """Changes with every change of what it gives: runs of another version are then outdated."""
    title: str
    description: str
    techniques: tuple[str, ...]
    gives: tuple[str, ...]
    """Slugs of the quantities `run` may return; those of a whole cell are `per_cell`."""
    run: Callable[[Inputs], Outcome]
    parameters: tuple[Parameter, ...] = ()
    needs: tuple[str, ...] = ()
    """What it reads, in words, for the plugin page."""
    uses: tuple[str, ...] = ()
    """Slugs of the quantities it takes from other analyses, by `Inputs.computed`; it runs after them."""
    scope: Literal["measurement", "cell"] = "measurement"
    """`cell`: one run a cell, which reads its measurements through `Inputs.measurements`."""
    at_least: int = 1
    """How many measurements of its techniques a cell must have for an analysis of whole cells to be offered."""


@dataclass(frozen=True)
class Recording:
    """One spectrum or test found in a file. Columns have canonical names (docs/nomenclature.md) and shape (rows,)."""

    technique: str
    columns: Mapping[str, np.ndarray]
    header: Mapping[str, str] = field(default_factory=dict)
    label: str = ""
    messages: tuple[Message, ...] = ()

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
    version: str
    title: str
    recognises: Callable[[bytes, str], bool]
    read: Callable[[Path], tuple[Recording, ...]]
    priority: int = 0
    """Of several that recognise a file, the highest reads first; a catch-all is below zero."""
    read_mapped: Callable[[Path, Mapping[str, Any]], tuple[Recording, ...]] | None = None
    """Reads a file by a column mapping, where the format takes one."""


@dataclass(frozen=True)
class Column:
    """One column of a comparison table.

    `key` is a quantity or condition slug, a fact of the cell (`number`, `refcode`, `label`, `configuration`,
    `project`, `reference`, `technique`), or a fact of a layer: `cathode.name`, `cathode.mass_loading_mg_cm2`,
    `sample.mass_fraction_percent.VGCF`.
    """

    key: str
    title: str = ""
    unit: str = ""
    """Unit to print in, as pint reads it; empty means the quantity's own."""
    origin: Origin = "either"
    """`either` prints the reported value where there is one."""


@dataclass(frozen=True)
class Table:
    """A comparison table: which measurements (filters as in the API's query), what of each, in which order."""

    slug: str
    title: str
    columns: tuple[Column, ...]
    row: str = "measurement"
    """`measurement`: a row is a cell under one set of conditions. A condition slug: measurements of a cell that
    share its value are one row (a pivot)."""
    filters: Mapping[str, str] = field(default_factory=dict)
    require: tuple[str, ...] = ()
    """Keys a row must have a value for to be in the table."""
    order: tuple[str, ...] = ()
    """Column keys, `-` before one for descending; empty means as entered."""
    transposed: bool = False
    caption: str = ""


class Printed(NamedTuple):
    """One cell of a table, ready for any format.

    `digits` is the number with the digits its source or uncertainty warrants, in plain ASCII (`7.87e3`, `3x3`), empty
    for words. `text` is what a page prints (`7.87×10³`, `Coin cell`). `number` is the magnitude in the column's unit.
    """

    text: str
    digits: str = ""
    number: float | None = None
    uncertainty: float | None = None
    """Combined standard uncertainty in the column's unit, where known."""
    lower: float | None = None
    upper: float | None = None
    origin: Literal["reported", "computed", ""] = ""
    missing: bool = False
    notes: tuple[int, ...] = ()
    """Numbers of the footnotes that belong to this cell, from 1."""
    refcode: str = ""
    """Cell or measurement this came from."""
    stale: bool = False
    inferred: bool = False


@dataclass(frozen=True)
class Heading:
    """A printed column head: the unit stands here, never beside the numbers."""

    key: str
    title: str
    unit: str = ""
    """Unit label as printed (`mS cm⁻¹`)."""
    numeric: bool = False


@dataclass(frozen=True)
class Reference:
    """A publication, numbered in the order the table first cites it."""

    number: int
    text: str
    doi: str = ""
    bibtex: str = ""


@dataclass(frozen=True)
class PrintedTable:
    """A comparison table with every number already formatted; `rows` is (rows, columns)."""

    slug: str
    title: str
    caption: str
    headings: tuple[Heading, ...]
    rows: tuple[tuple[Printed, ...], ...]
    footnotes: tuple[str, ...] = ()
    references: tuple[Reference, ...] = ()
    transposed: bool = False
    """True if formats should print headings down the side and one column a row."""

    def grid(self) -> Iterator[tuple[Heading, tuple[Printed, ...]]]:
        """Yield each heading with its column, as a transposed table prints it."""
        for index, heading in enumerate(self.headings):
            yield heading, tuple(row[index] for row in self.rows)


@dataclass(frozen=True)
class TableFormat:
    """A way to write a `PrintedTable` to bytes."""

    name: str
    media_type: str
    extension: str
    render: Callable[[PrintedTable], bytes]


@hookspec
def register_quantities() -> Sequence[Quantity]:
    """Add quantities that analyses may give, people may report, and queries may filter on."""
    raise NotImplementedError


@hookspec
def register_readers() -> Sequence[Reader]:
    """Add file formats."""
    raise NotImplementedError


@hookspec
def register_analyses() -> Sequence[Analysis]:
    """Add analyses."""
    raise NotImplementedError


@hookspec
def register_tables() -> Sequence[Table]:
    """Add declared comparison tables."""
    raise NotImplementedError


@hookspec
def register_table_formats() -> Sequence[TableFormat]:
    """Add formats that tables are written in."""
    raise NotImplementedError
