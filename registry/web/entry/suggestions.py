"""Suggestions of materials, formulations and tags for a field in which part of a name is typed."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from registry.models import Project
from registry.models.record import RecordQuerySet, is_key
from registry.models.tag import SEPARATOR
from registry.selectors.entry.substance import suggest_substances
from registry.selectors.tag import TagInUse, suggest_tags
from registry.web.entry.base.access import signed_in

LONGEST_TEXT = 200


@require_safe
def substance_suggestions(request: HttpRequest) -> JsonResponse:
    """Materials and formulations that records of the project may use; only materials with `only=material`."""
    user, project = signed_in(request), _project(request)
    suggestions = suggest_substances(
        request.GET.get("q", "")[:LONGEST_TEXT],
        user,
        project=project,
        only_materials=request.GET.get("only") == "material",
    )
    return JsonResponse({"suggestions": [vars(suggestion) for suggestion in suggestions]})


@require_safe
def tag_suggestions(request: HttpRequest) -> HttpResponse:
    """Tags that the project uses and that contain what was typed after the last comma; as options with `as=options`."""
    user, project = signed_in(request), _project(request)
    text = request.GET.get("q", "")[:LONGEST_TEXT].rpartition(SEPARATOR)[2]
    tags = suggest_tags(text, user, project=project) if project else []
    if request.GET.get("as") == "options":
        return render(request, "web/entry/_tag_options.html", {"tags": tags})
    return JsonResponse({"suggestions": [_suggestion(tag) for tag in tags]})


def _suggestion(tag: TagInUse) -> dict[str, str]:
    return {"key": tag.name, "name": tag.name, "detail": tag.text}


def _project(request: HttpRequest) -> Project | None:
    number = request.GET.get("project", "")
    visible: RecordQuerySet = Project.objects.visible_to(request.user)
    return visible.filter(pk=int(number)).first() if is_key(number) else None
