"""Inputs of an analysis: the facts and data of a measurement or a cell. Every read is recorded."""

from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from analyses.uncertainty import Estimate
from registry.contract.group_member import GroupMember
from registry.contract.input_dataset import HEADER, Columns, Fact, InputDataset
from registry.contract.layer import Layer, bound_text, get_layers, get_only_layer, interval_of
from registry.contract.outcome import Refused
from registry.contract.place import PLACES, Place, value_key
from registry.contract.undecided_dataset import undecided_dataset
from registry.contract.vocabulary import CONTINUATION, LARGEST_MAGNITUDE, MAIN

WHERE: Mapping[str, str] = {"setup": "the set-up", "cell": "the cell"}
"""Record to which a path belongs, in words, by the first part of the path."""
REPORTED_KEYS = "reported.keys"
"""Path of the fact that lists what is reported."""
M = TypeVar("M", bound="Inputs")


class Inputs:
    """All inputs of an analysis: the facts of a measurement and its cell. Every read is recorded, and only a later
    change of an input that was read makes the result stale.

    `facts` maps dotted paths to numbers and texts: `measurement.technique`, `measurement.stack_pressure_mpa`,
    `cell.format`, `cell.repeat_units`, `cell.footprint_cm2`, `setup.die_diameter_mm`, `setup.blocks`,
    `layers.count`, `layers.2.thickness_um`, `layers.2.coated_sides`, `layers.2.material_kind`,
    `reported.resistance_ohm`, `computed.mean_discharge_voltage_v`, `computed.relaxation_time_s@peak:2`,
    `dataset.sha256`, `dataset.undecided`, `dataset.start_time`, `dataset.header.instrument`,
    `datasets.pressure_log.count`, `datasets.pressure_log.1.sha256`. Estimates are in the unit the path ends in; a
    number that is only a bound is a text, `<600 µm`, and never an estimate. One entered with `±` has a component whose
    `shared` identifies its record, so that it cancels in ratios. In a cell-level analysis,
    `measurements.eis` lists the spectra of the cell, and the facts of each are under its refcode:
    `measurements.M-00012.temperature_degc`, `measurements.M-00012.computed.ionic_conductivity_s_cm`. In a series,
    `series.members` lists the refcodes in order of the condition `series.over`. In a group analysis, `group.members`
    lists the refcodes of its cells, `group.kind` and `group.over` describe it, and the facts of each cell are under
    its refcode: `members.C-00012.layers.1.thickness_um`.
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
        """`depends_on` lists the computed quantities that may be read, None for any; `columns_of` loads the data of
        each measurement of a cell, by refcode, and of each dataset with a role, by its path: `datasets.continuation.1`,
        `M-00012.datasets.continuation.1`."""
        self._facts = facts
        self._load_columns = columns
        self._parameters = dict(parameters or {})
        self._depends_on = depends_on
        self._columns_of = dict(columns_of or {})
        self._prefix = ""
        self.reads: dict[str, Fact] = {}

    def fact(self, path: str) -> Fact:
        """Return the fact at a dotted path, None if missing; refuse a number too large to be measured."""
        full_path = self._full_path(path)
        value = self._facts.get(full_path)
        self.reads[full_path] = value
        if isinstance(value, Estimate) and max(value.upper, -value.lower) > LARGEST_MAGNITUDE:
            raise Refused(
                "value-too-large",
                "{full_path} is {value:g}, too large for a measured number: correct it",
                full_path=full_path,
                value=value.magnitude,
            )
        return value

    def _full_path(self, path: str) -> str:
        """Return the path with the prefix of the measurement, if these are its inputs within a cell-level analysis."""
        section, _, rest = path.partition(".")
        if not self._prefix or section in ("cell", "layers", "measurements", "series"):
            return path
        return f"{self._prefix}.{rest if section == 'measurement' else path}"

    def parameter(self, name: str) -> int | float | str | bool:
        """Return the value of a parameter, as set or by default."""
        if name not in self._parameters:
            known = ", ".join(self._parameters) or "none"
            raise LookupError(f"the parameter ‘{name}’ is not declared in `parameters`: declared are {known}")
        return self._parameters[name]

    def _estimate(self, path: str) -> Estimate | None:
        value = self.fact(path)
        return value if isinstance(value, Estimate) else None

    def condition(self, slug: str) -> Estimate | None:
        """Return a test condition such as `stack_pressure_mpa`, or None if it was not entered or is only a bound."""
        return self._estimate(f"measurement.{slug}")

    def setup(self, slug: str) -> Estimate | None:
        """Return a dimension of the hardware set-up such as `die_diameter_mm`, or None if it was not entered or is
        only a bound."""
        return self._estimate(f"setup.{slug}")

    def reported(self, slug: str) -> Estimate | None:
        """Return the value of a quantity as reported for this measurement, or None if it was not reported or is only
        a bound."""
        return self._estimate(f"reported.{slug}")

    def bound(self, path: str) -> str:
        """Return a number that is only a bound, as written: `<600 µm`; empty if it is a number or was not entered.

        The path is that of the fact: `measurement.temperature_degc`, `setup.die_diameter_mm`,
        `reported.resistance_ohm`.
        """
        return bound_text(self.fact(path))

    def interval(self, path: str) -> tuple[float, float] | None:
        """Return the interval that a number lies in: its rounding bounds widened by its 95 % expanded uncertainty,
        open on one side for a bound (`<600 µm`); None if it was not entered or is only approximate (`~5 MPa`).

        The path is that of the fact: `reported.discharge_capacity_mah`, `computed.discharge_capacity_mah`.
        """
        if path.startswith("computed."):
            self._check_dependency(path.removeprefix("computed."))
        return interval_of(path, self.fact)

    @property
    def reported_keys(self) -> tuple[str, ...]:
        """Every quantity reported for this measurement, with its place if it has one: `porosity_percent@layer:1`."""
        keys = self.fact(REPORTED_KEYS)
        return keys if isinstance(keys, tuple) else ()

    def optional(self, path: str, label: str) -> Estimate | None:
        """Return the number of a fact, or None if it was not entered, to use another one instead; refuse if only a
        bound is recorded, which nothing may replace: `inputs.optional("setup.die_diameter_mm", "die diameter")`."""
        if bound := self.bound(path):
            raise Refused(
                "only-a-bound",
                "no {label}: only a bound, {bound}, is recorded for {record}; enter the number",
                label=label,
                bound=bound,
                record=WHERE.get(path.partition(".")[0], "this measurement"),
                quantity=path.rpartition(".")[2],
            )
        return self._estimate(path)

    def computed(self, slug: str) -> Estimate | None:
        """Return the value of a quantity that another analysis computed for this measurement, or None; of a quantity
        with places, the value without one.

        The quantity must be listed in `depends_on`, so that the analysis runs after those that compute it.
        """
        self._check_dependency(slug)
        return self._estimate(f"computed.{slug}")

    def computed_at(self, slug: str) -> dict[Place, Estimate]:
        """Return the values of a quantity that another analysis computed at places, by place in order: of each peak,
        `{Place("peak", 1): …, Place("peak", 2): …}`. The quantity must be listed in `depends_on`."""
        self._check_dependency(slug)
        listed = self.fact(f"computed.{slug}{PLACES}")
        places = [Place.parse(text) for text in listed] if isinstance(listed, tuple) else []
        numbers = {place: self._estimate(f"computed.{value_key(slug, place)}") for place in places}
        return {place: number for place, number in numbers.items() if number is not None}

    def _check_dependency(self, slug: str) -> None:
        if self._depends_on is not None and slug not in self._depends_on:
            raise LookupError(f"the computed {slug} is not listed in `depends_on`: add it there")

    def measurements(self, technique: str) -> "tuple[Inputs, ...]":
        """Return the inputs of each measurement of the cell by this technique, in order of entry; only in cell-level
        analyses. Reads from them are recorded too."""
        refcodes = self.fact(f"measurements.{technique}")
        return tuple(self._within(Inputs, refcode) for refcode in refcodes) if isinstance(refcodes, tuple) else ()

    @property
    def series(self) -> tuple["SeriesMember", ...]:
        """The measurements of the series in order of the condition in which they differ; only in series analyses."""
        refcodes = self.fact("series.members")
        return tuple(self._within(SeriesMember, refcode) for refcode in refcodes) if isinstance(refcodes, tuple) else ()

    @property
    def members(self) -> tuple[GroupMember, ...]:
        """The cells of the group, in order; only in group analyses. Reads from them are recorded too."""
        refcodes = self.fact("group.members")
        return tuple(GroupMember(refcode, self.fact) for refcode in refcodes) if isinstance(refcodes, tuple) else ()

    @property
    def over(self) -> str:
        """In a recipe series, the number in which the recipes differ: `cathode.mass_fraction_percent.VGCF`; empty for
        other groups."""
        over = self.fact("group.over")
        return over if isinstance(over, str) else ""

    def _within(self, kind: "type[M]", refcode: str) -> "M":
        """Return the inputs of a measurement of the cell; reads from them are recorded with those of the cell."""
        columns = self._columns_of.get(refcode, dict)
        inputs = kind(self._facts, columns, self._parameters, depends_on=self._depends_on, columns_of=self._columns_of)
        inputs._prefix = f"measurements.{refcode}"
        inputs.reads = self.reads
        return inputs

    @property
    def refcode(self) -> str:
        """Refcode of the measurement, for messages; set only on the measurements of a cell or a series."""
        return self._prefix.rpartition(".")[2]

    @property
    def technique(self) -> str:
        """Slug of the technique of the measurement, such as `eis`."""
        return str(self.fact("measurement.technique"))

    @property
    def layers(self) -> tuple[Layer, ...]:
        """The layers of the cell in stacking order."""
        return get_layers(self.fact)

    def only_layer(self, role: str) -> Layer:
        """Return the only layer with this role; refuse if the cell has none or several."""
        return get_only_layer(self.layers, role)

    def datasets(self, role: str) -> tuple[InputDataset, ...]:
        """Return the datasets of this measurement with a declared role, in order: `main` (the one of `dataset`),
        `continuation` (the next pieces of the same test), or another that a technique or an analysis declares, such as
        `pressure_log`. Of several files of which none is selected or declared, `undeclared` has all; of a file with
        several datasets of which none is selected, `parts`. Refuses if one of them has no data."""
        if role == MAIN:
            return (main,) if (main := self.dataset) else ()
        path = f"datasets.{role}"
        if isinstance(filename := self.fact(f"{path}.unread"), str):
            raise Refused(
                "dataset-without-data",
                "{filename} ({role}) has no data: import it again, or remove its role",
                filename=filename,
                role=role,
            )
        count = self.fact(f"{path}.count")
        numbers = range(1, int(count) + 1) if isinstance(count, int) else ()
        return tuple(self._dataset(f"{path}.{number}", self._loader(f"{path}.{number}")) for number in numbers)

    def _loader(self, path: str) -> Callable[[], Columns]:
        """Return the function that loads the data of a dataset with a role."""
        key = f"{self.refcode}.{path}" if self._prefix else path
        return self._columns_of.get(key, dict)

    @property
    def dataset(self) -> InputDataset | None:
        """The main dataset of this measurement, None if it has no readable file; refuses if it has several and none is
        selected or declared."""
        self.fact(f"datasets.{CONTINUATION}.count")
        if self.fact("dataset.sha256") is None:
            if isinstance(code := self.fact("dataset.undecided"), str):
                raise Refused.of(undecided_dataset(code, lambda name: self.fact(f"dataset.undecided.{name}")))
            return None
        return self._dataset("dataset", self._load_columns)

    def _dataset(self, path: str, load: Callable[[], Columns]) -> InputDataset:
        """Return the dataset whose facts are below this path."""
        prefix = f"{self._full_path(path)}.{HEADER}"
        names = tuple(name.removeprefix(prefix) for name in self._facts if name.startswith(prefix))
        return InputDataset(load, lambda name: self.fact(f"{path}.{name}"), names)


class SeriesMember(Inputs):
    """The inputs of one measurement of a series."""

    @property
    def at(self) -> Estimate:
        """The condition in which the measurements of the series differ; refuse if it is not a number."""
        over = str(self.fact("series.over"))
        number = self.condition(over)
        if number is None:
            raise Refused(
                "missing-condition",
                "no {condition}: enter it for {measurement}",
                condition=over.rpartition("_")[0].replace("_", " "),
                measurement=self.refcode,
            )
        return number
