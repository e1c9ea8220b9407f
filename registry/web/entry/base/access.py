"""Who may open the pages on which records are entered."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from registry.models import Project
from registry.models.record import RecordQuerySet, Scoped
from registry.models.visibility import AnyUser
from registry.web.entry.base.htmx import sign_in_again

View = Callable[..., HttpResponse]


def signed_in(request: HttpRequest) -> User:
    """Return the user; raise PermissionDenied for visitors."""
    if not isinstance(request.user, User):
        raise PermissionDenied("Sign in to enter records.")
    return request.user


def sign_in_first(view: View) -> View:
    """Send visitors to the sign-in page, and back."""

    @wraps(view)
    def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_authenticated:
            return sign_in_again(request)
        return view(request, *args, **kwargs)

    return checked


def editors_only(view: View) -> View:
    """As `sign_in_first`; whoever may edit no project is told how to get one."""

    @wraps(view)
    def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not Project.objects.editable_by(request.user).exists():
            return render(request, "web/entry/no_project.html", status=403 if request.method == "POST" else 200)
        return view(request, *args, **kwargs)

    return sign_in_first(checked)


def may_edit(record: Scoped, user: AnyUser) -> bool:
    """Whether the user is an editor or owner of the project of the record."""
    rows = type(record)._default_manager.filter(pk=record.pk)
    assert isinstance(rows, RecordQuerySet)
    return bool(rows.editable_by(user).exists())


def require_editable(record: Scoped, user: User) -> None:
    """Raise PermissionDenied unless the user may edit the record."""
    if not may_edit(record, user):
        raise PermissionDenied("You are not an editor of the project of this record.")
