"""What the page of a cell shows of each measurement: conditions, data, reported beside computed, refusals, curves."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.db.models import F, Q

from registry import plugin_loading
from registry.hookspecs import Analysis
from registry.models import (
    PENDING,
    UNREAD,
    AnalysisRun,
    Cell,
    Curve,
    Dataset,
    Measurement,
    Publication,
    RunStatus,
    Value,
)
from registry.models.visibility import AnyUser
from registry.selectors.analysis_inputs.dataset_in_use import DatasetInUse, get_dataset_in_use
from registry.selectors.column_mapping import may_need_mapping
from registry.selectors.cycle_table import CYCLE
from registry.web.cell_page.outcome import SharedRefusal, reason_of, shared_refusals, title_of, warnings_of
from registry.web.cell_page.quantity_row import Line, lines_of
from registry.web.measurement import in_one_line
from registry.web.plots.plot import Plot, plot_of
from registry.web.presentation.text import conditions_of

PLOTS_SHOWN = 12


@dataclass
class Sheet:
    """A measurement, or the cell as a whole, as the page shows it."""

    measurement: Measurement | None
    conditions: list[tuple[str, str]]
    datasets: Sequence[Dataset]
    lines: list[Line]
    runs: list[AnalysisRun]
    pending: list[AnalysisRun]
    waiting: list[Analysis]
    plots: list[tuple[AnalysisRun, Plot]] = field(default_factory=list)
    further_plots: int = 0
    has_cycles: bool = False
    """Whether curves give numbers by cycle."""
    shared: frozenset[int] = frozenset()
    """Runs whose refusal the page says once for several measurements."""
    explains_doubt: bool = False
    """Whether it is the first on the page with a number whose doubt is printed."""

    @property
    def unread(self) -> int:
        """How many files are still to be read."""
        return sum(dataset.status in UNREAD for dataset in self.datasets)

    @property
    def conditions_line(self) -> str:
        """Its conditions to stand behind its label."""
        return in_one_line(self.conditions, self.measurement.label if self.measurement else "")

    @property
    def data(self) -> list[tuple[Dataset, list[str], list[str]]]:
        """Each dataset with the warnings and the remarks on it that were not given of its file before."""
        said: set[tuple[int, str]] = set()
        found = []
        for dataset in self.datasets:
            new = [one for one in dataset.messages if (dataset.raw_file_id, one["text"]) not in said]
            said.update((dataset.raw_file_id, one["text"]) for one in new)
            warnings = [one["text"] for one in new if one["level"] == "warning"]
            found.append((dataset, warnings, [one["text"] for one in new if one["level"] != "warning"]))
        return found

    @property
    def shows(self) -> dict[str, bool]:
        """Which columns of its table of values hold anything."""
        return {
            "reported": any(line.reported for line in self.lines),
            "computed": any(line.computed for line in self.lines),
            "difference": any(line.difference for line in self.lines),
            "verdict": any(line.finding for line in self.lines),
        }

    @property
    def in_use(self) -> DatasetInUse:
        """The recording that is analysed, or why none is."""
        return get_dataset_in_use(self.measurement) if self.measurement else DatasetInUse()

    @property
    def mappable(self) -> list[Dataset]:
        """Files that a column mapping might make readable."""
        return [dataset for dataset in self.datasets if may_need_mapping(dataset)]

    @property
    def coming(self) -> list[tuple[str, AnalysisRun]]:
        return [(title_of(run), run) for run in self.pending]

    @property
    def refused(self) -> list[tuple[str, AnalysisRun, str]]:
        """Those of its refusals that are its own, with their reasons."""
        runs = [run for run in self.runs if run.status == RunStatus.REFUSED and run.pk not in self.shared]
        return [(title_of(run), run, reason_of(run)) for run in runs]

    @property
    def failed(self) -> list[tuple[str, AnalysisRun, str]]:
        return [(title_of(run), run, reason_of(run)) for run in self.runs if run.status == RunStatus.FAILED]

    @property
    def done(self) -> list[tuple[str, AnalysisRun]]:
        return [(title_of(run), run) for run in self.runs if run.status == RunStatus.DONE]

    @property
    def warnings(self) -> list[tuple[str, list[tuple[str, AnalysisRun]]]]:
        return warnings_of(run for _, run in self.done)


@dataclass(frozen=True)
class CellSheets:
    """All measurements of a cell, and the values that belong to it as a whole."""

    sheets: list[Sheet]
    whole: Sheet
    """What was reported or computed of the cell as a whole."""
    shared_refusals: list[SharedRefusal]

    @property
    def files_to_read(self) -> int:
        return sum(sheet.unread for sheet in self.sheets)

    @property
    def runs_to_come(self) -> int:
        return sum(len(sheet.pending) for sheet in (*self.sheets, self.whole))

    @property
    def disagreeing(self) -> list[tuple[Sheet, Line]]:
        return [
            (sheet, line) for sheet in self.sheets for line in sheet.lines if line.finding and not line.finding.agrees
        ]


def sheets_of(cell: Cell, user: AnyUser) -> CellSheets:
    """Read everything measured on a cell in a constant number of queries."""
    measurements = list(
        Measurement.objects.filter(cell=cell)
        .select_related("setup")
        .prefetch_related("datasets__raw_file", "datasets__mapping")
        .order_by("pk")
    )
    values: dict[int | None, list[Value]] = defaultdict(list)
    latest = Value.objects.filter(cell=cell, is_latest=True).select_related("run")
    for value in latest.defer("run__inputs", "run__software"):
        values[value.measurement_id].append(value)
    sources = _sources(values.values(), cell, user)
    runs: dict[int | None, list[AnalysisRun]] = defaultdict(list)
    pending: dict[int | None, list[AnalysisRun]] = defaultdict(list)
    shown = AnalysisRun.objects.filter(Q(is_latest=True) | Q(status__in=PENDING), cell=cell)
    for run in shown.defer("inputs", "software").order_by("analysis", "pk"):
        (runs if run.is_latest else pending)[run.measurement_id].append(run)
    sheets = [
        Sheet(
            measurement=one,
            conditions=conditions_of(one),
            datasets=list(one.datasets.all()),
            lines=lines_of(values[one.pk], sources),
            runs=runs[one.pk],
            pending=pending[one.pk],
            waiting=_waiting("measurement", Counter([one.technique]), [*runs[one.pk], *pending[one.pk]]),
        )
        for one in measurements
    ]
    techniques = Counter(one.technique for one in measurements)
    whole = Sheet(
        measurement=None,
        conditions=[],
        datasets=[],
        lines=lines_of(values[None], sources),
        runs=runs[None],
        pending=pending[None],
        waiting=_waiting("cell", techniques, [*runs[None], *pending[None]]),
    )
    _add_plots([whole, *sheets])
    shared = shared_refusals((one, run) for one in measurements for run in runs[one.pk])
    said_above = frozenset(run.pk for refusal in shared for _, run in refusal.on)
    for sheet in sheets:
        sheet.shared = said_above
    if first := next((one for one in (whole, *sheets) if any(line.in_doubt for line in one.lines)), None):
        first.explains_doubt = True
    return CellSheets(sheets, whole, shared)


def _sources(values: Iterable[list[Value]], cell: Cell, user: AnyUser) -> dict[int, Publication]:
    """Publications of values, where another than the cell's own, of those the user may see."""
    wanted = {value.publication_id for several in values for value in several} - {None, cell.publication_id}
    return Publication.objects.visible_to(user).in_bulk(wanted) if wanted else {}


