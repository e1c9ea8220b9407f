"""Comments are written, edited and deleted on the page of their cell."""

from collections.abc import Callable

from django.contrib import messages
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from registry.models import Cell, Comment, Measurement
from registry.models.comment import LONGEST_COMMENT
from registry.selectors.comment import list_comments
from registry.selectors.project import get_role
from registry.services.comment import delete_comment, edit_comment, write_comment
from registry.services.validation_text import plain_messages
from registry.web.entry.base.access import sign_in_first, signed_in
from registry.web.entry.base.htmx import is_by_htmx


@sign_in_first
@require_POST
def comment_on_cell(request: HttpRequest, refcode: str) -> HttpResponse:
    """Write a comment on a cell, or on the measurement of it that was chosen."""
    user = signed_in(request)
    cell = get_object_or_404(Cell.objects.visible_to(user).select_related("project"), refcode=refcode)
    subject: Cell | Measurement = cell
    if chosen := request.POST.get("measurement", ""):
        subject = get_object_or_404(cell.measurements.select_related("cell__project"), refcode=chosen)
    text = request.POST.get("text", "").replace("\r\n", "\n")
    return _answer(request, cell, user, lambda: write_comment(subject, text, by=user), typed=text, chosen=chosen)


@sign_in_first
@require_POST
def change_comment(request: HttpRequest, pk: int) -> HttpResponse:
    """Save the text of a comment, or delete it if that button was pressed."""
    user = signed_in(request)
    comments = Comment.objects.visible_to(user).select_related("cell__project", "measurement")
    comment = get_object_or_404(comments, pk=pk)
    text = request.POST.get("text", "").replace("\r\n", "\n")
    action = request.POST.get("action", "save")
    if action == "save":
        return _answer(request, comment.cell, user, lambda: edit_comment(comment, text, by=user), edited=pk, typed=text)
    if action == "delete":
        return _answer(request, comment.cell, user, lambda: delete_comment(comment, by=user))
    raise Http404("Unknown action.")


def _answer(
    request: HttpRequest,
    cell: Cell,
    user: User,
    write: Callable[[], Comment | None],
    *,
    typed: str = "",
    edited: int = 0,
    chosen: str = "",
) -> HttpResponse:
    """Do it, then show all comments; what was refused stays in its field, with the reason."""
    problem, written = "", None
    try:
        written = write()
    except ValidationError as error:
        problem = " ".join(plain_messages(error))
    if not is_by_htmx(request):
        if problem:
            messages.error(request, f"The comment was not saved: {problem}")
        return redirect(f"{cell.get_absolute_url()}#{f'comment-{written.pk}' if written else 'comments'}")
    context = {
        "cell": cell,
        "comments": list_comments(cell, user, get_role(cell.project, user)),
        "measurements": cell.measurements.order_by("refcode"),
        "may_comment": True,
        "longest_comment": LONGEST_COMMENT,
    }
    refused = {"problem": problem, "typed": typed, "edited": edited, "chosen": chosen} if problem else {}
    return render(request, "web/_comments.html", context | refused)
