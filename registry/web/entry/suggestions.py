"""Suggestions of materials and formulations for a field in which part of a name is typed."""

from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe

from registry.models import Project
from registry.models.record import is_key
from registry.selectors.substance import suggest_substances
from registry.web.entry.access import signed_in

LONGEST_TEXT = 200


@require_safe
def substance_suggestions(request: HttpRequest) -> JsonResponse:
    """Materials and formulations that records of the project may use; only materials with `only=material`."""
    user = signed_in(request)
    number = request.GET.get("project", "")
    project = Project.objects.visible_to(user).filter(pk=int(number)).first() if is_key(number) else None
    suggestions = suggest_substances(
        request.GET.get("q", "")[:LONGEST_TEXT],
        user,
        project=project,
        only_materials=request.GET.get("only") == "material",
    )
    return JsonResponse({"suggestions": [vars(suggestion) for suggestion in suggestions]})
