"""Test conditions in one line, and the cycle data of a measurement as CSV."""

import csv
import re
from collections.abc import Iterable

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from registry.contract.table_text import csv_cell, guarded
from registry.models import Measurement
from registry.selectors.cycle_table import cycle_table


def format_conditions(conditions: Iterable[tuple[str, str]], label: str = "") -> str:
    """Test conditions in one line, without those that the label, which a user wrote, already contains."""
    return ", ".join(
        text for _, text in conditions if not re.search(rf"(?<![\w.−-]){re.escape(text)}(?!\w)", label, re.IGNORECASE)
    )


@require_safe
def measurement_cycles(request: HttpRequest, refcode: str) -> HttpResponse:
    """Cycle data as CSV."""
    visible = Measurement.objects.visible_to(request.user).select_related("cell")
    measurement = get_object_or_404(visible, refcode=refcode)
    table = cycle_table(measurement)
    if not table.columns:
        raise Http404(f"{refcode} has no cycle data.")
    ending = "-simulated-cycles.csv" if measurement.cell.is_simulated else "-cycles.csv"
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    writer = csv.writer(response, lineterminator="\n")
    writer.writerow(["Cycle", *(guarded(column.label) for column in table.columns)])
    writer.writerows(map(csv_cell, row) for row in table.rows)
    response.headers["Content-Disposition"] = f'attachment; filename="{refcode}{ending}"'
    return response
