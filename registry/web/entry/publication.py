"""Entry and correction of a publication, typed or pasted as BibTeX."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError

from registry.models import Project, Publication
from registry.models.record import Record
from registry.services.publication import BIBTEX_FIELDS, parse_one_bibtex
from registry.services.record import save_record
from registry.web.entry.base.entry_form import EntryForm
from registry.web.entry.base.form_state import FormState
from registry.web.entry.base.record_entry import RecordEntry, texts_of
from registry.web.entry.base.record_view import edit_view, new_view
from registry.web.entry.cell.cell_start import last_project

FIELDS = ("project", *BIBTEX_FIELDS, "notes")


class PublicationForm(EntryForm):
    """A publication; a pasted BibTeX entry fills the fields that are empty."""

    bibtex = forms.CharField(label="BibTeX", required=False, widget=forms.Textarea(attrs={"rows": 4}))

    labels = {"key": "Citation key", "pages": "Pages or article number"}
    hints = {
        "bibtex": "paste one entry to fill the empty fields below",
        "key": "e.g. wu2025",
        "doi": "e.g. 10.1000/182",
        "authors": "one per line: Family, Given",
    }
    wide = frozenset({"bibtex", "title", "authors", "notes"})
    named_by = "key"

    class Meta:
        model = Publication
        fields = FIELDS
        widgets = {
            "title": forms.Textarea(attrs={"rows": 2}),
            "authors": forms.Textarea(attrs={"rows": 3}),
            "notes": forms.Textarea(attrs={"rows": 3}),
        }

    def __init__(self, data: Mapping[str, str], **kwargs: Any) -> None:
        super().__init__(_with_pasted(data), **kwargs)
        if self.instance.pk is not None:
            del self.fields["bibtex"]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if text := str(cleaned.get("bibtex", "")).strip():
            try:
                parse_one_bibtex(text, Project())
            except ValidationError as error:
                self.add_error("bibtex", error.error_dict["bibtex"])
        return cleaned


def _with_pasted(data: Mapping[str, str]) -> dict[str, str]:
    """The fields, where they are empty with what a pasted entry says; an entry that cannot be read says nothing."""
    text = data.get("bibtex", "")
    if not text.strip():
        return dict(data)
    try:
        publication = parse_one_bibtex(text, Project())
    except ValidationError:
        # `clean` shows the error on the field.
        return dict(data)
    pasted = texts_of(publication, BIBTEX_FIELDS)
    return {**data, **{name: text for name, text in pasted.items() if not data.get(name, "").strip()}}


class PublicationEntry(RecordEntry):
    model, form_class, noun = Publication, PublicationForm, "publication"
    field_names = ("project", "bibtex", *FIELDS[1:])
    deletion_kind = "publication"
    list_route, list_name = "web:publications", "Publications"

    @classmethod
    def initial_state(cls, record: Any, user: User) -> FormState:
        if record is None:
            project = last_project(user)
            return FormState({"project": str(project.pk) if project else ""})
        return FormState(texts_of(record, FIELDS))

    def write(self, reason: str) -> Record:
        return save_record(self.form.instance, by=self.user, reason=reason)


new_publication = new_view(PublicationEntry)
edit_publication = edit_view(PublicationEntry)
