"""Entry and correction of a hardware set-up."""

from typing import Any

from django import forms
from django.contrib.auth.models import User

from registry.models import HardwareSetup
from registry.models.record import Record
from registry.services.record import save_record
from registry.web.entry.base.entry_form import EntryForm
from registry.web.entry.base.form_state import FormState
from registry.web.entry.base.record_entry import RecordEntry, texts_of
from registry.web.entry.base.record_view import edit_view, new_view
from registry.web.entry.cell.cell_start import last_project

FIELDS = (
    *("project", "name", "kind", "die_diameter", "pressure_application", "blocks", "press"),
    *("instrument", "channel", "calibrated_on", "notes"),
)


class SetupForm(EntryForm):
    """A die or fixture with its press and instrument."""

    labels = {"instrument": "Cycler or potentiostat", "pressure_application": "Pressure applied by"}
    hints = {
        "name": "e.g. PEEK die A, 10 mm",
        "die_diameter": "e.g. 10.000(25) mm, or 10 mm (exact)",
        "blocks": "for pellets: the species blocked by the electrodes",
        "calibrated_on": "leave empty if unknown",
    }
    renamed = {"name_key": "name"}

    class Meta:
        model = HardwareSetup
        fields = FIELDS
        widgets = {"calibrated_on": forms.DateInput(attrs={"type": "date"}), "notes": forms.Textarea(attrs={"rows": 3})}


class SetupEntry(RecordEntry):
    model, form_class, noun, field_names = HardwareSetup, SetupForm, "set-up", FIELDS
    deletion_kind = "setup"

    @classmethod
    def initial_state(cls, record: Any, user: User) -> FormState:
        if record is None:
            project = last_project(user)
            return FormState({"project": str(project.pk) if project else "", "kind": "die"})
        return FormState(texts_of(record, FIELDS))

    def write(self, reason: str) -> Record:
        return save_record(self.form.instance, by=self.user, reason=reason)


new_setup = new_view(SetupEntry)
edit_setup = edit_view(SetupEntry)
