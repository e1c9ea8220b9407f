"""Entry and correction of a formulation with its ingredients."""

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from django import forms
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError

from registry.models import Formulation, Ingredient, Material, Project
from registry.models.project import check_link_visible
from registry.models.record import Record, is_key
from registry.models.visibility import AnyUser
from registry.selectors.entry.substance import Substances, describe_substance, get_substances, key_of
from registry.services.record import save_formulation
from registry.web.entry.base.entry_form import EntryForm
from registry.web.entry.base.form_state import FormState, Row
from registry.web.entry.base.record_entry import RecordEntry, texts_of
from registry.web.entry.base.record_view import edit_view, new_view
from registry.web.entry.base.written_echo import Echo
from registry.web.entry.cell.cell_start import last_project

INGREDIENT_FIELDS = ("role", "mass_fraction")


class FormulationForm(EntryForm):
    """A formulation."""

    hints = {"name": "e.g. NCM90:LPSCl:VGCF 80:18:2"}
    wide = frozenset({"notes", "process", "name"})
    renamed = {"name_key": "name"}

    class Meta:
        model = Formulation
        fields = ("project", "name", "process", "notes")
        widgets = {"process": forms.Textarea(attrs={"rows": 3}), "notes": forms.Textarea(attrs={"rows": 2})}


class IngredientForm(EntryForm):
    """A material by any of its names, with its role and mass fraction."""

    substance = forms.CharField(label="Material", max_length=200)
    substance_key = forms.CharField(required=False, widget=forms.HiddenInput)
    pk = forms.CharField(required=False, widget=forms.HiddenInput)

    hints = {"mass_fraction": "e.g. 80 wt%"}
    wide = frozenset({"substance"})
    comboboxes = {"substance": "material"}
    renamed = {"material": "substance"}

    class Meta:
        model = Ingredient
        fields = INGREDIENT_FIELDS

    def __init__(
        self, data: Mapping[str, str], *, user: AnyUser, substances: Substances, project: Project | None, **kwargs: Any
    ) -> None:
        self.project = project
        super().__init__(data, user=user, **kwargs)
        matches = substances.match(self.text("substance"), self.text("substance_key"))
        self.matches = [item for item in matches if isinstance(item, Material)]
        batches = list(self.matches[0].batches.all()) if len(self.matches) == 1 else []
        self.batches = {str(batch.pk): batch for batch in batches}
        if self.batches:
            choices = [("", "not stated"), *((key, item.lot) for key, item in self.batches.items())]
            self.fields["batch"] = forms.ChoiceField(label="Batch", required=False, choices=choices)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if "substance" not in self.errors:
            self._check_substance()
        self.instance.batch = self.batches.get(str(cleaned.get("batch") or ""))
        return cleaned

    def _check_substance(self) -> None:
        text = self.text("substance")
        if len(self.matches) != 1:
            problem = "Several materials are" if self.matches else "No material is"
            message = f"{problem} called ‘{text}’: choose one from the list, or add it"
            self.add_error("substance", ValidationError(message, code="unknown-substance"))
            return
        self.instance.material = self.matches[0]
        if self.project is not None:
            try:
                check_link_visible("substance", self.matches[0], self.project)
            except ValidationError as error:
                self.add_error(None, error)

    def _post_clean(self) -> None:
        if self.instance.material_id:
            super()._post_clean()

    def validate_constraints(self) -> None:
        """Leave it to the service."""

    def validate_unique(self) -> None:
        """Leave it to the service."""

    def understood(self, name: str) -> Echo | None:
        if name == "substance" and len(self.matches) == 1:
            return Echo(describe_substance(self.matches[0]))
        return super().understood(name)


class FormulationEntry(RecordEntry):
    model, form_class, noun = Formulation, FormulationForm, "formulation"
    field_names, last_names = ("project", "name"), ("process", "notes")
    prefix, rows_heading, row_noun, is_ordered = "ingredients", "Ingredients", "ingredient", True
    row_names = ("substance", *INGREDIENT_FIELDS, "batch")
    new_row = {"role": ""}
    parts, deletion_kind = (Ingredient,), "formulation"
    help_text = "Mass fractions must add up to 100 %; leave unknown ones empty."

    @classmethod
    def initial_state(cls, record: Any, user: User) -> FormState:
        if record is None:
            project = last_project(user)
            rows = [{"role": role} for role in ("active", "electrolyte", "conductive")]
            return FormState({"project": str(project.pk) if project else ""}, rows)
        rows = []
        for item in record.ingredients.select_related("material").order_by("position"):
            texts = texts_of(item, (*INGREDIENT_FIELDS, "batch"))
            names = {"pk": str(item.pk), "substance": item.material.name, "substance_key": key_of(item.material)}
            rows.append(texts | names)
        return FormState(texts_of(record, FormulationForm.Meta.fields), rows)

    @cached_property
    def project(self) -> Project | None:
        text = self.state.fields.get("project", "")
        return Project.objects.editable_by(self.user).filter(pk=int(text)).first() if is_key(text) else None

    def build_row_forms(self) -> list[EntryForm]:
        rows = self.state.rows
        texts, keys = ([row.get(name, "") for row in rows] for name in ("substance", "substance_key"))
        substances = get_substances(self.user, texts=texts, keys=keys)
        stored = {str(item.pk): item for item in self.record.ingredients.all()} if self.record else {}
        return [
            IngredientForm(
                self.state.row_data(self.prefix, index),
                instance=stored.pop(row.get("pk", ""), None),
                substances=substances,
                project=self.project,
                **self.row_options(index),
            )
            for index, row in enumerate(rows)
        ]

    def is_filled(self, row: Row) -> bool:
        """A role alone is preset and says nothing."""
        return any(text.strip() for name, text in row.items() if name != "role")

    def write(self, reason: str) -> Record:
        ingredients = [form.instance for form in self.filled_row_forms()]
        for position, ingredient in enumerate(ingredients, start=1):
            ingredient.position = position
        return save_formulation(self.form.instance, ingredients, by=self.user, reason=reason)


new_formulation = new_view(FormulationEntry)
edit_formulation = edit_view(FormulationEntry)
