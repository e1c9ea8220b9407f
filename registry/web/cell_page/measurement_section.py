"""The section of each measurement on the cell page: conditions, data, values, run outcomes and plots."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from django.db.models import Exists, OuterRef, Prefetch, Q

from registry.hookspecs import Analysis
from registry.models import (
    PENDING,
    UNREAD,
    AnalysisRun,
    Attachment,
    Cell,
    CycleColumn,
    Dataset,
    Measurement,
    Publication,
    RunStatus,
    Value,
)
from registry.models.visibility import AnyUser
from registry.selectors.analysis_inputs.dataset_in_use import DatasetInUse, get_dataset_in_use
from registry.selectors.column_mapping import may_need_mapping
from registry.selectors.files.same_file import list_with_same_file
from registry.selectors.runs.pending import name_pending
from registry.selectors.runs.refusal import does_not_apply
from registry.web.cell_page.not_run import list_not_run, list_series_not_run
from registry.web.cell_page.outcome import (
    RefusedFor,
    SharedRefusal,
    ShownMessage,
    get_analysis_title,
    get_reason,
    group_notes_with_offers,
    group_refusals,
    group_warnings,
    list_shared_refusals,
)
from registry.web.cell_page.place_table import PlaceTable, list_place_tables
from registry.web.cell_page.quantity_row import QuantityRow, list_quantity_rows
from registry.web.cell_page.section_plots import list_plots
from registry.web.measurement import format_conditions
from registry.web.plots.frame import DrawnPlot
from registry.web.plots.plot import list_raw_plots
from registry.web.presentation.text import list_linked_conditions, list_test_conditions

ROWS_PER_PLOT = 7
"""Rows of values that are about as tall as a plot."""
PLOTS_BESIDE, PLOTS_BELOW = 4, 3
"""Plots of a measurement next to its values and below them; the others are folded."""


@dataclass
class MeasurementSection:
    """A measurement on the cell page, or the cell-level values if it is None."""

    measurement: Measurement | None
    conditions: list[tuple[str, str, str]]
    """Name, text, and address of where it comes from."""
    datasets: Sequence[Dataset]
    rows: list[QuantityRow]
    latest_runs: list[AnalysisRun]
    pending_runs: list[AnalysisRun]
    not_run: list[Analysis]
    plots: list[tuple[AnalysisRun, DrawnPlot]] = field(default_factory=list)
    shared_refusals: frozenset[int] = frozenset()
    """Runs whose refusal is shown once for several measurements."""
    place_tables: list[PlaceTable] = field(default_factory=list)
    same_files: dict[int, list[Measurement]] = field(default_factory=dict)
    """Other measurements that have the same file, by the primary key of the dataset."""
    attachments: list[Attachment] = field(default_factory=list)
    explains_uncertainty: bool = False
    """Whether it is the first section with an uncertainty, where the page explains the notation."""

    @property
    def has_cycles(self) -> bool:
        """Whether any run gave per-cycle numbers."""
        return any(run.has_cycles for run in self.latest_runs)  # type: ignore[attr-defined]

    @property
    def unread_files(self) -> int:
        """How many files are queued for import or being imported."""
        return sum(dataset.status in UNREAD for dataset in self.datasets)

    @property
    def raw_plots(self) -> list[DrawnPlot]:
        """Data of the file in use, or of the first file that was read if none is; whether or not an analysis used
        it."""
        dataset = self.in_use.dataset or next((item for item in self.datasets if item.holds_data), None)
        return list_raw_plots(dataset) if dataset else []

    @property
    def shown_rows(self) -> list[QuantityRow]:
        """Values of the table: all that are reported or computed."""
        return [row for row in self.rows if not row.is_missing]

    @property
    def missing_rows(self) -> list[QuantityRow]:
        """Quantities of which a run says why they are not computed."""
        return [row for row in self.rows if row.is_missing]

    @property
    def plots_beside(self) -> list[DrawnPlot]:
        """Plots next to the values, as many as are about as tall."""
        room = min(max(len(self.shown_rows) // ROWS_PER_PLOT, 1), PLOTS_BESIDE)
        return self._all_plots[:room] if self.shown_rows else []

    @property
    def plots_below(self) -> list[DrawnPlot]:
        return self._all_plots[len(self.plots_beside) :][:PLOTS_BELOW]

    @property
    def further_plots(self) -> list[DrawnPlot]:
        """Plots that are folded."""
        return self._all_plots[len(self.plots_beside) + PLOTS_BELOW :]

    @property
    def _all_plots(self) -> list[DrawnPlot]:
        """Those drawn first, what the file says, then the others."""
        plots = [plot for _, plot in self.plots]
        return [*plots[:2], *self.raw_plots, *plots[2:]]

    @property
    def number_not_computed(self) -> int:
        """How many analyses gave no result, or are not run."""
        return (
            sum(len(refusal.runs) for refusal in self.refused)
            + len(self.failed)
            + len(self.missing_rows)
            + (0 if self.unread_files else len(self.not_run))
        )

    @property
    def number_of_remarks(self) -> int:
        return sum(not warning.is_impossible for warning, _ in self.warnings) + len(self.notes_with_offers)

    @property
    def disagreeing_rows(self) -> list[QuantityRow]:
        return [row for row in self.all_rows if row.finding and not row.finding.agrees]

    @property
    def explained_rows(self) -> list[QuantityRow]:
        """Rows whose uncertainty has parts, or whose number other methods give too."""
        return [row for row in self.rows if row.components or row.methods]

    @property
    def conditions_line(self) -> str:
        """The conditions in one line, without those in the label."""
        if self.measurement is None:
            return ""
        return format_conditions(list_test_conditions(self.measurement, in_line=True), self.measurement.label)

    @property
    def datasets_shown(self) -> list[tuple[Dataset, list[ShownMessage], list[ShownMessage], list[Measurement]]]:
        """Each dataset with its warnings and notes, without those already shown for the same file, and the other
        measurements that have the same file."""
        shown: set[tuple[int, str]] = set()
        result = []
        for dataset in self.datasets:
            new = [message for message in dataset.messages if (dataset.raw_file_id, message["text"]) not in shown]
            shown.update((dataset.raw_file_id, message["text"]) for message in new)
            warnings = [
                ShownMessage(message["text"], message["code"]) for message in new if message["level"] == "warning"
            ]
            notes = [ShownMessage(message["text"], message["code"]) for message in new if message["level"] != "warning"]
            result.append((dataset, warnings, notes, self.same_files.get(dataset.pk, [])))
        return result

    @property
    def visible_columns(self) -> dict[str, bool]:
        """Which columns of the value table are not empty."""
        return {
            "reported": any(row.reported for row in self.rows),
            "computed": any(row.computed for row in self.rows),
            "deviation": any(row.deviation for row in self.rows),
            "verdict": any(row.finding for row in self.rows),
        }

    @property
    def in_use(self) -> DatasetInUse:
        """The dataset that is analysed, or why there is none."""
        return get_dataset_in_use(self.measurement) if self.measurement else DatasetInUse()

    @property
    def mappable(self) -> list[Dataset]:
        """Datasets that a column mapping might make readable."""
        return [dataset for dataset in self.datasets if may_need_mapping(dataset)]

    @property
    def pending(self) -> list[tuple[str, AnalysisRun]]:
        return [(get_analysis_title(run), run) for run in self.pending_runs]

    @property
    def refused(self) -> list[RefusedFor]:
        """Refused runs by their reasons, without the shared refusals and those that do not apply."""
        return [
            replace(refusal, reason=self._without_queued(refusal.reason))
            for refusal in group_refusals(run for run in self._refused_runs if not does_not_apply(run))
        ]

    @property
    def not_applicable(self) -> list[tuple[str, AnalysisRun, ShownMessage]]:
        """Refused runs of analyses that are not meant for what was measured."""
        runs = (run for run in self._refused_runs if does_not_apply(run))
        return [(get_analysis_title(run), run, get_reason(run)) for run in runs]

    @property
    def _refused_runs(self) -> list[AnalysisRun]:
        return [
            run for run in self.latest_runs if run.status == RunStatus.REFUSED and run.pk not in self.shared_refusals
        ]

    @property
    def failed(self) -> list[tuple[str, AnalysisRun, ShownMessage]]:
        return [
            (get_analysis_title(run), run, get_reason(run))
            for run in self.latest_runs
            if run.status == RunStatus.FAILED
        ]

    @property
    def shows_uncertainty(self) -> bool:
        return any(row.shows_uncertainty for row in self.all_rows)

    @property
    def all_rows(self) -> list[QuantityRow]:
        """Values without a place, and those at places."""
        return [*self.rows, *(row for table in self.place_tables for row in table.quantity_rows)]

    @property
    def done(self) -> list[tuple[str, AnalysisRun]]:
        return [(get_analysis_title(run), run) for run in self.latest_runs if run.status == RunStatus.DONE]

    @property
    def warnings(self) -> list[tuple[ShownMessage, list[tuple[str, AnalysisRun]]]]:
        warnings = group_warnings(run for _, run in self.done)
        return [(self._without_queued(message), runs) for message, runs in warnings]

    @property
    def notes_with_offers(self) -> list[tuple[ShownMessage, list[tuple[str, AnalysisRun]]]]:
        notes = group_notes_with_offers(run for _, run in self.done)
        return [(self._without_queued(message), runs) for message, runs in notes]

    def _without_queued(self, message: ShownMessage) -> ShownMessage:
        """Return a message without the offers of analyses that are queued again, which would undo later changes."""
        analyses = {run.analysis for run in self.pending_runs}
        queued = {run.pk for run in self.latest_runs if run.analysis in analyses}
        return message._replace(offers=tuple(offer for offer in message.offers if offer.run not in queued))


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
    for run in shown.defer("inputs", "software").order_by("analysis", "pk"):
        run.cell, run.measurement = cell, by_pk.get(run.measurement_id or 0)
        runs[run.measurement_id].append(run)
    values: dict[int | None, list[Value]] = defaultdict(list)
    latest = Value.objects.filter(cell=cell, is_latest=True).select_related("run")
    for value in latest.defer("run__inputs", "run__software"):
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
    same_files = list_with_same_file(
        [dataset for section in sections for dataset in section.datasets if dataset.is_elsewhere],  # type: ignore[attr-defined]
        user,
    )
    for section in (cell_level, *sections):
        section.same_files = same_files
        section.attachments = [
            item for item in attached if section.measurement and item.measurement_id == section.measurement.pk
        ]
        own = values[section.measurement.pk if section.measurement else None]
        section.place_tables = list_place_tables(own, sources)
    _add_plots([cell_level, *sections], choice or {})
    shared = _share_refusals(sections)
    first = next((section for section in (cell_level, *sections) if section.shows_uncertainty), None)
    if first:
        first.explains_uncertainty = True
    return CellSections(sections, cell_level, shared, [item for item in attached if item.cell_id])


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
