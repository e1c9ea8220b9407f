"""Publications, entered by hand or pasted as BibTeX."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin import RelatedOnlyFieldListFilter
from django.core.exceptions import ValidationError
from django.http import HttpRequest

from registry.admin.base.record import RecordAdmin
from registry.models import Publication
from registry.services.publication import BIBTEX_FIELDS, parse_one_bibtex


class PublicationForm(forms.ModelForm):
    """Fills the empty fields of a new publication from a pasted BibTeX entry."""

    bibtex = forms.CharField(
        label="BibTeX",
        required=False,
        widget=forms.Textarea(attrs={"rows": 6, "cols": 80, "spellcheck": "false"}),
        help_text="Paste one entry to fill the empty fields below.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.data.get("bibtex", "").strip():
            for name in BIBTEX_FIELDS:
                if name in self.fields:
                    self.fields[name].required = False

    def clean(self) -> Any:
        cleaned = super().clean() or self.cleaned_data
        text, project = cleaned.get("bibtex", "").strip(), cleaned.get("project")
        if not text or project is None:
            return cleaned
        try:
            publication = parse_one_bibtex(text, project)
        except ValidationError as error:
            self.add_error("bibtex", error.error_dict["bibtex"])
            return cleaned
        for name in BIBTEX_FIELDS:
            if not cleaned.get(name):
                cleaned[name] = getattr(publication, name)
        return cleaned


@admin.register(Publication)
class PublicationAdmin(RecordAdmin):
    form = PublicationForm
    list_display = ("key", "first_author", "title", "journal", "year", "doi", "project")
    list_select_related = ("project",)
    list_filter = ("year", ("project", RelatedOnlyFieldListFilter))
    search_fields = ("key", "doi", "authors", "title", "journal")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        pasted = () if obj else ("bibtex",)
        return ("project", *pasted, "key", "doi", "authors", "title", "journal", ("year", "volume", "pages"), "notes")

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change, **kwargs)
        if change:
            del form.base_fields["bibtex"]
        return form

    @admin.display(description="first author")
    def first_author(self, publication: Publication) -> str:
        return next(iter(publication.author_list()), "–")
