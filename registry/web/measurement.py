"""A measurement in one line, and its per-cycle table as a file."""

import re
from collections.abc import Iterable

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from registry.models import Measurement
from registry.selectors.cycle_table import cycle_table


def in_one_line(conditions: Iterable[tuple[str, str]], label: str = "") -> str:
    """Test conditions by name, a bare cycle number with its word, less those that the label says."""
    words = [f"cycle {text}" if name == "At cycle" and text.isdecimal() else text for name, text in conditions]
    return ", ".join(
        one for one in words if not re.search(rf"(?<![\w.−-]){re.escape(one)}(?!\w)", label, re.IGNORECASE)
    )


@require_safe
def measurement_cycles(request: HttpRequest, refcode: str) -> HttpResponse:
    """Send it as CSV, numbers with the digits that were computed."""
    measurement = get_object_or_404(Measurement.objects.visible_to(request.user), refcode=refcode)
    table = cycle_table(measurement)
    if table.empty:
        raise Http404(f"No analysis of {refcode} gave numbers by cycle.")
    response = HttpResponse(table.to_csv(), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{refcode}-cycles.csv"'
    return response
