"""Example inputs for tests."""

import difflib
import re
from collections.abc import Callable, Collection, Mapping
from functools import partial
from typing import Any

import numpy as np

from analyses.uncertainty import Estimate
from registry.contract.builtin_vocabulary import BUILTIN_TECHNIQUES
from registry.contract.dataset_columns import IMAGE
from registry.contract.inputs import REPORTED_KEYS
from registry.contract.place import PLACES, list_places
from registry.hookspecs import Analysis, Columns, Fact, Image, Inputs
from registry.numbers.builtin_quantities import CONDITIONS

LAYER_FACTS = (
    "role",
    "name",
    "mass_loading_mg_cm2",
    "area_cm2",
    "thickness_um",
    "apparent_density_g_cm3",
    "coated_sides",
    "material_kind",
    "active_fraction_percent",
    "density_g_cm3",
    "theoretical_capacity_mah_g",
    "active_material",
)
OF_MEASUREMENT = "measurement."
FACTS = (
    "measurement.technique",
    *(f"{OF_MEASUREMENT}{slug}" for slug in CONDITIONS),
    "measurement.potential_scale",
    "cell.format",
    "cell.fabrication_pressure_mpa",
    "cell.repeat_units",
    "cell.footprint_cm2",
    "cell.packaging_mass_mg",
    "cell.packaging_thickness_um",
    "cell.tab_mass_mg",
    "setup.die_diameter_mm",
    "setup.blocks",
    "layers.count",
    "dataset.sha256",
    "dataset.start_time",
    "dataset.header_sha256",
    "dataset.pixel_width_um",
    "dataset.pixel_height_um",
)
LAYER_PATH = re.compile(r"layers\.[1-9][0-9]*\.(?P<name>\w+)")
HEADER_PATH = re.compile(r"dataset\.header\..+")
OF_A_PLUGIN = re.compile(r"measurements?\.[a-z][a-z0-9]*(_[a-z0-9]+)*")
"""A condition or technique that a plugin may register."""
TYPO = 0.85
"""Similarity of slugs from which it is taken for a misspelt built-in one."""
ROLE_PATH = re.compile(r"datasets\.[a-z0-9_]+\.(count|unread|[1-9][0-9]*\..+)")
QUANTITY_PATH = re.compile(r"(reported|computed)\.[a-z0-9_]+(@places|@[a-z0-9_]+:[0-9]+)?")
ENDS = re.compile(r"\.(least|most|about)$")
REPORTED = re.compile(r"(?P<prefix>.*\.)?reported\.(?!keys$)(?P<key>[a-z0-9_]+(@[a-z0-9_]+:[0-9]+)?)")
COMPUTED_AT = re.compile(r"(.*\.)?computed\.[a-z0-9_]+@[a-z0-9_]+:[0-9]+")
GROUP_PATH = re.compile(r"group\.(kind|over|members)|members\.C-[0-9]+\..+")
MEASUREMENT_PATH = re.compile(r"measurements\.(?P<refcode>M-[0-9]+)\.(?P<rest>.+)")
TECHNIQUES = tuple(technique.slug for technique in BUILTIN_TECHNIQUES)
PLAIN_FACTS = {
    "technique",
    "format",
    "blocks",
    "count",
    "sha256",
    "start_time",
    "role",
    "name",
    "active_material",
    "least",
    "most",
    "about",
}
PLAIN_FACTS |= {"pixel_width_um", "pixel_height_um", "label", "kind", "over"}
PLAIN_FACTS |= {"repeat_units", "coated_sides", "material_kind", "potential_scale"}
"""Last parts of the paths of facts that are not estimates."""

Data = Mapping[str, Callable[[], Columns]]
"""Functions that load columns: under an empty key for a measurement, under refcodes for those of a cell."""


