"""Where reported and computed values disagree, and where they agree."""

from dataclasses import dataclass

from django.core.paginator import EmptyPage, PageNotAnInteger, Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from registry.numbers.catalogue import get_or_placeholder
from registry.selectors.audit import Finding, list_findings
from registry.web.presentation.text import heading, percent, value_text

FINDINGS_A_PAGE = 100


@dataclass(frozen=True)
class Row:
    """A finding as the page prints it."""

    finding: Finding

    @property
    def heading(self) -> str:
        return heading(get_or_placeholder(self.finding.reported.quantity))

    @property
    def reported(self) -> str:
        return value_text(self.finding.reported)

    @property
    def computed(self) -> str:
        return value_text(self.finding.computed)

    @property
    def difference(self) -> str:
        return percent(self.finding.deviation_percent)


@require_safe
def audit_page(request: HttpRequest) -> HttpResponse:
    """All findings, those that disagree first and the largest deviation first among them."""
    found = list_findings(request.user)
    found.sort(key=lambda one: (one.agrees, -abs(one.deviation_percent or 0.0)))
    try:
        page = Paginator(found, FINDINGS_A_PAGE).page(request.GET.get("page", 1))
    except (EmptyPage, PageNotAnInteger) as error:
        raise Http404("The audit has no such page: start from its first.") from error
    context = {
        "page": page,
        "rows": [Row(one) for one in page.object_list],
        "total": len(found),
        "disagreeing": sum(not one.agrees for one in found),
    }
    return render(request, "web/audit.html", context)
