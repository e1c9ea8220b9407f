"""Forms of a measurement: its conditions as typed, and its reported values as printed."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse

from registry.contract.place import Place
from registry.models import Measurement, Value
from registry.models.condition import condition_example, condition_slugs, in_order
from registry.models.tag import SEPARATOR
from registry.models.vocabulary import registered_names
from registry.numbers import catalogue
from registry.plugin_loading.names import condition_name
from registry.selectors.entry.reported_quantities import quantity_choices
from registry.selectors.entry.setup_choice import list_setup_choices
from registry.services.entry.interpretation import interpret
from registry.services.value import parse_value
from registry.web.entry.base.entry_form import EntryForm, ShownField
from registry.web.entry.base.quantity_field import ECHO_CLASSES
from registry.web.entry.base.written_echo import Echo

FIELDS = ("technique", "label", "setup", "measured_on", "dataset", "notes")
PREFIX = "conditions."
VALUE_FIELDS = ("quantity", "written", "at", "note")


def condition_names(measurement: Measurement | None) -> list[str]:
    """The fields of the conditions that can be entered, and of those whose plugin is not loaded."""
    entered = measurement.entered_conditions if measurement is not None else {}
    return [f"{PREFIX}{slug}" for slug in in_order({*condition_slugs(), *entered})]


class MeasurementForm(EntryForm):
    """A measurement of one cell with its conditions and tags."""

    tags = forms.CharField(required=False, max_length=1000)

    labels = {"setup": "Set-up", "measured_on": "Measured on", "dataset": "Dataset used"}
    hints = {
        "label": "e.g. before cycling",
        "setup": "provides the die diameter",
        "dataset": "if there are several; leave empty to use the only one of the technique",
        "tags": "separated by commas: dry room, shorted",
    }
    wide = frozenset({"notes", "tags"})
    comboboxes = {"tags": "tags"}
    named_by = "label"

    class Meta:
        model = Measurement
        fields = FIELDS
        widgets = {"measured_on": forms.DateInput(attrs={"type": "date"}), "notes": forms.Textarea(attrs={"rows": 2})}

    def __init__(self, *args: Any, instance: Measurement, **kwargs: Any) -> None:
        super().__init__(*args, instance=instance, **kwargs)
        stored = instance if instance.pk else None
        setups = list_setup_choices(self.user, instance.cell.project, self.text("setup"))
        self.fields["setup"].queryset = setups  # type: ignore[attr-defined]
        for name in condition_names(stored):
            self.fields[name] = forms.CharField(required=False, max_length=200)
            self.fields[name].label = condition_name(name.removeprefix(PREFIX))
        techniques = [("", "choose"), *registered_names("technique").items()]
        if stored and stored.technique not in registered_names("technique"):
            techniques.append((stored.technique, f"{stored.technique} (no longer registered)"))
        self.fields["technique"].choices = techniques  # type: ignore[attr-defined]
        if stored is None or (not stored.dataset_id and stored.datasets.exclude(content_sha256="").count() < 2):
            del self.fields["dataset"]
        else:
            datasets = stored.datasets.exclude(content_sha256="").order_by("-raw_file", "part")
            self.fields["dataset"].queryset = datasets  # type: ignore[attr-defined]

    def _get_validation_exclusions(self) -> set[str]:
        """Check the label with the cell."""
        return super()._get_validation_exclusions() - {"cell"}

    def _quantity(self, name: str) -> str:
        slug = name.removeprefix(PREFIX) if name.startswith(PREFIX) else ""
        return slug if slug in catalogue.catalogue else ""

    def echo(self, name: str) -> Echo:
        """As of other fields; an empty condition has an example."""
        shown = super().echo(name)
        quantity = self._quantity(name)
        return shown if shown.text or not quantity else Echo(f"e.g. {condition_example(quantity)}")

    def clean(self) -> dict[str, Any]:
        """Refuse numbers that are not understood, each on its field."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        for name in self.fields:
            if (slug := self._quantity(name)) and (text := cleaned.get(name)):
                try:
                    parse_value(slug, text)
                except ValidationError as error:
                    self.add_error(name, error.messages)
        return cleaned

    def condition_texts(self) -> dict[str, str]:
        """The conditions by slug; empty ones are removed."""
        names = [name for name in self.fields if name.startswith(PREFIX)]
        return {name.removeprefix(PREFIX): self.cleaned_data.get(name, "") for name in names}

    def list_tags(self) -> list[str] | None:
        """All tags of the measurement; None if the field was not sent, so that they do not change."""
        return self.text("tags").split(SEPARATOR) if "tags" in self.data else None


class ValueForm(EntryForm):
    """A reported value as printed."""

    pk = forms.CharField(required=False, widget=forms.HiddenInput)
    quantity = forms.ChoiceField()
    at = forms.CharField(required=False, max_length=60)

    labels = {"written": "Value", "at": "Place"}
    hints = {"written": "e.g. 7.87×10^3 Ω", "at": "only if there are several values of the quantity: peak:2"}
    wide = frozenset({"quantity"})

    class Meta:
        model = Value
        fields = ("quantity", "written", "note")

    def __init__(self, *args: Any, technique: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["written"].required = True
        choices, current = quantity_choices("choose", technique), self.text("quantity")
        if current and current not in catalogue.catalogue:
            choices.append((current, f"{current} (no longer registered)"))
        self.fields["quantity"].choices = choices  # type: ignore[attr-defined]

    def _post_clean(self) -> None:
        """The service checks the value that it makes; here are the errors of what was typed."""
        quantity, written = self.cleaned_data.get("quantity"), self.cleaned_data.get("written")
        if quantity and written:
            try:
                parse_value(quantity, written)
            except ValidationError as error:
                self.add_error(None, error)

    def clean_at(self) -> Place | None:
        text = self.cleaned_data["at"]
        try:
            return Place.parse(text) if text else None
        except ValueError as error:
            raise ValidationError(str(error), code="place") from error

    def understood(self, name: str) -> Echo | None:
        if name != "written" or not (quantity := self.text("quantity")):
            return None
        answer = interpret(quantity, self.text("written"))
        return Echo(answer.text, ECHO_CLASSES[answer.kind], answer.remedies) if answer.text else None

    def shown_field(self, name: str, **more: Any) -> ShownField:
        """The number is read with the quantity that is chosen in its row."""
        if name == "written":
            more |= {"data-quantity-from": self["quantity"].auto_id, "data-read-as": reverse("web:read-as")}
        return super().shown_field(name, **more)
