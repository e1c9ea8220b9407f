"""Projects with their members: the list, a page of each, and entry."""

from typing import Any

from django import forms
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db.models import IntegerField, OuterRef, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.text import slugify
from django.views.decorators.http import require_http_methods, require_safe

from registry.models import Cell, Membership, Project, Role
from registry.models.record import Record, is_key
from registry.selectors.project_slug import get_current_slugs
from registry.services.project import create_project
from registry.services.record import delete_record, save_record
from registry.web.entry.base.access import sign_in_first, signed_in
from registry.web.entry.base.entry_form import EntryForm
from registry.web.entry.base.form_state import FormState
from registry.web.entry.base.record_entry import RecordEntry, texts_of
from registry.web.entry.base.record_view import enter_record
from registry.web.presentation.parameters import takes

FIELDS = ("name", "slug", "visibility", "description")
LONGEST_SLUG = 50
MOST_COUNTED = 1000
"""Cells of a project that its list counts."""


class ProjectForm(EntryForm):
    """A project; without a short name for addresses, it is made from the name."""

    slug = forms.CharField(label="Name in the URL", required=False, max_length=LONGEST_SLUG)

    labels = {"visibility": "Visible to"}
    hints = {"slug": "generated from the name unless you enter one", "name": "e.g. Argyrodite lab"}
    wide = frozenset({"description"})

    class Meta:
        model = Project
        fields = FIELDS
        widgets = {"description": forms.Textarea(attrs={"rows": 2})}

    def clean_slug(self) -> str:
        typed = str(self.cleaned_data.get("slug") or "")
        return typed or slugify(self.text("name"))[:LONGEST_SLUG].strip("-")


class MemberForm(EntryForm):
    """A member by the name of the account."""

    username = forms.CharField(label="Username", max_length=150)
    pk = forms.CharField(required=False, widget=forms.HiddenInput)

    wide = frozenset({"role"})
    renamed = {"user": "username"}

    class Meta:
        model = Membership
        fields = ("role",)

    def clean_username(self) -> str:
        name = str(self.cleaned_data["username"]).strip()
        user = User.objects.filter(username=name, is_active=True).first()
        if user is None:
            text = f"No account has the username ‘{name}’: ask the administrator for the username"
            raise ValidationError(text, code="unknown-account")
        self.instance.user = user
        return name

    def validate_constraints(self) -> None:
        """Leave it to the service."""

    def validate_unique(self) -> None:
        """Leave it to the service."""


class ProjectEntry(RecordEntry):
    model, form_class, noun, field_names = Project, ProjectForm, "project", FIELDS
    prefix, rows_heading, row_noun, row_names = "members", "Members", "member", ("username", "role")
    new_row = {"role": Role.EDITOR}
    parts = (Membership,)
    help_text = "Viewers can read, editors can enter and change records, owners can also manage members."
    list_route, list_name = "web:projects", "Projects"

    @classmethod
    def initial_state(cls, record: Any, user: User) -> FormState:
        if record is None:
            return FormState({"visibility": "private"})
        members = record.memberships.select_related("user").order_by("user__username")
        rows = [{"pk": str(item.pk), "username": item.user.username, "role": item.role} for item in members]
        return FormState(texts_of(record, FIELDS), rows)

    def build_row_forms(self) -> list[EntryForm]:
        stored = {item.pk: item for item in self.record.memberships.select_related("user")} if self.record else {}
        row_forms: list[EntryForm] = []
        for index, row in enumerate(self.state.rows):
            membership = stored.pop(int(row["pk"]), None) if is_key(row.get("pk", "")) else None
            data = self.state.row_data(self.prefix, index)
            row_forms.append(MemberForm(data, instance=membership, **self.row_options(index)))
        return row_forms

    def write(self, reason: str) -> Record:
        project = self.form.instance
        project = self._save_project(project, reason)
        members = [form.instance for form in self.filled_row_forms()]
        # New owners first: the last one cannot step down before another is there.
        for membership in sorted(members, key=lambda item: item.role != Role.OWNER):
            membership.project = project
            if membership.user_id == self.user.pk and not membership.pk and self.record is None:
                text = "You become an owner automatically: remove this row."
                raise ValidationError(text, code="creator-listed")
            if not membership.pk or self._has_changed(membership):
                save_record(membership, by=self.user, reason=reason)
        if self.record is not None:
            for removed in project.memberships.exclude(pk__in=[item.pk for item in members]):
                delete_record(removed, by=self.user, reason=reason)
        return project

    def _save_project(self, project: Project, reason: str) -> Project:
        if self.record is None:
            return create_project(project, by=self.user, reason=reason)
        return save_record(project, by=self.user, reason=reason)

    @staticmethod
    def _has_changed(membership: Membership) -> bool:
        stored = Membership.objects.get(pk=membership.pk)
        return (stored.user_id, stored.role) != (membership.user_id, membership.role)


