"""Entry and correction of a material with its synonyms and batches."""

import re
from typing import Any

from django import forms
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError

from registry.models import Batch, Material, Synonym
from registry.models.record import Record
from registry.selectors.entry.substance import get_substances, key_of
from registry.services.material import save_material
from registry.services.record import delete_record, save_record
from registry.web.entry.base.entry_form import EntryForm
from registry.web.entry.base.form_state import FormState
from registry.web.entry.base.record_entry import RecordEntry, row_instance, texts_of
from registry.web.entry.base.record_view import edit_view, new_view
from registry.web.entry.cell.cell_start import last_project

FIELDS = ("project", "name", "kind", "formula")
NUMBERS = ("density", "theoretical_capacity", "median_particle_size")
BATCH_FIELDS = ("lot", "supplier", "received_on", "median_particle_size")


class MaterialForm(EntryForm):
    """A material; its synonyms are separated by commas."""

    synonyms = forms.CharField(required=False, max_length=2000)
    variant_of = forms.CharField(required=False, max_length=200)
    variant_of_key = forms.CharField(required=False, widget=forms.HiddenInput)

    hints = {
        "synonyms": "separated by commas: LPSC, LPSCl",
        "formula": "e.g. Li6PS5Cl",
        "variant_of": "for a grade or supplier of a base material",
        "density": "pore-free, e.g. 1.64 g/cm³",
        "theoretical_capacity": "e.g. 275 mAh/g",
        "median_particle_size": "e.g. 4.5 µm",
    }
    renamed = {"name_key": "name"}
    comboboxes = {"variant_of": "material"}

    class Meta:
        model = Material
        fields = (*FIELDS, *NUMBERS, "notes")
        widgets = {"notes": forms.Textarea(attrs={"rows": 2})}

    def clean_variant_of(self) -> str:
        """Find the base material by any of its names."""
        text, key = self.text("variant_of").strip(), self.text("variant_of_key")
        matches = get_substances(self.user, texts=[text], keys=[key]).match(text, key) if text else ()
        bases = [item for item in matches if isinstance(item, Material)]
        if text and len(bases) != 1:
            problem = "Several materials are" if bases else "No material is"
            raise ValidationError(f"{problem} called ‘{text}’: choose one from the list", code="unknown-substance")
        self.instance.variant_of = bases[0] if bases else None
        return text

    def list_synonyms(self) -> list[str]:
        return [name for part in re.split(r"[,\n]", self.text("synonyms")) if (name := part.strip())]


class BatchForm(EntryForm):
    """A batch of the material."""

    pk = forms.CharField(required=False, widget=forms.HiddenInput)

    labels = {"lot": "Lot", "received_on": "Received"}

    class Meta:
        model = Batch
        fields = BATCH_FIELDS
        widgets = {"received_on": forms.DateInput(attrs={"type": "date"})}


class MaterialEntry(RecordEntry):
    model, form_class, noun = Material, MaterialForm, "material"
    field_names = ("project", "name", "kind", "formula", "synonyms", "variant_of", *NUMBERS)
    folded_names, last_names = ("variant_of", *NUMBERS), ("notes",)
    prefix, rows_heading, row_noun, row_names = "batches", "Batches", "batch", BATCH_FIELDS
    parts, deletion_kind = (Synonym, Batch), "material"

    @classmethod
    def initial_state(cls, record: Any, user: User) -> FormState:
        if record is None:
            project = last_project(user)
            return FormState({"project": str(project.pk) if project else ""})
        fields = texts_of(record, MaterialForm.Meta.fields)
        base = record.variant_of
        fields |= {"variant_of": base.name, "variant_of_key": key_of(base)} if base else {}
        fields["synonyms"] = ", ".join(item.name for item in record.synonyms.order_by("name"))
        batches = record.batches.order_by("lot")
        return FormState(fields, [texts_of(batch, BATCH_FIELDS) | {"pk": str(batch.pk)} for batch in batches])

    def build_row_forms(self) -> list[EntryForm]:
        forms: list[EntryForm] = []
        for index, row in enumerate(self.state.rows):
            stored = row_instance(self.record.batches, row.get("pk", "")) if self.record else None
            data = self.state.row_data(self.prefix, index)
            forms.append(BatchForm(data, instance=stored, **self.row_options(index)))
        return forms

    def write(self, reason: str) -> Record:
        assert isinstance(self.form, MaterialForm)
        material = save_material(self.form.instance, self.form.list_synonyms(), by=self.user, reason=reason)
        batches = [form.instance for form in self.filled_row_forms()]
        kept = {batch.pk for batch in batches if batch.pk}
        for removed in material.batches.exclude(pk__in=kept):
            delete_record(removed, by=self.user, reason=reason)
        for batch, form in zip(batches, self.filled_row_forms(), strict=True):
            batch.material = material
            if form.has_changed() or not batch.pk:
                save_record(batch, by=self.user, reason=reason)
        return material


new_material = new_view(MaterialEntry)
edit_material = edit_view(MaterialEntry)
