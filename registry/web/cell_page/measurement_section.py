"""The section of each measurement on the cell page: conditions, data, values, run outcomes and plots."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from registry.hookspecs import Analysis
from registry.models import (
    UNREAD,
    AnalysisRun,
    Attachment,
    Dataset,
    Measurement,
    MeasurementTag,
    RunStatus,
)
from registry.selectors.analysis_inputs.dataset_in_use import DatasetInUse, get_dataset_in_use
from registry.selectors.column_mapping import may_need_mapping
from registry.selectors.runs.refusal import does_not_apply
from registry.web.cell_page.outcome import (
    RefusedFor,
    ShownMessage,
    get_analysis_title,
    get_reason,
    group_notes_with_offers,
    group_refusals,
    group_warnings,
)
from registry.web.cell_page.place_table import PlaceTable
from registry.web.cell_page.quantity_row import QuantityRow, share_reason
from registry.web.measurement import format_conditions
from registry.web.plots.frame import DrawnPlot
from registry.web.plots.plot import list_raw_plots
from registry.web.presentation.tagged import TaggedRecord
from registry.web.presentation.text import list_test_conditions

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
    tags: list[MeasurementTag] = field(default_factory=list)
    explains_uncertainty: bool = False
    """Whether it is the first section with an uncertainty, where the page explains the notation."""

    @property
    def tagged(self) -> TaggedRecord | None:
        """The tags of the measurement."""
        return TaggedRecord(self.measurement, self.tags) if self.measurement else None

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

    @cached_property
    def shares_reason(self) -> bool:
        """Whether all computed values of the table are outdated for the same reason."""
        return share_reason(self.shown_rows)

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
        return sum(not warning.is_conflict for warning, _ in self.warnings) + len(self.notes_with_offers)

    @property
    def conflicts(self) -> list[tuple[ShownMessage, list[tuple[str, AnalysisRun]]]]:
        """Warnings that a number cannot be right, with their analyses."""
        return [(warning, runs) for warning, runs in self.warnings if warning.is_conflict]

    @property
    def anchor(self) -> str:
        """The id of the section on the page."""
        return self.measurement.refcode if self.measurement else "cell-level"

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
