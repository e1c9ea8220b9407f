"""Inputs made for a test."""

import difflib
import re
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import numpy as np

from analyses.uncertainty import Estimate
from registry.hookspecs import TECHNIQUES, Analysis, Columns, Fact, Inputs
from registry.numbers.builtin_quantities import CONDITIONS

LAYER_FACTS = (
    "role",
    "name",
    "mass_loading_mg_cm2",
    "area_cm2",
    "thickness_um",
    "active_fraction_percent",
    "density_g_cm3",
    "theoretical_capacity_mah_g",
)
FACTS = (
    "measurement.technique",
    *(f"measurement.{slug}" for slug in CONDITIONS),
    "cell.format",
    "cell.fabrication_pressure_mpa",
    "setup.die_diameter_mm",
    "setup.blocks",
    "layers.count",
    "dataset.sha256",
)
OF_A_LAYER = re.compile(r"layers\.[1-9][0-9]*\.(?P<name>\w+)")
OF_A_QUANTITY = re.compile(r"(reported|computed)\.[a-z0-9_]+")
OF_A_MEASUREMENT = re.compile(r"measurements\.(?P<refcode>M-[0-9]+)\.(?P<rest>.+)")
WORDS = {"technique", "format", "blocks", "count", "sha256", "role", "name", *TECHNIQUES}
"""The last words of paths to facts that are no numbers with a unit."""

Data = Mapping[str, Callable[[], Columns]]
"""What loads the columns: of a measurement under an empty name, of those of a cell under their refcodes."""


class Example(Inputs):
    """Inputs that a test can look into, and from which it makes others by changing some facts or columns.

    `facts` are all there are, by path; `data` loads the columns, which cannot be written to, as in the registry.
    """

    def __init__(
        self,
        facts: Mapping[str, Fact],
        data: Data,
        parameters: Mapping[str, Any] | None = None,
        depends_on: tuple[str, ...] | None = None,
    ) -> None:
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
        """Return the same with other facts, by their paths; None takes one away. A bare number is an exact one.

        `columns` are put in the place of those of the same name, or beside them; None takes one away.
        """
        given = {_checked(path): _as_fact(path, fact) for path, fact in (facts or {}).items()}
        changed = Example(self.facts | given, self.data, self.parameters | dict(parameters or {}), None)
        return changed.with_columns(partial(_merged, columns)) if columns else changed

    def with_columns(self, change: Callable[[Columns], Columns]) -> "Example":
        """Return the same with every set of columns changed by a function."""
        data = {name: partial(_changed, load, change) for name, load in self.data.items()}
        return Example(self.facts, data, self.parameters)

    def for_analysis(self, analysis: Analysis, parameters: Mapping[str, Any] | None = None) -> "Example":
        """Return the same as the registry gives them to an analysis: with its parameters, and what it may use."""
        defaults = {parameter.name: parameter.default for parameter in analysis.parameters}
        given = self.parameters | dict(parameters or {})
        for name in given:
            if name not in defaults:
                known = ", ".join(defaults) or "none"
                raise ValueError(f"‘{analysis.name}’ has no parameter ‘{name}’: there are {known}")
        return Example(self.facts, self.data, defaults | given, tuple(analysis.depends_on))


def _checked(path: str) -> str:
    """Return the path if an analysis could read it; a slip of the pen must not pass for a missing input."""
    within = OF_A_MEASUREMENT.fullmatch(path)
    short = within["rest"] if within else path
    of_layer = OF_A_LAYER.fullmatch(short)
    known: tuple[str, ...] = FACTS
    written = short
    if of_layer and not within:
        known, written = LAYER_FACTS, of_layer["name"]
    elif OF_A_QUANTITY.fullmatch(short):
        return path
    elif within:
        known = tuple(item.removeprefix("measurement.") for item in FACTS)
    elif short.startswith("measurements."):
        known, written = tuple(TECHNIQUES), short.removeprefix("measurements.")
    if written not in known:
        near = difflib.get_close_matches(written, known, 1, 0.5)
        hint = f": did you mean ‘{near[0]}’?" if near else f": there are {', '.join(known)}"
        raise ValueError(f"there is no fact ‘{path}’{hint}")
    return path


def _as_fact(path: str, fact: Fact) -> Fact:
    is_number = isinstance(fact, int | float) and not isinstance(fact, bool)
    return Estimate.exact(fact) if is_number and path.rpartition(".")[2] not in WORDS else fact  # type: ignore[arg-type]


def _merged(given: Mapping[str, Any] | None, columns: Columns) -> Columns:
    merged = {**columns, **(given or {})}
    return {name: np.asarray(column, dtype=float) for name, column in merged.items() if column is not None}


def _changed(load: Callable[[], Columns], change: Callable[[Columns], Columns]) -> Columns:
    return read_only(change(load()))


def read_only(columns: Columns) -> Columns:
    """Return columns that cannot be written to, copied where they could."""
    guarded = {}
    for name, column in columns.items():
        guarded[name] = column.copy() if column.flags.writeable else column
        guarded[name].flags.writeable = False
    return guarded
