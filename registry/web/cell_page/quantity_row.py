"""One quantity on the cell page: reported and computed value, and whether they agree."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from functools import cached_property

from registry.models import AnalysisRun, Publication, Value, ValueOrigin
from registry.numbers import catalogue
from registry.numbers.catalogue import get_or_placeholder
from registry.selectors.audit.audit import Finding, compare_values
from registry.selectors.plugins.orphans import missing_analysis_note, missing_quantity_note
from registry.selectors.staleness.outdated import Outdated, get_outdated
from registry.web.cell_page.outcome import get_analysis_title
from registry.web.cell_page.remedy import Remedy, get_missing_remedy
from registry.web.presentation.text import (
    format_deviation,
    format_fixed_conditions,
    format_written,
    shows_uncertainty,
)
from registry.web.presentation.uncertainty import format_components, format_method_spread
from registry.web.presentation.value_column import ValueColumn, build_value_column


@dataclass(frozen=True)
class QuantityRow:
    """One quantity with its reported and computed value."""

    heading: str
    reported: Value | None
    reported_text: str
    source: Publication | None
    computed: Value | None
    computed_text: str
    finding: Finding | None
    computed_by: str = ""
    """The analysis, if several computed this quantity; the fixed conditions of a series."""
    lacks_protocol: bool = False
    """Whether nothing says how the reported value was measured, though it depends on that."""

    @property
    def is_missing(self) -> bool:
        """Whether there is only a reason why the quantity is not computed."""
        return bool(self.computed and self.computed.missing and not self.reported)

    @property
    def remedy(self) -> Remedy | None:
        """Where to enter what is missing for the computed number."""
        return get_missing_remedy(self.computed) if self.computed else None

    @property
    def as_written(self) -> str:
        """The reported value as written, if it is shown in another unit or style."""
        written = format_written(self.reported.written) if self.reported else ""
        return "" if self.reported_text in ("", written) or written.startswith(f"{self.reported_text} ") else written

    @cached_property
    def outdated(self) -> Outdated | None:
        """What has changed of the analysis or the inputs of the computed value since; None if nothing has."""
        run = self.computed.run if self.computed else None
        return get_outdated(run) if run else None

    @property
    def missing_analysis_note(self) -> str:
        """Why the analysis that computed this is not loaded; empty if it is."""
        return missing_analysis_note(self.computed.run.analysis) if self.computed and self.computed.run else ""

    @property
    def missing_quantity_note(self) -> str:
        """Why no plugin registers this quantity; empty if one does."""
        value = self.computed or self.reported
        return missing_quantity_note(value.quantity) if value else ""

    @property
    def shows_uncertainty(self) -> bool:
        """Whether the computed number is shown with its uncertainty."""
        return self.computed is not None and shows_uncertainty(self.computed)

    @property
    def components(self) -> str:
        """Components of the uncertainty of the computed number in one line; empty if unknown."""
        return format_components(self.computed) if self.computed else ""

    @property
    def methods(self) -> str:
        """The computed number by each method, in one line; empty if there is only one."""
        return format_method_spread(self.computed) if self.computed else ""

    @property
    def deviation(self) -> str:
        return format_deviation(self.finding.deviation_percent) if self.finding else ""


def share_reason(rows: Iterable[QuantityRow | None]) -> bool:
    """Whether all computed values, at least two, are outdated by the same kind of change: small marks then suffice."""
    computed = [row for row in rows if row and row.computed and not row.computed.missing]
    kinds = {row.outdated.kind if row.outdated else "" for row in computed}
    return len(computed) > 1 and len(kinds) == 1 and "" not in kinds


def list_quantity_rows(values: Iterable[Value], sources: dict[int, Publication]) -> list[QuantityRow]:
    """Pair reported and computed values of each quantity, in catalogue order; those without a place."""
    by_quantity: dict[str, list[Value]] = defaultdict(list)
    for value in values:
        if value.place:
            continue
        by_quantity[value.quantity].append(value)
    order = {slug: index for index, slug in enumerate(catalogue.catalogue)}
    rows = []
    for slug in sorted(by_quantity, key=lambda slug: order.get(slug, len(order))):
        stored = by_quantity[slug]
        reported = next((value for value in stored if value.origin == ValueOrigin.REPORTED), None)
        computed = sorted(
            (value for value in stored if value.origin == ValueOrigin.COMPUTED), key=lambda value: value.pk
        )
        show_analysis = len(computed) > 1
        each = [build_row(slug, reported, value, sources, show_analysis=show_analysis) for value in computed]
        rows += _without_repeats(each)
        if not computed:
            row = build_row(slug, reported, None, sources, show_analysis=False)
            rows.append(replace(row, lacks_protocol=_lacks_protocol(slug, by_quantity)))
    return rows


def _without_repeats(rows: Iterable[QuantityRow]) -> list[QuantityRow]:
    """The rows of a quantity, one for analyses that computed the same number of the same thing."""
    by_result: dict[tuple[object, ...], list[QuantityRow]] = defaultdict(list)
    for row in rows:
        by_result[_result(row)].append(row)
    return [
        replace(first, computed_by="; ".join(row.computed_by for row in (first, *others) if row.computed_by))
        for first, *others in by_result.values()
    ]


def _result(row: QuantityRow) -> tuple[object, ...]:
    """Properties in which two analyses must agree to share a row; stale, outdated and missing results never do."""
    value = row.computed
    if value is None or value.missing or row.outdated:
        return (value.pk if value else None,)
    return (value.magnitude, value.lower, value.upper, value.standard_uncertainty, value.note)


def _lacks_protocol(slug: str, stated: Collection[str]) -> bool:
    protocol = get_or_placeholder(slug).protocol
    return bool(protocol) and not any(item in stated for item in protocol)


def build_row(
    slug: str, reported: Value | None, computed: Value | None, sources: dict[int, Publication], *, show_analysis: bool
) -> QuantityRow:
    """The row of a reported and a computed value of a quantity at the same place."""
    values = [value for value in (reported, computed) if value]
    comparable = reported and computed and reported.magnitude is not None and computed.magnitude is not None
    row = QuantityRow(
        heading="",
        reported=reported,
        reported_text="",
        source=sources.get(reported.publication_id or 0) if reported else None,
        computed=computed,
        computed_text="",
        finding=compare_values(reported, computed) if comparable and reported and computed else None,
        computed_by=_format_source(computed.run, show_analysis=show_analysis) if computed and computed.run else "",
    )
    return format_row(row, build_value_column(slug, values))


def format_row(row: QuantityRow, column: ValueColumn) -> QuantityRow:
    """The row with its numbers in the unit and style of a column of such rows."""
    return replace(
        row,
        heading=column.heading,
        reported_text=column.format(row.reported) if row.reported else "",
        computed_text=column.format(row.computed) if row.computed else "",
    )


def _format_source(run: AnalysisRun, *, show_analysis: bool) -> str:
    if show_analysis:
        return get_analysis_title(run)
    return f"at {format_fixed_conditions(run.fixed_conditions)}" if run.fixed_conditions else ""
