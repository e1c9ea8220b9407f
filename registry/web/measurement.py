"""The per-cycle table of a measurement, as a file."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from registry.models import Measurement
from registry.selectors.cycle_table import cycle_table


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
