"""The tags of a cell and of its measurements are changed on its page."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from registry.models import Cell, Measurement
from registry.models.tag import SEPARATOR
from registry.services.tag import add_tags, remove_tag
from registry.services.validation_text import plain_messages
from registry.web.entry.base.access import require_editable, sign_in_first, signed_in
from registry.web.entry.base.htmx import is_by_htmx
from registry.web.presentation.tagged import TaggedRecord


@sign_in_first
@require_POST
def change_tags(request: HttpRequest, refcode: str) -> HttpResponse:
    """Change the tags of a cell."""
    visible = Cell.objects.visible_to(request.user).select_related("project")
    return _change(request, get_object_or_404(visible, refcode=refcode))


@sign_in_first
@require_POST
def change_measurement_tags(request: HttpRequest, refcode: str) -> HttpResponse:
    """Change the tags of a measurement."""
    visible = Measurement.objects.visible_to(request.user).select_related("cell__project")
    return _change(request, get_object_or_404(visible, refcode=refcode))


def _change(request: HttpRequest, record: Cell | Measurement) -> HttpResponse:
    """Remove the tag whose button was pressed; without one, add those that were typed."""
    user, typed, problem = signed_in(request), request.POST.get("added", ""), ""
    require_editable(record, user)
    removed = request.POST.get("removed", "")
    try:
        if removed:
            remove_tag(record, removed, by=user)
        else:
            add_tags(record, typed.split(SEPARATOR), by=user)
    except ValidationError as error:
        problem = " ".join(plain_messages(error))
    if is_by_htmx(request):
        context = {
            "tagged": TaggedRecord(record, list(record.tags.all())),
            "may_edit": True,
            "is_open": not removed,
            "folded": "folded" in request.POST,
            "is_update": True,
        }
        return render(request, "web/_tags.html", context | ({"problem": problem, "typed": typed} if problem else {}))
    if problem:
        messages.error(request, f"No tag was added: {problem}")
    return redirect(record.get_absolute_url())