class Example(Inputs):
    """Inputs that a test can inspect, and vary by changing facts or columns.

    `facts` are all facts, by path; `data` loads the columns, which are read-only, as in the registry.
    """

    def __init__(
        self,
        facts: Mapping[str, Fact],
        data: Data,
        parameters: Mapping[str, Any] | None = None,
        depends_on: tuple[str, ...] | None = None,
    ) -> None:
        facts = {**_places(facts), **facts, **_reported_keys(facts)}
        super().__init__(facts, data.get("", dict), parameters, depends_on=depends_on, columns_of=data)
        self.facts = dict(facts)
        self.data = data
        self.parameters = dict(parameters or {})

    @property
    def columns(self) -> Columns:
        """The columns of the measurement, none if there are no data."""
        return self.data[""]() if "" in self.data and self.facts.get("dataset.sha256") else {}

    def changed(
        self,
        facts: Mapping[str, Fact] | None = None,
        *,
        columns: Mapping[str, Any] | None = None,
        parameters: Mapping[str, Any] | None = None,
    ) -> "Example":
        """Return a copy with changed facts, by path; None removes a fact. A plain number is exact.

        `columns` replaces or adds columns by name, also where the example has no data; None removes a column.
        """
        changes = {
            path if path in self.facts else _checked(path): _as_fact(path, fact) for path, fact in (facts or {}).items()
        }
        changed = Example(self.facts | changes, self.data, self.parameters | dict(parameters or {}), None)
        return changed._with_merged(columns) if columns else changed

    def _with_merged(self, columns: Mapping[str, Any]) -> "Example":
        """Return a copy with these columns in every dataset, or as the data of a measurement that has none."""
        if self.data:
            _check_removed(columns, {name for load in self.data.values() for name in load()})
            return self.with_columns(partial(_merged, columns))
        if "measurement.technique" not in self.facts:
            raise ValueError("no measurement of this cell has data: add columns to the inputs of a measurement instead")
        data = {"": partial(_changed, dict, partial(_merged, columns))}
        return Example({**self.facts, "dataset.sha256": "the columns of a test"}, data, self.parameters)

    def with_image(self, image: Image) -> "Example":
        """Return a copy whose data are an image."""
        width, height = image.pixel_size_um or (None, None)
        facts: dict[str, Fact] = {"dataset.sha256": "the image of a test"}
        facts |= {"dataset.pixel_width_um": width, "dataset.pixel_height_um": height}
        return Example(self.facts | facts, {"": partial(read_only, {IMAGE: image.pixels})}, self.parameters)

    def with_datasets(self, role: str, *datasets: Mapping[str, Any]) -> "Example":
        """Return a copy with further datasets of this role, each as columns by name, in order."""
        facts: dict[str, Fact] = {f"datasets.{role}.count": len(datasets)}
        data = dict(self.data)
        for number, columns in enumerate(datasets, start=1):
            facts[f"datasets.{role}.{number}.sha256"] = f"the data of {role} {number}"
            data[f"datasets.{role}.{number}"] = partial(_changed, dict, partial(_merged, columns))
        return Example(self.facts | facts, data, self.parameters)

    def with_columns(self, change: Callable[[Columns], Columns]) -> "Example":
        """Return a copy with a function applied to every set of columns."""
        data = {name: partial(_changed, load, change) for name, load in self.data.items()}
        return Example(self.facts, data, self.parameters)

    def for_analysis(self, analysis: Analysis, parameters: Mapping[str, Any] | None = None) -> "Example":
        """Return the inputs as the registry passes them to an analysis: with its parameters and `depends_on`."""
        defaults = {parameter.name: parameter.default for parameter in analysis.parameters}
        values = self.parameters | dict(parameters or {})
        for name in values:
            if name not in defaults:
                known = ", ".join(defaults) or "none"
                raise ValueError(f"‘{analysis.name}’ has no parameter ‘{name}’: its parameters are {known}")
        return Example(self.facts, self.data, defaults | values, tuple(analysis.depends_on))


