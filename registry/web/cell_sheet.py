"""What the page of a cell shows of each measurement: conditions, data, reported beside computed, refusals, curves."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.db.models import F, Q

from registry import plugin_manager, quantities
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
    ValueOrigin,
)
from registry.models.record import type_of_user
from registry.quantities import stand_in
from registry.selectors.absent import analysis_gone, quantity_gone
from registry.selectors.audit import Finding, pair
from registry.selectors.column_mapping import may_need_mapping
from registry.selectors.cycle_table import CYCLE
from registry.selectors.recording import InUse, recording_in_use
from registry.web.plot import Plot, plot_of
from registry.web.wording import conditions_of, heading, percent, value_text

PLOTS_SHOWN = 12


@dataclass(frozen=True)
class Line:
    """One quantity, reported beside computed."""

    heading: str
    reported: Value | None
    reported_text: str
    source: Publication | None
    computed: Value | None
    computed_text: str
    finding: Finding | None

    @property
    def newer_version(self) -> str:
        """The version of the analysis that is loaded, where another one computed this."""
        run = self.computed.run if self.computed else None
        return plugin_manager.current().newer_version(run.analysis, run.version) if run else ""

    @property
    def analysis_gone(self) -> str:
        """That what computed this is not loaded, in a sentence."""
        return analysis_gone(self.computed.run.analysis) if self.computed and self.computed.run else ""

    @property
    def quantity_gone(self) -> str:
        """That no plugin registers this quantity, in a sentence."""
        value = self.computed or self.reported
        return quantity_gone(value.quantity) if value else ""

    @property
    def difference(self) -> str:
        return percent(self.finding.deviation_percent) if self.finding else ""


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

    @property
    def unread(self) -> int:
        """How many files are still to be read."""
        return sum(dataset.status in UNREAD for dataset in self.datasets)

    @property
    def data(self) -> list[tuple[Dataset, list[str]]]:
        """Each dataset with what there is to say of it and was not said of its file before."""
        said: set[tuple[int, str]] = set()
        found = []
        for dataset in self.datasets:
            texts = [message["text"] for message in dataset.messages]
            found.append((dataset, [text for text in texts if (dataset.raw_file_id, text) not in said]))
            said.update((dataset.raw_file_id, text) for text in texts)
        return found

    @property
    def in_use(self) -> InUse:
        """The recording that is analysed, or why none is."""
        return recording_in_use(self.measurement) if self.measurement else InUse()

    @property
    def mappable(self) -> list[Dataset]:
        """Files that a column mapping might make readable."""
        return [dataset for dataset in self.datasets if may_need_mapping(dataset)]

    @property
    def coming(self) -> list[tuple[str, AnalysisRun]]:
        return [(title_of(run), run) for run in self.pending]

    @property
    def refused(self) -> list[tuple[str, AnalysisRun]]:
        return [(title_of(run), run) for run in self.runs if run.status == RunStatus.REFUSED]

    @property
    def failed(self) -> list[tuple[str, AnalysisRun]]:
        return [(title_of(run), run) for run in self.runs if run.status == RunStatus.FAILED]

    @property
    def done(self) -> list[AnalysisRun]:
        return [run for run in self.runs if run.status == RunStatus.DONE]

    @property
    def warnings(self) -> list[tuple[AnalysisRun, str]]:
        return [
            (run, message["text"]) for run in self.done for message in run.messages if message["level"] == "warning"
        ]


def title_of(run: AnalysisRun) -> str:
    """The analysis's title, or its name if its plugin is gone."""
    analysis = plugin_manager.current().analyses.get(run.analysis)
    return analysis.title if analysis else run.analysis


@dataclass(frozen=True)
class CellSheets:
    """All measurements of a cell, and the values that belong to it as a whole."""

    sheets: list[Sheet]
    whole: Sheet
    """What was reported or computed of the cell as a whole."""

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


def sheets_of(cell: Cell, user: type_of_user) -> CellSheets:
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
    return CellSheets(sheets, whole)


def _sources(values: Iterable[list[Value]], cell: Cell, user: type_of_user) -> dict[int, Publication]:
    """Publications of values, where another than the cell's own, of those the user may see."""
    wanted = {value.publication_id for several in values for value in several} - {None, cell.publication_id}
    return Publication.objects.visible_to(user).in_bulk(wanted) if wanted else {}


def lines_of(values: Iterable[Value], sources: dict[int, Publication]) -> list[Line]:
    """Pair reported with computed values of the same quantity, in the order of the catalogue."""
    by_quantity: dict[str, list[Value]] = defaultdict(list)
    for value in values:
        by_quantity[value.quantity].append(value)
    order = {slug: place for place, slug in enumerate(quantities.catalogue)}
    lines = []
    for slug in sorted(by_quantity, key=lambda slug: order.get(slug, len(order))):
        several = by_quantity[slug]
        reported = next((one for one in several if one.origin == ValueOrigin.REPORTED), None)
        computed = sorted((one for one in several if one.origin == ValueOrigin.COMPUTED), key=lambda one: one.pk)
        lines += [_line(slug, reported, one, sources) for one in computed] or [_line(slug, reported, None, sources)]
    return lines


def _line(slug: str, reported: Value | None, computed: Value | None, sources: dict[int, Publication]) -> Line:
    comparable = reported and computed and reported.magnitude is not None and computed.magnitude is not None
    return Line(
        heading=heading(stand_in(slug)),
        reported=reported,
        reported_text=value_text(reported) if reported else "",
        source=sources.get(reported.publication_id or 0) if reported else None,
        computed=computed,
        computed_text=value_text(computed) if computed else "",
        finding=pair(reported, computed) if comparable and reported and computed else None,
    )


def _waiting(scope: str, techniques: Counter[str], runs: Iterable[AnalysisRun]) -> list[Analysis]:
    """Analyses offered on a measurement, or on a cell with so many of each technique, that were never run on it."""
    ran = {run.analysis for run in runs}
    return [
        one
        for one in plugin_manager.current().analyses.values()
        if one.scope == scope
        and one.name not in ran
        and sum(techniques[technique] for technique in one.techniques) >= (one.at_least if scope == "cell" else 1)
    ]


def _add_plots(sheets: Sequence[Sheet]) -> None:
    """Draw the first curves; of the rest the page says how many there are and where."""
    runs = {run.pk: (sheet, run) for sheet in sheets for run in sheet.done}
    order = (F("run__measurement").asc(nulls_first=True), "id")
    listed = list(Curve.objects.filter(run__in=runs).order_by(*order).values_list("pk", "run_id", "data__x__label"))
    drawn = [pk for pk, _, _ in listed[:PLOTS_SHOWN]]
    for curve in Curve.objects.filter(pk__in=drawn).order_by(*order):
        sheet, run = runs[curve.run_id]
        sheet.plots.append((run, plot_of(curve)))
    for _, run_pk, _ in listed[PLOTS_SHOWN:]:
        runs[run_pk][0].further_plots += 1
    for _, run_pk, label in listed:
        runs[run_pk][0].has_cycles |= label == CYCLE
