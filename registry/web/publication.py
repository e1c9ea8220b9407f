"""The list of publications, and one publication with its cells."""

from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from registry.models import Cell, Publication
from registry.web.entry.base.access import may_edit
from registry.web.presentation.parameters import takes

CELLS_SHOWN = 100


@require_safe
@takes()
def publication_list(request: HttpRequest) -> HttpResponse:
    """All visible publications with the number of visible cells."""
    cells = Cell.objects.visible_to(request.user).filter(publication__isnull=False).order_by()
    # One query for all, answered by an index.
    counts = dict(cells.values_list("publication").annotate(number=Count("*")))
    publications = list(Publication.objects.visible_to(request.user).order_by("key", "pk"))
    for publication in publications:
        publication.cell_count = counts.get(publication.pk, 0)
    return render(request, "web/publications.html", {"publications": publications})


@require_safe
def publication_page(request: HttpRequest, pk: int) -> HttpResponse:
    """One publication: citation, BibTeX and cells."""
    visible = Publication.objects.visible_to(request.user).select_related("project")
    publication = get_object_or_404(visible, pk=pk)
    cells = Cell.objects.visible_to(request.user).filter(publication=publication)
    context = {
        "publication": publication,
        "may_edit": may_edit(publication, request.user),
        "cells": cells.order_by("refcode")[:CELLS_SHOWN],
        "cell_count": cells.count(),
        "all_cells": f"{reverse('web:cells')}?{urlencode({'publication': publication.key})}",
    }
    return render(request, "web/publication.html", context)
