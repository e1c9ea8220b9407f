"""One quantity as the page of a cell shows it: reported beside computed, and whether they agree."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from registry import plugin_loading
from registry.models import Publication, Value, ValueOrigin
from registry.numbers import catalogue
from registry.numbers.catalogue import get_or_placeholder
from registry.selectors.audit import Finding, compare_values
from registry.selectors.orphans import missing_analysis_note, missing_quantity_note
from registry.web.cell_page.outcome import title_of
from registry.web.presentation.text import heading, percent, value_text


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
    computed_by: str = ""
    """The analysis, where several computed this quantity."""

    @property
    def newer_version(self) -> str:
        """The version of the analysis that is loaded, where another one computed this."""
        run = self.computed.run if self.computed else None
        return plugin_loading.current().newer_version(run.analysis, run.version) if run else ""

    @property
    def analysis_gone(self) -> str:
        """That what computed this is not loaded, in a sentence."""
        return missing_analysis_note(self.computed.run.analysis) if self.computed and self.computed.run else ""

    @property
    def quantity_gone(self) -> str:
        """That no plugin registers this quantity, in a sentence."""
        value = self.computed or self.reported
        return missing_quantity_note(value.quantity) if value else ""

    @property
    def in_doubt(self) -> bool:
        """Whether the computed number is printed with its doubt, in brackets."""
        return bool(self.computed and not self.computed.missing and set("([") & set(self.computed_text))

    @property
    def difference(self) -> str:
        return percent(self.finding.deviation_percent) if self.finding else ""


def lines_of(values: Iterable[Value], sources: dict[int, Publication]) -> list[Line]:
    """Pair reported with computed values of the same quantity, in the order of the catalogue."""
    by_quantity: dict[str, list[Value]] = defaultdict(list)
    for value in values:
        by_quantity[value.quantity].append(value)
    order = {slug: place for place, slug in enumerate(catalogue.catalogue)}
    lines = []
    for slug in sorted(by_quantity, key=lambda slug: order.get(slug, len(order))):
        stored = by_quantity[slug]
        reported = next((one for one in stored if one.origin == ValueOrigin.REPORTED), None)
        computed = sorted((one for one in stored if one.origin == ValueOrigin.COMPUTED), key=lambda one: one.pk)
        several = len(computed) > 1
        lines += [_line(slug, reported, one, sources, several=several) for one in computed]
        if not computed:
            lines.append(_line(slug, reported, None, sources, several=False))
    return lines


def _line(
    slug: str, reported: Value | None, computed: Value | None, sources: dict[int, Publication], *, several: bool
) -> Line:
    comparable = reported and computed and reported.magnitude is not None and computed.magnitude is not None
    return Line(
        heading=heading(get_or_placeholder(slug)),
        reported=reported,
        reported_text=value_text(reported) if reported else "",
        source=sources.get(reported.publication_id or 0) if reported else None,
        computed=computed,
        computed_text=value_text(computed) if computed else "",
        finding=compare_values(reported, computed) if comparable and reported and computed else None,
        computed_by=title_of(computed.run) if several and computed and computed.run else "",
    )
