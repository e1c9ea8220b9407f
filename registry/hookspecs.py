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
    """Its name everywhere: argument, column, key and filter. Small letters, ending in the unit."""
    name: str
    """What a column head prints."""
    unit: str
    """Unit as pint reads it (`S/cm`, `mA*h/g`, `percent`, `dimensionless`)."""
    unit_label: str = ""
    """Unit as a column head prints it (`S cm⁻¹`); empty for a bare number."""
    symbol: str = ""
    """As a formula has it: `σ_ion`."""
    description: str = ""
    """How it is defined, where its name leaves that open."""
    is_count: bool = False
    """Whole numbers without rounding, such as a number of cycles."""
    per_cell: bool = False
    """True if it belongs to a cell whatever the test conditions (an activation energy, say)."""
    minimum: float | None = None
    """The least it can be; a run that gives less has failed."""
    maximum: float | None = None
    """The most it can be."""

    def __hash__(self) -> int:
        return hash(self.slug)


@dataclass(frozen=True)
class Parameter:
    """A number, text or choice an analysis lets its user set, for a project, a cell or a measurement."""

    name: str
    """Letters, digits and underscores."""
    type: type
    """`int`, `float`, `str` or `bool`."""
    default: int | float | str | bool
    """What it is until someone sets it; of its type and within its bounds."""
    help: str
    """What it does, in a sentence."""
    unit: str = ""
    """As it stands behind the number."""
    minimum: float | None = None
    """The least it may be set to."""
    maximum: float | None = None
    """The most it may be set to."""
    choices: tuple[str, ...] = ()
    """The texts it may be set to; any, if there are none."""


class Dataset:
    """What a reader made of a raw file: columns with canonical names, read-only, each of shape (rows,)."""

    def __init__(self, columns: Mapping[str, np.ndarray], read: Callable[[str], None]) -> None:
        self._columns = columns
        self._read = read

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the columns."""
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
    """From 1."""
    _get: Callable[[str], Fact]

    @property
    def role(self) -> str:
        """What it does in the cell, one of `LAYER_ROLES`."""
        return str(self._get("role"))

    @property
    def name(self) -> str:
        """What it is made of, as the configuration of the cell has it."""
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
    `reported.resistance_ohm`, `computed.mean_discharge_voltage_v`, `dataset.sha256`, `dataset.undecided`. Estimates
    are in the unit the path ends in. Of a whole cell, `measurements.eis` names its spectra, and what is known of each
    lies below its refcode: `measurements.M-00012.temperature_degc`,
    `measurements.M-00012.computed.ionic_conductivity_s_cm`.
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
        if name not in self._parameters:
            known = ", ".join(self._parameters) or "none"
            raise LookupError(f"reads the parameter ‘{name}’ without declaring it in `parameters`: there are {known}")
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

    def why_not_reported(self, slug: str) -> str:
        """Return in words why `reported` gave None: nothing is reported, or only a bound such as `>80 %`."""
        bound = self.fact(f"reported.{slug}")
        return f"this measurement reports only a bound, {bound}" if bound else "this measurement reports none"

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
        """The parsed data of this measurement, or None if no file is attached or none could be read; refuses if there
        are several recordings and none is chosen."""
        if self.fact("dataset.sha256") is None:
            if isinstance(undecided := self.fact("dataset.undecided"), str):
                raise Refused(undecided)
            return None
        return Dataset(self._load_columns(), lambda path: None)


@dataclass(frozen=True)
class Result:
    """One computed value: a registered quantity in its own unit."""

    quantity: str
    """Slug of a quantity the analysis names in `gives`."""
    estimate: Estimate
    """The number, the bounds rounding leaves it, and its standard uncertainty."""
    note: str = ""
    """How it was got, in a few words: `median of 98 cycles`."""


@dataclass(frozen=True)
class NotComputed:
    """A quantity a run could not give although it gave others, and what it lacks: shown where the value would be."""

    quantity: str
    """Slug of a quantity the analysis names in `gives`."""
    reason: str
    """As a refusal says it: `needs the pellet thickness: layer 1 (sample, LPSCl) has none`."""


@dataclass(frozen=True)
class Axis:
    """One axis of a curve."""

    label: str
    """What stands beside it."""
    unit: str = ""
    """As printed: `mAh`."""
    log: bool = False
    """Logarithmic."""
    reversed: bool = False
    """Falling from left to right, or from below."""


@dataclass(frozen=True)
class Series:
    """Points of a curve; NaN leaves a gap."""

    name: str
    """As the legend has it."""
    x: Sequence[float]
    """Shape (n,)."""
    y: Sequence[float]
    """Shape (n,)."""
    line: bool = True
    """Joined by a line."""
    markers: bool = False
    """Each with a marker."""
    bars: bool = False
    """Each standing on the level of zero."""


@dataclass(frozen=True)
class Curve:
    """A picture of the analysis that the registry keeps and plots."""

    name: str
    """Unlike that of every other curve of the run."""
    title: str
    """What the picture shows."""
    x: Axis
    """The axis across."""
    y: Axis
    """The axis upwards."""
    series: tuple[Series, ...]
    """What is drawn."""
    equal_aspect: bool = False
    """One unit is as long on both axes, as in a Nyquist plot."""


@dataclass(frozen=True)
class Message:
    """A remark kept with the run: `info` explains, `warning` asks for a look."""

    text: str
    """A sentence or two, in a scientist's words."""
    level: Literal["info", "warning"] = "info"
    """Whether it asks for a look."""


