"""Comments are written, edited and deleted on the page of their cell."""

from collections.abc import Callable, Mapping

from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from registry.models import Cell, Comment, Measurement
from registry.models.comment import LONGEST_COMMENT
from registry.selectors.comment import list_comments
from registry.selectors.project import get_role
from registry.services.comment import delete_comment, edit_comment, write_comment
from registry.services.validation_text import plain_messages
from registry.web.entry.base.access import sign_in_first, signed_in
from registry.web.entry.base.htmx import is_by_htmx
from registry.web.entry.base.kept_form import RESTORE

Typed = Mapping[str, str | int]
"""What was typed and is not saved, as the template names it."""


@sign_in_first
@require_http_methods(["GET", "HEAD", "POST"])
def comment_on_cell(request: HttpRequest, refcode: str) -> HttpResponse:
    """Write a comment on a cell, or on the measurement of it that was chosen; a GET leads to the comments."""
    user = signed_in(request)
    cell = get_object_or_404(Cell.objects.visible_to(user).select_related("project"), refcode=refcode)
    if request.method != "POST":
        return redirect(f"{cell.get_absolute_url()}#comments")
    subject: Cell | Measurement = cell
    if chosen := request.POST.get("measurement", ""):
        subject = get_object_or_404(cell.measurements.select_related("cell__project"), refcode=chosen)
    text = request.POST.get("text", "").replace("\r\n", "\n")
    typed: Typed = {"typed": text, "chosen": chosen}
    if request.POST.get("action") == RESTORE:
        return _show(request, cell, user, typed)
    return _answer(request, cell, user, lambda: write_comment(subject, text, by=user), typed)


@sign_in_first
@require_http_methods(["GET", "HEAD", "POST"])
def change_comment(request: HttpRequest, pk: int) -> HttpResponse:
    """Save the text of a comment, or delete it if that button was pressed; a GET leads to it."""
    user = signed_in(request)
    comments = Comment.objects.visible_to(user).select_related("cell__project", "measurement")
    comment = get_object_or_404(comments, pk=pk)
    if request.method != "POST":
        return redirect(f"{comment.cell.get_absolute_url()}#comment-{pk}")
    text = request.POST.get("text", "").replace("\r\n", "\n")
    action = request.POST.get("action", "save")
    typed: Typed = {"typed": text, "edited": pk}
    if action == RESTORE:
        return _show(request, comment.cell, user, typed)
    if action == "save":
        return _answer(request, comment.cell, user, lambda: edit_comment(comment, text, by=user), typed)
    if action == "delete":
        return _answer(request, comment.cell, user, lambda: delete_comment(comment, by=user), {})
    raise Http404("Unknown action.")


def _answer(
    request: HttpRequest, cell: Cell, user: User, write: Callable[[], Comment | None], typed: Typed
) -> HttpResponse:
    """Do it, then show all comments; what was refused stays in its field, with the reason."""
    try:
        written = write()
    except ValidationError as error:
        return _show(request, cell, user, typed, problem=" ".join(plain_messages(error)))
    if is_by_htmx(request):
        return _show(request, cell, user, {})
    return redirect(f"{cell.get_absolute_url()}#{f'comment-{written.pk}' if written else 'comments'}")


def _show(request: HttpRequest, cell: Cell, user: User, typed: Typed, *, problem: str = "") -> HttpResponse:
    """All comments, with what was typed in its field; a page of their own unless htmx puts them into one."""
    role = get_role(cell.project, user)
    if role is None:
        raise PermissionDenied("Only members of the project can comment.")
    context = {
        "cell": cell,
        "comments": list_comments(cell, user, role),
        "measurements": cell.measurements.order_by("refcode"),
        "may_comment": True,
        "longest_comment": LONGEST_COMMENT,
        "problem": problem,
        **typed,
    }
    if is_by_htmx(request):
        return render(request, "web/_comments.html", context)
    return render(request, "web/entry/comments.html", context, status=422 if problem else 200)
