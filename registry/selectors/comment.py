"""Comments of a cell, and what a user may do with them."""

from dataclasses import dataclass

from registry.models import Cell, Comment, Role
from registry.models.visibility import AnyUser
from registry.selectors.history.history import account_name
from registry.selectors.project import get_role


@dataclass(frozen=True)
class ShownComment:
    """A comment, as one user sees it."""

    comment: Comment
    author: str
    may_edit: bool
    may_delete: bool


def list_comments(cell: Cell, user: AnyUser, role: Role | None) -> list[ShownComment]:
    """All comments on a cell and its measurements, oldest first, for a user with this role in the project."""
    comments = (
        Comment.objects.visible_to(user)
        .filter(cell=cell)
        .select_related("author", "measurement")
        .order_by("created_at", "pk")
    )
    return [
        ShownComment(
            comment,
            get_author_name(comment, user),
            may_edit=bool(role) and _is_own(comment, user),
            may_delete=bool(role) and (_is_own(comment, user) or role == Role.OWNER),
        )
        for comment in comments
    ]


def get_author_name(comment: Comment, user: AnyUser) -> str:
    """The name of the author, also of a deleted account; visitors who are not signed in see no names."""
    if comment.author:
        return account_name(comment.author, user)
    return comment.author_name if user.is_authenticated else "a member"


def may_edit_comment(comment: Comment, user: AnyUser) -> bool:
    """Whether the user wrote the comment, and still is a member of the project."""
    return _is_own(comment, user) and get_role(comment.cell.project, user) is not None


def may_delete_comment(comment: Comment, user: AnyUser) -> bool:
    """Whether the user wrote the comment, or owns the project."""
    role = get_role(comment.cell.project, user)
    return role == Role.OWNER or (role is not None and _is_own(comment, user))


def _is_own(comment: Comment, user: AnyUser) -> bool:
    return user.is_authenticated and comment.author_id == user.pk
