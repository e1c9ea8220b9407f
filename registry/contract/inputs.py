"""What an analysis is given: the facts and data of a measurement or of a cell. Every read is recorded."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from analyses.uncertainty import Estimate
from registry.contract.outcome import Refused
from registry.contract.vocabulary import LARGEST_MAGNITUDE, LAYER_ROLES

Fact = Estimate | str | int | float | bool | None

Columns = Mapping[str, np.ndarray]


class InputDataset:
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
        depends_on: Sequence[str] | None = None,
        columns_of: Mapping[str, Callable[[], Columns]] | None = None,
    ) -> None:
        """`depends_on` are the computed quantities that may be read, None for any; `columns_of` loads the data of each
        measurement of a cell, by its refcode."""
        self._facts = facts
        self._load_columns = columns
        self._parameters = dict(parameters or {})
        self._uses = depends_on
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

    def missing_reason(self, slug: str) -> str:
        """Return in words why `reported` gave None: nothing is reported, or only a bound such as `>80 %`."""
        bound = self.fact(f"reported.{slug}")
        return f"this measurement reports only a bound, {bound}" if bound else "this measurement reports none"

    def computed(self, slug: str) -> Estimate | None:
        """Return the value of a quantity as another analysis computed it for this measurement, or None.

        The analysis names the quantity in `depends_on`, so that it runs after the ones that give it.
        """
        if self._uses is not None and slug not in self._uses:
            raise LookupError(f"reads the computed {slug} without naming it in `depends_on`: add it there")
        return self._estimate(f"computed.{slug}")

    def measurements(self, technique: str) -> "tuple[Inputs, ...]":
        """Return the inputs of each measurement of the cell by this technique, in the order they were entered; of an
        analysis of whole cells only. What is read there is kept with the rest."""
        names = self.fact(f"measurements.{technique}")
        return tuple(self._one(refcode) for refcode in names.split(", ")) if isinstance(names, str) else ()

    def _one(self, refcode: str) -> "Inputs":
        one = Inputs(self._facts, self._columns_of.get(refcode, dict), self._parameters, depends_on=self._uses)
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
    def dataset(self) -> InputDataset | None:
        """The parsed data of this measurement, or None if no file is attached or none could be read; refuses if there
        are several datasets and none is chosen."""
        if self.fact("dataset.sha256") is None:
            if isinstance(undecided := self.fact("dataset.undecided"), str):
                raise Refused(undecided)
            return None
        return InputDataset(self._load_columns(), lambda path: None)
