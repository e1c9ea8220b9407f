"""Targets of analyses: a measurement or a cell, with its facts, data and parameters."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage
from django.db.models import Q

from registry.hookspecs import Analysis
from registry.models import Cell, Measurement
from registry.plugin_loading.parameters import resolve_parameters
from registry.selectors.analysis_inputs.facts import (
    Facts,
    computed_values,
    dataset_in_use,
    measurement_facts,
    measurements_with_inputs,
)

Key = tuple[int, int | None]
"""Primary keys of the cell and the measurement; the latter is None for cell-level analyses."""
CELL_PREFIXES = ("cell.", "layers.")


@dataclass(frozen=True)
class AnalysisTarget:
    """A measurement or a cell, with everything an analysis may read of it."""

    cell: Cell
    measurement: Measurement | None
    facts: Facts
    datasets: Mapping[str, str]
    """Paths of the parsed columns: by measurement refcode for a cell, under an empty name for a measurement."""
    producing_runs: Mapping[str, int]
    """The run that computed each fact, by path of the fact."""
    techniques: Counter[str] = field(default_factory=Counter)

    @property
    def key(self) -> Key:
        return self.cell.pk, self.measurement.pk if self.measurement else None

    def suits(self, analysis: Analysis) -> bool:
        """Whether the analysis applies to this target."""
        count = sum(self.techniques[technique] for technique in analysis.techniques)
        scope = "measurement" if self.measurement else "cell"
        return analysis.scope == scope and count >= (1 if self.measurement else analysis.min_measurements)

    def parameters(self, analysis: Analysis) -> dict[str, Any]:
        """Parameters set for the analysis here, not yet validated."""
        levels = [self.cell.project.parameters, self.cell.parameters]
        return resolve_parameters(analysis, *levels, self.measurement.parameters if self.measurement else {})


def get_targets(*, measurements: Iterable[int] = (), cells: Iterable[int] = ()) -> dict[Key, AnalysisTarget]:
    """Targets of these measurements, and of these cells with all their measurements; constant number of queries."""
    cell_pks = set(cells)
    is_needed = Q(pk__in=list(measurements)) | Q(cell__in=cell_pks)
    measurement_pks = Measurement.objects.filter(is_needed).values_list("pk", flat=True)
    targets: dict[Key, AnalysisTarget] = {}
    by_cell: dict[int, list[AnalysisTarget]] = {}
    for measurement in measurements_with_inputs(measurement_pks):
        target = _measurement_target(measurement)
        targets[target.key] = target
        by_cell.setdefault(measurement.cell_id, []).append(target)
    for pk, parts in by_cell.items():
        if pk in cell_pks:
            targets[(pk, None)] = _cell_target(parts)
    return targets


def get_target(*, measurement: Measurement | None = None, cell: Cell | None = None) -> AnalysisTarget:
    """The target of a measurement, or else of a cell."""
    targets = get_targets(measurements=[measurement.pk] if measurement else [], cells=[cell.pk] if cell else [])
    if measurement:
        return targets[(measurement.cell_id, measurement.pk)]
    assert cell is not None
    if (cell.pk, None) not in targets:
        raise ValidationError(f"{cell.refcode} has no measurements to analyse.")
    return targets[(cell.pk, None)]


def _measurement_target(measurement: Measurement) -> AnalysisTarget:
    dataset = dataset_in_use(measurement)
    return AnalysisTarget(
        measurement.cell,
        measurement,
        measurement_facts(measurement),
        {"": default_storage.path(dataset.parquet_path)} if dataset else {},
        {f"computed.{slug}": value.run_id for slug, value in computed_values(measurement).items() if value.run_id},
        Counter([measurement.technique]),
    )


def _cell_target(parts: list[AnalysisTarget]) -> AnalysisTarget:
    """The facts of the cell itself, and those of each measurement under its refcode."""
    facts: Facts = {path: fact for path, fact in parts[0].facts.items() if path.startswith(CELL_PREFIXES)}
    datasets: dict[str, str] = {}
    producing_runs: dict[str, int] = {}
    refcodes_by_technique: dict[str, list[str]] = {}
    for part in parts:
        assert part.measurement is not None
        refcode = part.measurement.refcode
        refcodes_by_technique.setdefault(part.measurement.technique, []).append(refcode)
        prefix = f"measurements.{refcode}."
        for path, fact in part.facts.items():
            if not path.startswith(CELL_PREFIXES):
                facts[prefix + path.removeprefix("measurement.")] = fact
        producing_runs.update({prefix + path: run for path, run in part.producing_runs.items()})
        if part.datasets:
            datasets[refcode] = part.datasets[""]
    for technique, refcodes in refcodes_by_technique.items():
        facts[f"measurements.{technique}"] = tuple(refcodes)
    techniques = Counter({technique: len(refcodes) for technique, refcodes in refcodes_by_technique.items()})
    return AnalysisTarget(parts[0].cell, None, facts, datasets, producing_runs, techniques)