def _places(facts: Mapping[str, Fact]) -> dict[str, Fact]:
    """Return the facts that list the places of computed values."""
    computed = [path for path, fact in facts.items() if COMPUTED_AT.fullmatch(path) and fact is not None]
    return {f"{path}{PLACES}": places for path, places in list_places(computed).items()}


def _reported_keys(facts: Mapping[str, Fact]) -> dict[str, Fact]:
    """Return the facts that list what is reported, for each measurement."""
    listed: dict[str, list[str]] = {}
    for path, fact in facts.items():
        match = REPORTED.fullmatch(path)
        if match and fact is not None:
            listed.setdefault(match["prefix"] or "", []).append(match["key"])
    return {f"{prefix}{REPORTED_KEYS}": tuple(sorted(keys)) for prefix, keys in listed.items()}


def _checked(path: str) -> str:
    """Return the path if an analysis could read it; a typo must not count as a missing input."""
    within = MEASUREMENT_PATH.fullmatch(path)
    short = ENDS.sub("", within["rest"] if within else path)
    if within and short.startswith(OF_MEASUREMENT):
        right = f"measurements.{within['refcode']}.{short.removeprefix(OF_MEASUREMENT)}"
        raise ValueError(f"unknown fact ‘{path}’: did you mean ‘{right}’?")
    of_layer = LAYER_PATH.fullmatch(short)
    known: tuple[str, ...] = FACTS
    written = short
    if of_layer and not within:
        known, written = LAYER_FACTS, of_layer["name"]
    elif any(pattern.fullmatch(short) for pattern in (QUANTITY_PATH, HEADER_PATH, ROLE_PATH, GROUP_PATH)):
        return path
    elif within:
        known = tuple(item.removeprefix(OF_MEASUREMENT) for item in FACTS)
    elif short.startswith("measurements."):
        known, written = TECHNIQUES, short.removeprefix("measurements.")
    if written not in known:
        near = difflib.get_close_matches(written, known, 1, 0.5)
        is_new = OF_A_PLUGIN.fullmatch(f"{OF_MEASUREMENT}{short}" if within else short)
        slugs = [item.removeprefix(OF_MEASUREMENT) for item in known]
        if is_new and not difflib.get_close_matches(written.removeprefix(OF_MEASUREMENT), slugs, 1, TYPO):
            return path
        hint = f"did you mean ‘{near[0]}’?" if near else f"use one of {', '.join(known)}"
        raise ValueError(f"unknown fact ‘{path}’: {hint}")
    return path


def _as_fact(path: str, fact: Fact) -> Fact:
    is_number = isinstance(fact, int | float) and not isinstance(fact, bool)
    return Estimate.exact(fact) if is_number and path.rpartition(".")[2] not in PLAIN_FACTS else fact  # type: ignore[arg-type]


def _check_removed(changes: Mapping[str, Any], names: Collection[str]) -> None:
    """Raise ValueError for a column that is removed but not there."""
    for name, column in changes.items():
        if column is None and name not in names:
            near = difflib.get_close_matches(name, names, 1, 0.5)
            hint = f"did you mean ‘{near[0]}’?" if near else f"the columns are {', '.join(sorted(names)) or 'missing'}"
            raise ValueError(f"no column ‘{name}’ to remove: {hint}")


def _merged(changes: Mapping[str, Any], columns: Columns) -> Columns:
    merged = {**columns, **changes}
    return {
        name: np.asarray(column, dtype=None if name == IMAGE else float)
        for name, column in merged.items()
        if column is not None
    }


def _changed(load: Callable[[], Columns], change: Callable[[Columns], Columns]) -> Columns:
    return read_only(change(load()))


def read_only(columns: Columns) -> Columns:
    """Return read-only columns, copied if they were writeable."""
    guarded = {}
    for name, column in columns.items():
        guarded[name] = column.copy() if column.flags.writeable else column
        guarded[name].flags.writeable = False
    return guarded
