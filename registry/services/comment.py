"""Write, edit and delete comments."""

from datetime import timedelta

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from registry.models import Cell, Comment, Measurement
from registry.selectors.comment import may_delete_comment, may_edit_comment
from registry.services.permissions import Actor, require_member
from registry.services.record import delete_part, write_record

REPEATED_WITHIN = timedelta(seconds=10)


@transaction.atomic
def write_comment(subject: Cell | Measurement, text: str, *, by: Actor) -> Comment:
    """Comment on a cell or a measurement, as a member of its project in any role."""
    measurement = subject if isinstance(subject, Measurement) else None
    cell = measurement.cell if measurement else subject
    assert isinstance(cell, Cell)
    require_member(cell.project, by)
    if repeated := _find_repeated(cell, measurement, text, by):
        return repeated
    name = (by.get_full_name() or by.get_username()) if by else "command line"
    comment = Comment(cell=cell, measurement=measurement, text=text.strip(), author=by, author_name=name)
    return write_record(comment, by=by)


def _find_repeated(cell: Cell, measurement: Measurement | None, text: str, by: Actor) -> Comment | None:
    """The same comment that its author wrote a moment ago: the button was pressed twice."""
    same = Comment.objects.filter(cell=cell, measurement=measurement, author=by, text=text.strip())
    repeated: Comment | None = same.filter(created_at__gte=timezone.now() - REPEATED_WITHIN).first() if by else None
    return repeated


@transaction.atomic
def edit_comment(comment: Comment, text: str, *, by: Actor) -> Comment:
    """Change the text of one's own comment; what it was stays in the history."""
    require_member(comment.cell.project, by)
    if by is not None and not may_edit_comment(comment, by):
        raise PermissionDenied("Only the author of a comment can edit it.")
    if text.strip() == comment.text:
        return comment
    comment.text, comment.edited_at = text.strip(), timezone.now()
    return write_record(comment, by=by)


@transaction.atomic
def delete_comment(comment: Comment, *, by: Actor) -> None:
    """Delete one's own comment, or any as an owner of the project; its history is kept."""
    require_member(comment.cell.project, by)
    if by is not None and not may_delete_comment(comment, by):
        raise PermissionDenied("Only its author or an owner of the project can delete a comment.")
    delete_part(comment, by=by)
