"""Top of the page of a cell: its headline numbers, and the plots they come from."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.urls import reverse

from registry.models import AnalysisRun, Value, ValueOrigin
from registry.numbers.parsing import ROOM_TEMPERATURE_DEGC
from registry.plugin_loading.names import condition_name
from registry.selectors.analysis_inputs.series import magnitudes
from registry.web.cell_page.cell_sections import CellSections
from registry.web.cell_page.measurement_section import MeasurementSection
from registry.web.cell_page.quantity_row import QuantityRow
from registry.web.cell_page.results import KEY_QUANTITIES
from registry.web.plots.frame import DrawnPlot
from registry.web.presentation.text import list_test_conditions
from registry.web.presentation.value_column import build_value_column

MOST_HEADLINES = 6
TEMPERATURE = "temperature_degc"
MIN_STEPS = 3
"""Different values of a condition from which a range over it says how a quantity depends on it."""
RETENTION, CYCLES = "capacity_retention_percent", "cycle_count"
MOST_PLOTS = 3


HeadlineRow = tuple[MeasurementSection, QuantityRow, Value]
"""A main value with its row and section."""
Rows = dict[str, list[HeadlineRow]]
"""The main values by quantity."""


@dataclass(frozen=True)
class Headline:
    """A main number of a cell, or the range over measurements that one text can combine."""

    name: str
    text: str
    unit: str
    note: str
    value: Value | None
    """The number, if there is one; None for a range."""
    anchor: str
    """The section of the page with the numbers of a range."""
    disagrees: bool
    is_outdated: bool = False
    conflict: str = ""
    """The section that says with what the number is in conflict; empty if it is in none."""

    @property
    def number(self) -> str:
        """The text without the interval of a single number."""
        return self.text.removesuffix(self.interval).rstrip()

    @property
    def interval(self) -> str:
        """The interval of a single number; empty for a range, whose intervals stay with its ends."""
        number, bracket, bounds = self.text.partition(" [")
        return f"[{bounds}" if bracket and " " not in number and bounds.count("[") == 0 else ""

    @property
    def run(self) -> AnalysisRun | None:
        return self.value.run if self.value else None

    @property
    def url(self) -> str:
        """Where the number comes from, for a page without scripts."""
        if self.run:
            return reverse("web:run", args=[self.run.pk])
        return reverse("web:value", args=[self.value.pk]) if self.value else ""


def list_headlines(sections: CellSections) -> list[Headline]:
    """The main numbers, in the order of the key quantities; computed ones before reported ones."""
    rows: Rows = {}
    for section in (sections.cell_level, *sections.measurements):
        for row in section.rows:
            value = _main_value(row)
            if value:
                rows.setdefault(value.quantity, []).append((section, row, value))
    chosen = [slug for slug in KEY_QUANTITIES if slug in rows] or list(rows)
    measured = {id(section) for items in rows.values() for section, _, _ in items}
    over = _over_cycles(rows)
    if over:
        chosen.remove(CYCLES)
    headlines = [_build_headline(slug, rows[slug], names_test=len(measured) > 1) for slug in chosen[:MOST_HEADLINES]]
    return [
        replace(item, note=_joined(over, item.note)) if slug == RETENTION else item
        for slug, item in zip(chosen, headlines, strict=False)
    ]


def _over_cycles(rows: Rows) -> str:
    """Over how many cycles the capacity retention is, if there is one of each; the number says nothing by itself."""
    retentions, counts = rows.get(RETENTION, []), rows.get(CYCLES, [])
    if not (len(retentions) == len(counts) == 1 and retentions[0][0] is counts[0][0]):
        return ""
    count = build_value_column(CYCLES, [counts[0][2]]).format(counts[0][2])
    return f"over {count} cycles" if count.isdecimal() else ""


def _joined(*notes: str) -> str:
    return "; ".join(note for note in notes if note)


def take_main_plots(sections: CellSections, headlines: Sequence[Headline]) -> list[DrawnPlot]:
    """The first plot of each run with a headline number, a Nyquist plot of a cell with spectra, then the first plot of
    other analyses; few in all, and none with the title of another.

    They are taken out of their sections, since no plot stands twice on a page.
    """
    first: dict[int, DrawnPlot] = {}
    owners: dict[int, MeasurementSection] = {}
    analyses: set[str] = set()
    every = (sections.cell_level, *sections.measurements)
    for section in every:
        for run, plot in section.plots:
            if plot.svg and run.analysis not in analyses:
                first[run.pk], owners[run.pk] = plot, section
                analyses.add(run.analysis)
    wanted = [headline.run.pk for headline in headlines if headline.run and headline.run.pk in first]
    ranked = [(owners[pk], first[pk]) for pk in dict.fromkeys([*wanted, *first])]
    chosen = _choose(ranked, _find_spectrum(sections.measurements))
    taken = [plot for _, plot in chosen]
    for section in every:
        section.plots = [(run, plot) for run, plot in section.plots if plot not in taken]
    return [replace(plot, measurement=_describe_measurement(section)) for section, plot in chosen]


OwnedPlot = tuple[MeasurementSection, DrawnPlot]


def _choose(ranked: Sequence[OwnedPlot], spectrum: OwnedPlot | None) -> list[OwnedPlot]:
    """The first plots, and the spectrum as the last of them."""
    by_title: dict[str, OwnedPlot] = {}
    for section, plot in ranked:
        if spectrum is None or not plot.is_spectrum:
            by_title.setdefault(plot.title, (section, plot))
    others = list(by_title.values())
    return others[:MOST_PLOTS] if spectrum is None else [*others[: MOST_PLOTS - 1], spectrum]


def _find_spectrum(sections: Sequence[MeasurementSection]) -> OwnedPlot | None:
    """The first Nyquist plot of the measurement nearest to room temperature; one without a temperature comes last."""
    plots = [
        (section, next((plot for _, plot in section.plots if plot.is_spectrum), None))
        for section in sorted(sections, key=_from_room_temperature)
    ]
    return next(((section, plot) for section, plot in plots if plot), None)


def _describe_measurement(section: MeasurementSection) -> str:
    """Return refcode and conditions of a measurement; empty for cell-level analyses."""
    if section.measurement is None:
        return ""
    return ", ".join(filter(None, (section.measurement.refcode, section.conditions_line)))


def _anchor(section: MeasurementSection) -> str:
    return section.measurement.technique if section.measurement else "cell-level"


def _main_value(row: QuantityRow) -> Value | None:
    for value in (row.computed, row.reported):
        if value and value.magnitude is not None:
            return value
    return None


def _build_headline(slug: str, rows: Sequence[HeadlineRow], *, names_test: bool) -> Headline:
    """`names_test` says with which test the number was measured, since there are others."""
    chosen, conditions = choose_comparable(rows)
    column = build_value_column(slug, [value for _, _, value in rows])
    ranked = sorted((value for _, _, value in chosen), key=lambda value: value.magnitude or 0.0)
    texts = list(dict.fromkeys(column.format(value) for value in (ranked[0], ranked[-1])))
    if len(texts) > 1:
        # The sections have the intervals of each; here they would hide the range.
        texts = [text.partition(" [")[0] for text in texts]
    several = _joined(f"at {conditions}" if conditions else "", f"{len(rows)} values")
    return Headline(
        name=column.quantity.name,
        text=" to ".join(texts),
        unit=column.unit_label,
        note=several if len(rows) > 1 else _describe(*rows[0], names_test=names_test),
        value=chosen[0][2] if len(chosen) == 1 else None,
        anchor=_anchor(rows[0][0]),
        disagrees=any(row.finding and not row.finding.agrees for _, row, _ in rows),
        is_outdated=any(row.outdated for _, row, _ in chosen),
        conflict=next((section.anchor for section, _, _ in chosen if _is_in_conflict(section, slug)), ""),
    )


def _is_in_conflict(section: MeasurementSection, slug: str) -> bool:
    return any(slug in warning.quantities for warning, _ in section.conflicts)


def choose_comparable(rows: Sequence[HeadlineRow]) -> tuple[Sequence[HeadlineRow], str]:
    """The rows that one text can combine, and the conditions to name with it.

    All, if their conditions are equal or they are steps of one condition, such as the pressure; otherwise one of them:
    the nearest to room temperature, of those the first.
    """
    conditions = [_conditions(section) for section, _, _ in rows]
    names = dict.fromkeys(name for texts in conditions for name in texts)
    differing = [name for name in names if len({texts.get(name) for texts in conditions}) > 1]
    if not differing:
        return rows, ""
    if len(differing) == 1 and differing[0] != condition_name(TEMPERATURE):
        steps = list(dict.fromkeys(texts[differing[0]] for texts in conditions if differing[0] in texts))
        if len(steps) >= MIN_STEPS:
            return rows, f"{steps[0]} to {steps[-1]}"
    distances = [_from_room_temperature(section) for section, _, _ in rows]
    nearest = distances.index(min(distances))
    return [rows[nearest]], ", ".join(conditions[nearest][name] for name in differing if name in conditions[nearest])


def _conditions(section: MeasurementSection) -> dict[str, str]:
    return dict(list_test_conditions(section.measurement, in_line=True)) if section.measurement else {}


def _from_room_temperature(section: MeasurementSection) -> float:
    """Distance in °C; infinite without a temperature."""
    entered = magnitudes(section.measurement.entered_conditions) if section.measurement else {}
    return abs(entered.get(TEMPERATURE, math.inf) - ROOM_TEMPERATURE_DEGC[1])


def _describe(section: MeasurementSection, row: QuantityRow, value: Value, *, names_test: bool) -> str:
    """Where a number is from, in a few words."""
    if value.origin == ValueOrigin.REPORTED:
        return "reported"
    if row.reported:
        return f"reported {row.reported_text}"
    return _describe_test(section) if names_test else ""


def _describe_test(section: MeasurementSection) -> str:
    """The conditions of a measurement, or its refcode if there are none; empty for cell-level analyses."""
    return section.conditions_line or (section.measurement.refcode if section.measurement else "")