@dataclass(frozen=True)
class Outcome:
    """All an analysis gives back. Plugin, version, parameters, inputs and times are stamped by the registry."""

    values: tuple[Result, ...] = ()
    """The numbers, each quantity once."""
    curves: tuple[Curve, ...] = ()
    """What is to be plotted."""
    messages: tuple[Message, ...] = ()
    """Remarks: what was chosen, left out, or looks odd."""
    not_computed: tuple[NotComputed, ...] = ()
    """Quantities it could not give, with the reason."""


@dataclass(frozen=True)
class Analysis:
    """A computation the registry offers on every measurement with one of its techniques, or on every cell with some."""

    name: str
    """Words with hyphens, unlike that of every other analysis: `energy-density`."""
    version: str
    """Changes with every change of what it gives: runs of another version are then outdated."""
    title: str
    """As a heading has it."""
    description: str
    """What it computes, and from what, in a sentence."""
    techniques: tuple[str, ...]
    """Those of the measurements it is offered on, of `TECHNIQUES`."""
    gives: tuple[str, ...]
    """Slugs of the quantities `run` may return; those of a whole cell are `per_cell`."""
    run: Callable[[Inputs], Outcome]
    """A function at the top of a module; reads through `Inputs` alone, and gives an `Outcome` or raises `Refused`."""
    parameters: tuple[Parameter, ...] = ()
    """What its user may set."""
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
    read: Callable[[Path], tuple[Recording, ...]]
    """Given the path, without an ending, what is in the file; it changes nothing on the disk."""
    priority: int = 0
    """Of several that recognise a file, the highest reads first; a catch-all is below zero."""
    read_mapped: Callable[[Path, Mapping[str, Any]], tuple[Recording, ...]] | None = None
    """Reads a file by a column mapping, where the format takes one."""
    check_mapping: Callable[[Mapping[str, Any]], None] | None = None
    """Raises `UnreadableFile` for a column mapping that cannot be meant, before it is saved."""
    mapped_columns: Mapping[str, str] = field(default_factory=dict)
    """Names a column mapping may give, each with its unit, for who writes one."""


@dataclass(frozen=True)
class Column:
    """One column of a comparison table.

    `key` is a quantity or condition slug, a fact of the cell (`number`, `refcode`, `label`, `configuration`,
    `project`, `reference`, `technique`), or a fact of a layer: `cathode.name`, `cathode.mass_loading_mg_cm2`,
    `sample.mass_fraction_percent.VGCF`.
    """

    key: str
    title: str = ""
    """What the head prints; empty means the quantity's name."""
    unit: str = ""
    """Unit to print in, as pint reads it; empty means the quantity's own."""
    origin: Origin = "either"
    """`either` prints the reported value where there is one."""


@dataclass(frozen=True)
class Table:
    """A comparison table: which measurements (filters as in the API's query), what of each, in which order."""

    slug: str
    """Its name in addresses and commands."""
    title: str
    """What it shows."""
    columns: tuple[Column, ...]
    """From left to right."""
    row: str = "measurement"
    """`measurement`: a row is a cell under one set of conditions. A condition slug: measurements of a cell that
    share its value are one row (a pivot)."""
    filters: Mapping[str, str] = field(default_factory=dict)
    """Parameters of the API's query and their values: `{"technique": "cycling", "stack_pressure_mpa__lte": "10"}`."""
    require: tuple[str, ...] = ()
    """Keys a row must have a value for to be in the table."""
    order: tuple[str, ...] = ()
    """Column keys, `-` before one for descending; empty means as entered."""
    transposed: bool = False
    """Headings down the side, one column a row."""
    caption: str = ""
    """What its reader should know."""


