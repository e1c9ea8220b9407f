"""Targets of analyses: a measurement, a series or a cell, with its facts, data and parameters."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage
from django.db.models import Q

from registry.hookspecs import Analysis
from registry.models import AnalysisRun, Cell, Measurement, TargetKey
from registry.plugin_loading.parameters import resolve_parameters
from registry.selectors.analysis_inputs.dataset_in_use import list_datasets_by_role
from registry.selectors.analysis_inputs.facts import (
    Facts,
    cell_facts,
    cells_with_inputs,
    computed_values,
    dataset_in_use,
    dataset_paths,
    measurement_facts,
    measurements_with_inputs,
)
from registry.selectors.analysis_inputs.series import MeasurementSeries, build_series, series_analyses

CELL_PREFIXES = ("cell.", "layers.")


@dataclass(frozen=True)
class AnalysisTarget:
    """A measurement, a series or a cell, with everything an analysis may read of it."""

    cell: Cell
    measurement: Measurement | None
    facts: Facts
    datasets: Mapping[str, str]
    """Files of the data: under an empty name for a measurement, else by measurement refcode; those with a role under
    their path, `datasets.continuation.1`."""
    producing_runs: Mapping[str, int]
    """The run that computed each fact, by path of the fact."""
    techniques: Counter[str] = field(default_factory=Counter)
    series: MeasurementSeries | None = None

    @property
    def key(self) -> TargetKey:
        measurement = self.measurement.pk if self.measurement else None
        return TargetKey(self.cell.pk, measurement, self.series.key if self.series else "")

    def suits(self, analysis: Analysis) -> bool:
        """Whether the analysis applies to this target."""
        if self.series:
            return self.series.suits(analysis)
        count = sum(self.techniques[technique] for technique in analysis.techniques)
        scope = "measurement" if self.measurement else "cell"
        return analysis.scope == scope and count >= (1 if self.measurement else analysis.min_measurements)

    def parameters(self, analysis: Analysis) -> dict[str, Any]:
        """Parameters set for the analysis here, not yet validated."""
        levels = [self.cell.project.parameters, self.cell.parameters]
        return resolve_parameters(analysis, *levels, self.measurement.parameters if self.measurement else {})


def get_targets(*, measurements: Iterable[int] = (), cells: Iterable[int] = ()) -> dict[TargetKey, AnalysisTarget]:
    """Targets of these measurements, and of these cells with all their measurements and series, if they have any;
    constant number of queries."""
    cell_pks = set(cells)
    is_needed = Q(pk__in=list(measurements)) | Q(cell__in=cell_pks)
    measurement_pks = Measurement.objects.filter(is_needed).values_list("pk", flat=True)
    targets: dict[TargetKey, AnalysisTarget] = {}
    by_cell: dict[int, list[AnalysisTarget]] = {}
    for measurement in measurements_with_inputs(measurement_pks):
        target = _measurement_target(measurement)
        targets[target.key] = target
        by_cell.setdefault(measurement.cell_id, []).append(target)
    for pk, parts in by_cell.items():
        if pk in cell_pks:
            targets |= {target.key: target for target in (_cell_target(parts), *_series_targets(parts))}
    for cell in cells_with_inputs(cell_pks - by_cell.keys()):
        target = AnalysisTarget(cell, None, cell_facts(cell), {}, {})
        targets[target.key] = target
    return targets


def get_target(*, measurement: Measurement | None = None, cell: Cell | None = None, series: str = "") -> AnalysisTarget:
    """The target of a measurement, or else of a cell or of the series of it with this key."""
    if measurement:
        key = TargetKey(measurement.cell_id, measurement.pk)
        return get_targets(measurements=[measurement.pk])[key]
    assert cell is not None
    target = get_targets(cells=[cell.pk]).get(TargetKey(cell.pk, series=series))
    if target is None:
        what = "measurements of this series" if series else "measurements"
        raise ValidationError(f"{cell.refcode} has no {what} to analyse.")
    return target


def get_run_target(run: AnalysisRun) -> AnalysisTarget | None:
    """The target of a run as it is now; None if the cell no longer has such measurements."""
    measurements = [run.measurement_id] if run.measurement_id else []
    return get_targets(measurements=measurements, cells=[] if measurements else [run.cell_id]).get(run.target)


def _measurement_target(measurement: Measurement) -> AnalysisTarget:
    return AnalysisTarget(
        measurement.cell,
        measurement,
        measurement_facts(measurement),
        _dataset_files(measurement),
        {f"computed.{slug}": value.run_id for slug, value in computed_values(measurement).items() if value.run_id},
        Counter([measurement.technique]),
    )


def _dataset_files(measurement: Measurement) -> dict[str, str]:
    """Paths of the files of the dataset in use, under an empty key, and of those with a role."""
    used = dataset_in_use(measurement)
    datasets = {"": used} if used else {}
    for role, of_role in list_datasets_by_role(measurement).items():
        datasets |= dataset_paths(role, of_role)
    return {path: default_storage.path(dataset.data_path) for path, dataset in datasets.items() if dataset.holds_data}


def _cell_target(parts: list[AnalysisTarget]) -> AnalysisTarget:
    """The facts of the cell itself, and those of each of these measurements under its refcode."""
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
        datasets.update({f"{refcode}.{path}".rstrip("."): file for path, file in part.datasets.items()})
    for technique, refcodes in refcodes_by_technique.items():
        facts[f"measurements.{technique}"] = tuple(refcodes)
    techniques = Counter({technique: len(refcodes) for technique, refcodes in refcodes_by_technique.items()})
    return AnalysisTarget(parts[0].cell, None, facts, datasets, producing_runs, techniques)


def _series_targets(parts: list[AnalysisTarget]) -> Iterator[AnalysisTarget]:
    """The series of a cell over each condition that a series analysis varies."""
    by_measurement = {part.measurement: part for part in parts if part.measurement}
    for over, analyses in series_analyses().items():
        for series in build_series(by_measurement, over):
            if any(series.suits(analysis) for analysis in analyses):
                target = _cell_target([by_measurement[member] for member in series.members])
                members = tuple(member.refcode for member in series.members)
                facts = target.facts | {"series.over": over, "series.members": members}
                yield replace(target, facts=facts, series=series)
