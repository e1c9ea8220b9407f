"""What an analysis runs on: a measurement, or a cell as a whole, with the facts, data and parameters for it."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage
from django.db.models import Q

from registry.hookspecs import Analysis
from registry.models import Cell, Measurement
from registry.plugin_loading.parameters import resolved
from registry.selectors.analysis_inputs.facts import (
    Facts,
    computed_values,
    dataset_in_use,
    measurement_facts,
    measurements_with_inputs,
)

Key = tuple[int, int | None]
"""Primary keys of the cell and of the measurement, None for the cell as a whole."""
OF_THE_CELL = ("cell.", "layers.")


@dataclass(frozen=True)
class AnalysisTarget:
    """A measurement or a whole cell, and all an analysis may read of it."""

    cell: Cell
    measurement: Measurement | None
    facts: Facts
    datasets: Mapping[str, str]
    """Paths of the parsed columns: under an empty name, or of a cell's measurements under their refcodes."""
    producing_runs: Mapping[str, int]
    """By the path of each computed fact the run that gave it."""
    techniques: Counter[str] = field(default_factory=Counter)

    @property
    def key(self) -> Key:
        return self.cell.pk, self.measurement.pk if self.measurement else None

    def suits(self, analysis: Analysis) -> bool:
        """Whether the analysis is offered on it."""
        number = sum(self.techniques[technique] for technique in analysis.techniques)
        scope = "measurement" if self.measurement else "cell"
        return analysis.scope == scope and number >= (1 if self.measurement else analysis.min_measurements)

    def parameters(self, analysis: Analysis) -> dict[str, Any]:
        """What is set for the analysis here, not yet checked against its bounds."""
        levels = [self.cell.project.parameters, self.cell.parameters]
        return resolved(analysis, *levels, self.measurement.parameters if self.measurement else {})


def get_targets(*, measurements: Iterable[int] = (), cells: Iterable[int] = ()) -> dict[Key, AnalysisTarget]:
    """These measurements, and these cells as a whole with all of theirs, in a constant number of queries."""
    whole = set(cells)
    wanted = Measurement.objects.filter(Q(pk__in=list(measurements)) | Q(cell__in=whole)).values_list("pk", flat=True)
    found: dict[Key, AnalysisTarget] = {}
    by_cell: dict[int, list[AnalysisTarget]] = {}
    for measurement in measurements_with_inputs(wanted):
        subject = _of_measurement(measurement)
        found[subject.key] = subject
        by_cell.setdefault(measurement.cell_id, []).append(subject)
    for pk, parts in by_cell.items():
        if pk in whole:
            found[(pk, None)] = _of_cell(parts)
    return found


def get_target(*, measurement: Measurement | None = None, cell: Cell | None = None) -> AnalysisTarget:
    """The measurement, or else the cell as a whole, with all an analysis may read of it."""
    found = get_targets(measurements=[measurement.pk] if measurement else [], cells=[cell.pk] if cell else [])
    if measurement:
        return found[(measurement.cell_id, measurement.pk)]
    assert cell is not None
    if (cell.pk, None) not in found:
        raise ValidationError(f"{cell.refcode} has no measurement, so there is nothing to analyse.")
    return found[(cell.pk, None)]


def _of_measurement(measurement: Measurement) -> AnalysisTarget:
    dataset = dataset_in_use(measurement)
    return AnalysisTarget(
        measurement.cell,
        measurement,
        measurement_facts(measurement),
        {"": default_storage.path(dataset.parquet_path)} if dataset else {},
        {f"computed.{slug}": value.run_id for slug, value in computed_values(measurement).items() if value.run_id},
        Counter([measurement.technique]),
    )


def _of_cell(parts: list[AnalysisTarget]) -> AnalysisTarget:
    """Its own facts once, and those of each measurement below its refcode."""
    facts: Facts = {path: fact for path, fact in parts[0].facts.items() if path.startswith(OF_THE_CELL)}
    datasets: dict[str, str] = {}
    producing_runs: dict[str, int] = {}
    named: dict[str, list[str]] = {}
    for part in parts:
        assert part.measurement is not None
        refcode = part.measurement.refcode
        named.setdefault(part.measurement.technique, []).append(refcode)
        place = f"measurements.{refcode}."
        for path, fact in part.facts.items():
            if not path.startswith(OF_THE_CELL):
                facts[place + path.removeprefix("measurement.")] = fact
        producing_runs.update({place + path: run for path, run in part.producing_runs.items()})
        if part.datasets:
            datasets[refcode] = part.datasets[""]
    for technique, refcodes in named.items():
        facts[f"measurements.{technique}"] = ", ".join(refcodes)
    techniques = Counter({technique: len(refcodes) for technique, refcodes in named.items()})
    return AnalysisTarget(parts[0].cell, None, facts, datasets, producing_runs, techniques)