class Printed(NamedTuple):
    """One cell of a table, ready for any format.

    `digits` is the number with the digits its source or uncertainty warrants, in plain ASCII (`7.87e3`, `3x3`), empty
    for words. `text` is what a page prints (`7.87×10³`, `Coin cell`). `number` is the magnitude in the column's unit.
    """

    text: str
    """What a page prints."""
    digits: str = ""
    """The number in plain ASCII."""
    number: float | None = None
    """The magnitude in the column's unit."""
    uncertainty: float | None = None
    """Combined standard uncertainty in the column's unit, where known."""
    lower: float | None = None
    """The bounds rounding leaves it, below"""
    upper: float | None = None
    """and above."""
    origin: Literal["reported", "computed", ""] = ""
    """Whether it was reported or computed."""
    missing: bool = False
    """True if the text says why there is no number."""
    notes: tuple[int, ...] = ()
    """Numbers of the footnotes that belong to this cell, from 1."""
    refcode: str = ""
    """Cell or measurement this came from."""
    stale: bool = False
    """True if an input changed since it was computed."""
    inferred: bool = False
    """True if it, or an input of it, was deduced rather than stated."""


@dataclass(frozen=True)
class Heading:
    """A printed column head: the unit stands here, never beside the numbers."""

    key: str
    """That of the column."""
    title: str
    """What it prints."""
    unit: str = ""
    """Unit label as printed (`mS cm⁻¹`)."""
    numeric: bool = False
    """True if the column holds numbers."""


@dataclass(frozen=True)
class Reference:
    """A publication, numbered in the order the table first cites it."""

    number: int
    """From 1."""
    text: str
    """As a list of references prints it."""
    doi: str = ""
    """Without an address before it."""
    bibtex: str = ""
    """The whole entry."""


@dataclass(frozen=True)
class PrintedTable:
    """A comparison table with every number already formatted; `rows` is (rows, columns)."""

    slug: str
    """That of the `Table`."""
    title: str
    """What it shows."""
    caption: str
    """What its reader should know; may be empty."""
    headings: tuple[Heading, ...]
    """One a column."""
    rows: tuple[tuple[Printed, ...], ...]
    """As many cells each as there are headings."""
    footnotes: tuple[str, ...] = ()
    """Numbered from 1, as `Printed.notes` name them."""
    references: tuple[Reference, ...] = ()
    """Those the rows cite."""
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
    """As `--format` and the API take it."""
    media_type: str
    """As HTTP has it: `text/csv`."""
    extension: str
    """Of the file, without a dot."""
    render: Callable[[PrintedTable], bytes]
    """A function that writes any table: with odd words, without rows, transposed."""


@hookspec
def register_quantities() -> Sequence[Quantity]:
    """Add quantities that analyses may give, people may report, and queries may filter on.

    A slug is registered once, whoever does it; the second is refused and named with the first. It ends in its unit
    (`thickness_um`), and `unit` and `unit_label` are the same unit, so that a number is never in doubt. The new
    quantity is a filter of the API (`thickness_um__lte=50`), a column of any table, and an entry in the list of
    what can be reported. Nothing in the database changes for it.
    """
    raise NotImplementedError


@hookspec
def register_readers() -> Sequence[Reader]:
    """Add file formats.

    A file is read in a process apart, under limits of time and memory. Of the readers that recognise it, those of
    the highest `priority` are asked, and the first that can read it does. A reader converts to canonical names and
    units (docs/nomenclature.md), keeps every row it can, and says in a message what it left out or changed. It
    refuses what it cannot make sense of with `UnreadableFile`, whose text says where (line, row, column) and what
    would help.
    """
    raise NotImplementedError


@hookspec
def register_analyses() -> Sequence[Analysis]:
    """Add analyses.

    An analysis is offered on every measurement with one of its techniques, or with `scope="cell"` on every cell
    that has enough of them. It runs in a process apart, under limits of time and memory, after those whose results
    it `uses`. What it reads is kept with the result, so that a later change of just these facts makes the result
    stale. When something is missing it raises `Refused`; whatever else it raises ends as a failed run with the
    error and its place. It must give the same of the same inputs, print nothing, and leave the process as it was.
    """
    raise NotImplementedError


@hookspec
def register_tables() -> Sequence[Table]:
    """Add declared comparison tables.

    A table is a question, asked anew each time: which measurements, what of each, in which order. It has a page
    (`/compare/SLUG/`), an address in the API, and `manage.py table SLUG`. A key, filter or unit there is not is
    refused when the plugin is loaded, with the nearest that there is.
    """
    raise NotImplementedError


@hookspec
def register_table_formats() -> Sequence[TableFormat]:
    """Add formats that tables are written in.

    A format gets a `PrintedTable`, in which every number has its digits already, and lays it out; it decides
    nothing about the numbers. It is then a `--format` of `manage.py table`, a download on the table's page, and a
    format of the API.
    """
    raise NotImplementedError