class _NumberOf(Subquery):
    """The number of rows of a query with a limit."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) AS counted)"
    output_field = IntegerField()


@require_safe
@takes()
def project_list(request: HttpRequest) -> HttpResponse:
    """The projects that the user may see, with their role in each and the number of cells, counted to a limit."""
    cells = Cell.objects.visible_to(request.user).filter(project=OuterRef("pk")).order_by().values("pk")
    projects = Project.objects.visible_to(request.user).annotate(cell_count=_NumberOf(cells[: MOST_COUNTED + 1]))
    user = request.user
    mine = Membership.objects.filter(user=user) if isinstance(user, User) else Membership.objects.none()
    roles = {item.project_id: Role(item.role).name.lower() for item in mine}
    listed = [(project, roles.get(project.pk, ""), project.cell_count) for project in projects.order_by("name", "pk")]
    return render(request, "web/entry/projects.html", {"projects": listed, "most_counted": MOST_COUNTED})


def _earlier_slug(request: HttpRequest, slug: str) -> str:
    """The slug that the project now has which had this one; empty if a project has it."""
    current = get_current_slugs([slug], request.user).get(slug, slug)
    return "" if current == slug else current


@require_safe
def project_page(request: HttpRequest, slug: str) -> HttpResponse:
    """A project: who sees it, its members and how much it holds."""
    if current := _earlier_slug(request, slug):
        return redirect("web:project", current)
    project = get_object_or_404(Project.objects.visible_to(request.user), slug=slug)
    user = request.user
    members = project.memberships.select_related("user").order_by("user__username") if user.is_authenticated else []
    role = next((item.role for item in members if item.user_id == user.pk), "")
    is_superuser = user.is_active and user.is_superuser
    context = {
        "project": project,
        "members": members,
        "is_owner": role == Role.OWNER or is_superuser,
        "is_editor": role in (Role.OWNER, Role.EDITOR) or is_superuser,
        "counts": [
            ("cells", Cell.objects.filter(project=project).count()),
            ("materials", project.materials.count()),
            ("formulations", project.formulations.count()),
            ("set-ups", project.hardwaresetups.count()),
        ],
        "cells": Cell.objects.filter(project=project).order_by("-pk")[:10],
        "setups": project.hardwaresetups.order_by("name"),
    }
    return render(request, "web/entry/project.html", context)


@sign_in_first
@require_http_methods(["GET", "HEAD", "POST"])
def new_project(request: HttpRequest) -> HttpResponse:
    """Create a project; its creator becomes its owner."""
    return enter_record(request, ProjectEntry)


@sign_in_first
@require_http_methods(["GET", "HEAD", "POST"])
def edit_project(request: HttpRequest, slug: str) -> HttpResponse:
    """Change a project and its members."""
    user = signed_in(request)
    if current := _earlier_slug(request, slug):
        return redirect("web:edit-project", current)
    project = get_object_or_404(Project.objects.visible_to(user), slug=slug)
    is_owner = project.memberships.filter(user=user, role=Role.OWNER).exists()
    if not (is_owner or user.is_superuser):
        return render(request, "403.html", status=403)
    return enter_record(request, ProjectEntry, project)
