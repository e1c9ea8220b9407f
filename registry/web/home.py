"""The home page: record counts, recent cells, comparison tables and disagreements."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from registry import plugin_loading
from registry.models import Cell, CellOrigin, Measurement, Project, Publication, Value
from registry.selectors.comparison import tables
from registry.selectors.disagreement import list_disagreements
from registry.selectors.simulated import OF_SIMULATED_CELL
from registry.web.entry.first_steps import get_first_steps

RECENT = 8


@require_safe
def home_page(request: HttpRequest) -> HttpResponse:
    """Counts, recent cells and tables visible to the user."""
    user = request.user
    visible = Cell.objects.visible_to(user)
    cells = visible.exclude(origin=CellOrigin.SIMULATED)
    context = {
        "counts": [
            ("cells", cells.count(), "web:cells"),
            (
                "measurements",
                Measurement.objects.visible_to(user).filter(~OF_SIMULATED_CELL).count(),
                "",
            ),
            ("values", Value.objects.visible_to(user).filter(~OF_SIMULATED_CELL, is_latest=True).count(), ""),
            ("publications", Publication.objects.visible_to(user).count(), "web:publications"),
        ],
        "recent": cells.select_related("publication", "project").order_by("-created_at", "-pk")[:RECENT],
        "simulated": visible.filter(origin=CellOrigin.SIMULATED).count(),
        "tables": tables.list_tables(user),
        "disagreeing": len(list_disagreements(user)),
        "problems": len(plugin_loading.current().problems),
        "may_enter": Project.objects.editable_by(user).exists(),
        "first_steps": get_first_steps(user),
    }
    return render(request, "web/home.html", context)
