"""What stands first on the page of a cell: its headline numbers, and the plots they come from."""

from collections.abc import Sequence
from dataclasses import dataclass

from analyses.uncertainty import Estimate
from registry.models import AnalysisRun, Value, ValueOrigin
from registry.numbers.catalogue import get_or_placeholder
from registry.numbers.formatting import format_digits, to_scientific, to_typographic
from registry.web.cell_page.measurement_section import CellSections, MeasurementSection
from registry.web.cell_page.quantity_row import QuantityRow
from registry.web.cell_page.results import KEY_QUANTITIES
from registry.web.plots.frame import DrawnPlot
from registry.web.presentation.text import format_number, format_value

MOST_HEADLINES = 6
MOST_PLOTS = 3


@dataclass(frozen=True)
class Headline:
    """A main number of a cell, or the range over its measurements."""

    name: str
    text: str
    unit: str
    note: str
    run: AnalysisRun | None
    """The run that computed the number, if it is of one measurement."""
    disagrees: bool


def list_headlines(sections: CellSections) -> list[Headline]:
    """The main numbers, in the order of the key quantities; computed ones before reported ones."""
    rows: dict[str, list[tuple[MeasurementSection, QuantityRow, Value]]] = {}
    for section in (sections.cell_level, *sections.measurements):
        for row in section.rows:
            value = _main_value(row)
            if value:
                rows.setdefault(value.quantity, []).append((section, row, value))
    chosen = [slug for slug in KEY_QUANTITIES if slug in rows] or list(rows)
    measured = {id(section) for items in rows.values() for section, _, _ in items}
    return [_build_headline(slug, rows[slug], names_test=len(measured) > 1) for slug in chosen[:MOST_HEADLINES]]


def take_main_plots(sections: CellSections, headlines: Sequence[Headline]) -> list[DrawnPlot]:
    """The first plot of each run with a headline number, then the first of other analyses; few in all.

    They are taken out of their sections, since no plot stands twice on a page.
    """
    first: dict[int, DrawnPlot] = {}
    analyses: set[str] = set()
    every = (sections.cell_level, *sections.measurements)
    for run, plot in (item for section in every for item in section.plots):
        if plot.svg and run.analysis not in analyses:
            first[run.pk] = plot
            analyses.add(run.analysis)
    wanted = [headline.run.pk for headline in headlines if headline.run and headline.run.pk in first]
    chosen = [first[pk] for pk in dict.fromkeys([*wanted, *first])][:MOST_PLOTS]
    for section in every:
        section.plots = [(run, plot) for run, plot in section.plots if plot not in chosen]
    return chosen


def _main_value(row: QuantityRow) -> Value | None:
    for value in (row.computed, row.reported):
        if value and value.magnitude is not None:
            return value
    return None


def _build_headline(
    slug: str, rows: Sequence[tuple[MeasurementSection, QuantityRow, Value]], *, names_test: bool
) -> Headline:
    """`names_test` says with which test the number was measured, since there are others."""
    quantity = get_or_placeholder(slug)
    ranked = sorted(rows, key=lambda item: item[2].magnitude or 0.0)
    lowest, highest = ranked[0][2], ranked[-1][2]
    several = len(rows) > 1
    text = _format_range(lowest, highest) if several else _format(lowest)
    as_entered = any(value.origin == ValueOrigin.REPORTED for value in (lowest, highest))
    disagrees = any(row.finding and not row.finding.agrees for _, row, _ in rows)
    return Headline(
        name=quantity.name,
        text=text,
        unit="" if as_entered else quantity.unit_label,
        note=f"{len(rows)} values" if several else _describe(*rows[0], names_test=names_test),
        run=None if several else rows[0][2].run,
        disagrees=disagrees,
    )


def _format(value: Value) -> str:
    """A reported value as entered; a computed one with its combined standard uncertainty, which takes little room."""
    estimate = value.estimate()
    if value.origin == ValueOrigin.REPORTED or estimate is None:
        return format_value(value)
    combined = Estimate.measured(estimate.magnitude, estimate.combined_standard_uncertainty)
    return format_number(combined, get_or_placeholder(value.quantity))


def _format_range(lowest: Value, highest: Value) -> str:
    """Two values without their uncertainty, in one number style."""
    estimates = [value.estimate() for value in (lowest, highest) if value.origin == ValueOrigin.COMPUTED]
    digits = [
        format_digits(estimate, count=get_or_placeholder(lowest.quantity).is_count)
        for estimate in estimates
        if estimate
    ]
    if len(digits) < len((lowest, highest)):
        return f"{format_value(lowest)} to {format_value(highest)}"
    if any("e" in text for text in digits):
        digits = [to_scientific(text) for text in digits]
    return " to ".join(map(to_typographic, digits))


def _describe(section: MeasurementSection, row: QuantityRow, value: Value, *, names_test: bool) -> str:
    """Where a number is from, in a few words."""
    if value.origin == ValueOrigin.REPORTED:
        return "reported"
    if row.reported:
        return f"reported {row.reported_text}"
    return section.conditions_line if names_test else ""