def _waiting(scope: str, techniques: Counter[str], runs: Iterable[AnalysisRun]) -> list[Analysis]:
    """Analyses offered on a measurement, or on a cell with so many of each technique, that were never run on it."""
    ran = {run.analysis for run in runs}
    return [
        one
        for one in plugin_loading.current().analyses.values()
        if one.scope == scope
        and one.name not in ran
        and sum(techniques[technique] for technique in one.techniques)
        >= (one.min_measurements if scope == "cell" else 1)
    ]


def _is_single(curve: Curve) -> bool:
    """Whether all its points lie at one place: a test of one cycle, whose numbers stand in the per-cycle table."""
    return len({x for series in curve.data["series"] for x in series["x"]}) < 2


def _add_plots(sheets: Sequence[Sheet]) -> None:
    """Draw the first curves; of the rest the page says how many there are and where."""
    runs = {run.pk: (sheet, run) for sheet in sheets for _, run in sheet.done}
    order = (F("run__measurement").asc(nulls_first=True), "id")
    listed = list(Curve.objects.filter(run__in=runs).order_by(*order).values_list("pk", "run_id", "data__x__label"))
    drawn = [pk for pk, _, _ in listed[:PLOTS_SHOWN]]
    for curve in Curve.objects.filter(pk__in=drawn).order_by(*order):
        sheet, run = runs[curve.run_id]
        if not _is_single(curve):
            sheet.plots.append((run, plot_of(curve)))
    for _, run_pk, _ in listed[PLOTS_SHOWN:]:
        runs[run_pk][0].further_plots += 1
    for _, run_pk, label in listed:
        runs[run_pk][0].has_cycles |= label == CYCLE
