"""The list of publications, and one publication with its cells."""

from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from registry.models import Cell, Publication

CELLS_SHOWN = 100


@require_safe
def publication_list(request: HttpRequest) -> HttpResponse:
    """All visible publications with the number of visible cells."""
    cells = Cell.objects.visible_to(request.user).filter(publication=OuterRef("pk")).order_by()
    counted = cells.values("publication").annotate(number=Count("pk")).values("number")
    publications = Publication.objects.visible_to(request.user).annotate(cell_count=Coalesce(Subquery(counted), 0))
    return render(request, "web/publications.html", {"publications": publications.order_by("key", "pk")})


@require_safe
def publication_page(request: HttpRequest, pk: int) -> HttpResponse:
    """One publication: citation, BibTeX and cells."""
    visible = Publication.objects.visible_to(request.user).select_related("project")
    publication = get_object_or_404(visible, pk=pk)
    cells = Cell.objects.visible_to(request.user).filter(publication=publication)
    context = {
        "publication": publication,
        "cells": cells.order_by("refcode")[:CELLS_SHOWN],
        "cell_count": cells.count(),
        "all_cells": f"{reverse('web:cells')}?{urlencode({'publication': publication.key})}",
    }
    return render(request, "web/publication.html", context)
