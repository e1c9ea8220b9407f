"""The fields of a cell besides its layers."""

from collections.abc import Mapping
from typing import Any

from django import forms

from registry.models import Cell, HardwareSetup
from registry.models.record import RecordQuerySet
from registry.models.tag import SEPARATOR, join_tags
from registry.models.visibility import AnyUser
from registry.web.entry.base.entry_form import EntryForm
from registry.web.entry.base.written_echo import Echo

MAIN_FIELDS = ("project", "label", "format", "setup", "fabrication_pressure", "assembled_on")
STACK_FIELDS = ("repeat_units", "footprint", "packaging_mass", "packaging_thickness", "tab_mass")
ORIGIN_FIELDS = ("origin", "publication", "failure")
FOLDED_FIELDS = (*STACK_FIELDS, *ORIGIN_FIELDS)


class CellForm(EntryForm):
    """A cell; without a name it gets the proposed one."""

    label = forms.CharField(label="Name", required=False, max_length=160)
    setup = forms.ModelChoiceField(
        HardwareSetup.objects, label="Set-up", required=False, empty_label="none", to_field_name="pk"
    )

    tags = forms.CharField(required=False, max_length=1000)

    labels = {"assembled_on": "Assembled on", "publication": "Publication", "failure": "Why it failed"}
    hints = {
        "setup": "default diameter of the layers",
        "fabrication_pressure": "e.g. 360 MPa",
        "assembled_on": "leave empty if unknown",
        "repeat_units": "number of times the layers repeat",
        "footprint": "outer area including packaging, e.g. 4×5 cm²",
        "packaging_mass": "foil or can, e.g. 850 mg",
        "packaging_thickness": "both sides, e.g. 230 µm",
        "tab_mass": "all tabs, e.g. 120 mg",
        "failure": "leave empty if it did not fail",
        "tags": "separated by commas: dry room, series A",
    }
    reads_each_field = False
    named_by = "label"
    wide = frozenset({"label", "notes", "tags"})
    comboboxes = {"tags": "tags"}
    renamed = {"label_key": "label"}

    class Meta:
        model = Cell
        fields = (
            "project",
            "label",
            "format",
            "fabrication_pressure",
            "assembled_on",
            *STACK_FIELDS,
            *ORIGIN_FIELDS,
            "notes",
        )
        widgets = {"assembled_on": forms.DateInput(attrs={"type": "date"}), "notes": forms.Textarea(attrs={"rows": 3})}

    def __init__(
        self, data: Mapping[str, str], *, user: AnyUser, setups: RecordQuerySet, proposed: str = "", **kwargs: Any
    ) -> None:
        self.proposed = proposed
        super().__init__(data, user=user, **kwargs)
        self.fields["origin"].required = False
        choice = self.fields["setup"]
        assert isinstance(choice, forms.ModelChoiceField)
        choice.queryset = setups
        self.fields["label"].widget.attrs["placeholder"] = proposed

    def clean_label(self) -> str:
        return str(self.cleaned_data.get("label") or self.proposed)

    def clean_origin(self) -> str:
        """The origin is in a folded part: a new cell is one's own."""
        return str(self.cleaned_data.get("origin") or self.instance.origin)

    def list_tags(self) -> list[str]:
        return self.text("tags").split(SEPARATOR)

    @property
    def has_folded_content(self) -> bool:
        stated = [name for name in FOLDED_FIELDS if self.text(name) and (name, self.text(name)) != ("origin", "own")]
        return bool(stated) or any(self.problem(name) for name in FOLDED_FIELDS)

    def understood(self, name: str) -> Echo | None:
        if name == "label" and not self.text("label"):
            return Echo("generated from the layers unless you enter one")
        return super().understood(name)


def state_of_cell(cell: Cell) -> dict[str, str]:
    """Return the texts of the fields of a cell."""
    fields = {name: getattr(cell, name) for name in CellForm.Meta.fields if name not in ("project", "publication")}
    texts = {name: "" if value is None else str(value) for name, value in fields.items()}
    texts["tags"] = join_tags(list(cell.tags.values_list("name", flat=True))) if cell.pk else ""
    return texts | {"project": str(cell.project_id or ""), "publication": str(cell.publication_id or "")}
