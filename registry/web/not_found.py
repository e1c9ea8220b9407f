"""The page for an address without a record; it says so if the record was deleted."""

from collections.abc import Mapping

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from registry.models import Cell, Formulation, HardwareSetup, Material, Measurement, Publication
from registry.models.record import Record
from registry.selectors.history.deletion import Deletion, find_deletion

KINDS: Mapping[str, type[Record]] = {
    "cell": Cell,
    "measurement": Measurement,
    "material": Material,
    "formulation": Formulation,
    "setup": HardwareSetup,
    "publication": Publication,
}
ROUTES_OF_CELLS = ("cell-history", "cell-files", "cell-tags", "comment-on-cell", "new-measurement")


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Say that the page does not exist, or that its record was deleted to those who could see it."""
    return render(request, "404.html", {"deletion": _find_deletion(request)}, status=404)


def _find_deletion(request: HttpRequest) -> Deletion | None:
    match = request.resolver_match
    if match is None:
        return None
    name = match.url_name or ""
    kind = "cell" if name in ROUTES_OF_CELLS else str(match.kwargs.get("kind", "")) or name.partition("-")[2] or name
    model = KINDS.get(kind)
    if model is None:
        return None
    if refcode := match.kwargs.get("refcode"):
        return find_deletion(model, "refcode", refcode, request.user)
    pk = match.kwargs.get("pk")
    return find_deletion(model, "id", pk, request.user) if pk is not None else None
