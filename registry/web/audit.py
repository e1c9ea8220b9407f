"""The audit: where reported and computed values agree or disagree."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.core.paginator import EmptyPage, PageNotAnInteger, Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from registry.models import Value
from registry.selectors.audit.audit import Finding, list_findings
from registry.selectors.audit.conflict import list_conflicts
from registry.web.presentation.parameters import takes
from registry.web.presentation.text import format_deviation
from registry.web.presentation.value_column import ValueColumn, build_value_column

FINDINGS_PER_PAGE = 100
CONFLICTS_SHOWN = 100


@dataclass(frozen=True)
class FindingRow:
    """A finding as a table row."""

    finding: Finding
    column: ValueColumn

    @property
    def heading(self) -> str:
        heading = self.column.heading
        return f"{heading}, {self.finding.place.label}" if self.finding.place else heading

    @property
    def reported(self) -> str:
        return self.column.format(self.finding.reported)

    @property
    def computed(self) -> str:
        return self.column.format(self.finding.computed)

    @property
    def deviation(self) -> str:
        return format_deviation(self.finding.deviation_percent)


@require_safe
@takes("page")
def audit_page(request: HttpRequest) -> HttpResponse:
    """All findings, disagreements first, then by deviation; before them the conflicts between numbers."""
    sorted_findings = sorted(
        list_findings(request.user), key=lambda finding: (finding.agrees, -abs(finding.deviation_percent or 0.0))
    )
    try:
        page = Paginator(sorted_findings, FINDINGS_PER_PAGE).page(request.GET.get("page", 1))
    except (EmptyPage, PageNotAnInteger) as error:
        raise Http404("This page of the audit does not exist.") from error
    conflicts = list_conflicts(request.user)
    context = {
        "conflicts": conflicts[:CONFLICTS_SHOWN],
        "conflict_count": len(conflicts),
        "page": page,
        "rows": _build_rows(page.object_list),
        "total": len(sorted_findings),
        "disagreeing": sum(not finding.agrees for finding in sorted_findings),
    }
    return render(request, "web/audit.html", context)


def _build_rows(findings: Iterable[Finding]) -> list[FindingRow]:
    """The rows, those of a quantity in one unit and one style of numbers."""
    listed = list(findings)
    values: dict[str, list[Value]] = defaultdict(list)
    for finding in listed:
        values[finding.reported.quantity] += [finding.reported, finding.computed]
    columns = {slug: build_value_column(slug, members) for slug, members in values.items()}
    return [FindingRow(finding, columns[finding.reported.quantity]) for finding in listed]
