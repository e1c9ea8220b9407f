"""All that was measured on a cell, as its page shows it: a section for each measurement, and one for the cell."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from django.db.models import Exists, OuterRef, Prefetch, Q

from registry.contract.place import Place
from registry.models import (
    PENDING,
    AnalysisRun,
    Attachment,
    Cell,
    CycleColumn,
    Dataset,
    Measurement,
    MeasurementTag,
    Publication,
    Value,
)
from registry.models.visibility import AnyUser
from registry.selectors.files.same_file import list_with_same_file
from registry.selectors.runs.pending import name_pending
from registry.selectors.runs.refusal import does_not_apply
from registry.selectors.staleness.outdated_results import (
    OutdatedResults,
    RunSummary,
    get_outdated_results,
    summarise_run,
)
from registry.web.cell_page.measurement_section import MeasurementSection
from registry.web.cell_page.not_run import list_not_run, list_series_not_run
from registry.web.cell_page.outcome import (
    SharedRefusal,
    list_shared_refusals,
)
from registry.web.cell_page.place_table import list_place_tables
from registry.web.cell_page.quantity_row import QuantityRow, list_quantity_rows, share_reason
from registry.web.cell_page.section_plots import list_plots
from registry.web.presentation.text import list_linked_conditions

LAYER = "layer"
"""What the places of values of layers count."""


@dataclass(frozen=True)
class CellSections:
    """The sections of all measurements of a cell, and of its cell-level values."""

    measurements: list[MeasurementSection]
    cell_level: MeasurementSection
    shared_refusals: list[SharedRefusal]
    attachments: list[Attachment]
    """Of the cell itself."""

    @property
    def pending(self) -> list[str]:
        """Files to import and unfinished runs, as they are shown."""
        datasets = [dataset for section in self.measurements for dataset in section.datasets]
        runs = [run for section in (*self.measurements, self.cell_level) for run in section.pending_runs]
        return name_pending(((item.pk, item.status) for item in datasets), ((run.pk, run.status) for run in runs))

    @property
    def unread_files(self) -> int:
        return sum(section.unread_files for section in self.measurements)

    @property
    def pending_runs(self) -> int:
        return sum(len(section.pending_runs) for section in (*self.measurements, self.cell_level))

    @property
    def disagreeing(self) -> list[tuple[MeasurementSection, QuantityRow]]:
        return [(section, row) for section in self.measurements for row in section.disagreeing_rows]

    @property
    def in_conflict(self) -> list[MeasurementSection]:
        """Sections with a number that cannot be right."""
        return [section for section in (*self.measurements, self.cell_level) if section.conflicts]

    @property
    def number_of_conflicts(self) -> int:
        return sum(len(section.conflicts) for section in self.in_conflict)

    @cached_property
    def headlines_share_reason(self) -> bool:
        """Whether all computed values of the page are outdated for the same reason."""
        return share_reason(row for section in (*self.measurements, self.cell_level) for row in section.all_rows)

    def get_outdated(self, cell: Cell, user: AnyUser) -> OutdatedResults[RunSummary] | None:
        """The outdated results with their reasons, without a query if all are current."""
        sections = (*self.measurements, self.cell_level)
        latest = [summarise_run(run, cell.project_id) for section in sections for run in section.latest_runs]
        return get_outdated_results(latest, user, [run for section in sections for run in section.pending_runs])

    @property
    def number_not_computed(self) -> int:
        sections = (*self.measurements, self.cell_level)
        return sum(section.number_not_computed for section in sections) + self.number_shared

    @property
    def number_shared(self) -> int:
        """How many analyses gave no result on several measurements."""
        return sum(len(refusal.titles) for refusal in self.shared_refusals)


def get_cell_sections(cell: Cell, user: AnyUser, choice: Mapping[str, str] | None = None) -> CellSections:
    """Load everything measured on a cell, in a constant number of queries; `choice` is that of the axes of a plot."""
    elsewhere = Dataset.objects.filter(raw_file=OuterRef("raw_file")).exclude(measurement=OuterRef("measurement"))
    datasets = Dataset.objects.select_related("raw_file", "mapping").annotate(is_elsewhere=Exists(elsewhere))
    measurements = list(
        Measurement.objects.filter(cell=cell)
        .select_related("setup")
        .prefetch_related("conditions", Prefetch("datasets", datasets))
        .order_by("pk")
    )
    # Before the values: of a run that ends in between, the page asks again.
    runs: dict[int | None, list[AnalysisRun]] = defaultdict(list)
    shown = AnalysisRun.objects.filter(Q(is_latest=True) | Q(status__in=PENDING), cell=cell)
    shown = shown.annotate(has_cycles=Exists(CycleColumn.objects.filter(run=OuterRef("pk"))))
    by_pk = {measurement.pk: measurement for measurement in measurements}
    for measurement in measurements:
        measurement.cell = cell
    for run in shown.defer("inputs", "software").order_by("analysis", "pk"):
        run.cell, run.measurement = cell, by_pk.get(run.measurement_id or 0)
        runs[run.measurement_id].append(run)
    values: dict[int | None, list[Value]] = defaultdict(list)
    latest = Value.objects.filter(cell=cell, is_latest=True).select_related("run")
    for value in latest.defer("run__inputs", "run__software"):
        if value.run:
            value.run.cell, value.run.measurement = cell, by_pk.get(value.run.measurement_id or 0)
        values[value.measurement_id].append(value)
    sources = _get_sources(values.values(), cell, user)
    sections = [
        _build_section(measurement, list_quantity_rows(values[measurement.pk], sources), runs[measurement.pk])
        for measurement in measurements
    ]
    techniques = Counter(measurement.technique for measurement in measurements)
    cell_level = _build_section(None, list_quantity_rows(values[None], sources), runs[None], techniques)
    cell_level.not_run += list_series_not_run(measurements, runs[None])
    attached = _list_attachments(cell)
    tags = _list_tags(cell)
    same_files = list_with_same_file(
        [dataset for section in sections for dataset in section.datasets if dataset.is_elsewhere],  # type: ignore[attr-defined]
        user,
    )
    for section in (cell_level, *sections):
        section.same_files = same_files
        section.attachments = [
            item for item in attached if section.measurement and item.measurement_id == section.measurement.pk
        ]
        section.tags = tags[section.measurement.pk] if section.measurement else []
        own = values[section.measurement.pk if section.measurement else None]
        section.place_tables = list_place_tables(own, sources, _name_layers(cell, own))
    _add_plots([cell_level, *sections], choice or {})
    shared = _share_refusals(sections)
    first = next((section for section in (cell_level, *sections) if section.shows_uncertainty), None)
    if first:
        first.explains_uncertainty = True
    return CellSections(sections, cell_level, shared, [item for item in attached if item.cell_id])


def _name_layers(cell: Cell, values: Iterable[Value]) -> dict[Place, str]:
    """The roles of the layers of a cell as names of places, if there are values of layers."""
    if not any(value.at_kind == LAYER for value in values):
        return {}
    return {Place(LAYER, layer.position): f"{layer.position}. {layer.role_name}" for layer in cell.layers.all()}


def _build_section(
    measurement: Measurement | None,
    rows: list[QuantityRow],
    runs: list[AnalysisRun],
    techniques: Counter[str] | None = None,
) -> MeasurementSection:
    """The section of a measurement, or the cell-level section of a cell with these techniques."""
    return MeasurementSection(
        measurement=measurement,
        conditions=list_linked_conditions(measurement) if measurement else [],
        datasets=list(measurement.datasets.all()) if measurement else [],
        rows=rows,
        latest_runs=[run for run in runs if run.is_latest],
        pending_runs=[run for run in runs if not run.is_latest],
        not_run=list_not_run(
            "measurement" if measurement else "cell",
            Counter([measurement.technique]) if measurement else techniques or Counter(),
            runs,
        ),
    )


def _list_attachments(cell: Cell) -> list[Attachment]:
    """The attachments of a cell and of its measurements; few have any, as `has_attachments` says if it is loaded."""
    if not getattr(cell, "has_attachments", True):
        return []
    of_cell = Attachment.objects.filter(Q(cell=cell) | Q(measurement__cell=cell))
    return list(of_cell.select_related("raw_file").order_by("pk"))


def _list_tags(cell: Cell) -> dict[int, list[MeasurementTag]]:
    """The tags of each measurement of a cell; few have any, as `has_measurement_tags` says if it is loaded."""
    tags: dict[int, list[MeasurementTag]] = defaultdict(list)
    if getattr(cell, "has_measurement_tags", True):
        for tag in MeasurementTag.objects.filter(measurement__cell=cell).order_by("name_key"):
            tags[tag.measurement_id].append(tag)
    return tags


def _share_refusals(sections: Sequence[MeasurementSection]) -> list[SharedRefusal]:
    """The shared refusals, which the sections then leave out."""
    runs = [(section.measurement, run) for section in sections if section.measurement for run in section.latest_runs]
    shared = list_shared_refusals((of, run) for of, run in runs if not does_not_apply(run))
    pks = frozenset(run.pk for refusal in shared for _, run in refusal.runs)
    for section in sections:
        section.shared_refusals = pks
    return shared


def _get_sources(values: Iterable[list[Value]], cell: Cell, user: AnyUser) -> dict[int, Publication]:
    """Publications of values that differ from the cell's own, of those the user may see."""
    pks = {value.publication_id for group in values for value in group} - {None, cell.publication_id}
    return Publication.objects.visible_to(user).in_bulk(pks) if pks else {}


def _add_plots(sections: Sequence[MeasurementSection], choice: Mapping[str, str]) -> None:
    runs = {run.pk: (section, run) for section in sections for _, run in section.done}
    for pk, plot in list_plots({pk: run for pk, (_, run) in runs.items()}, choice):
        runs[pk][0].plots.append((runs[pk][1], plot))
