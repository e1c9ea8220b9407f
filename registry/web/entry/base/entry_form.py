"""Base of the forms of pages: choices by project role, and fields with what was understood of them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.forms.models import construct_instance
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.text import capfirst

from registry.models.fields import WrittenField
from registry.models.project import Project
from registry.models.record import RecordQuerySet, Scoped
from registry.models.text import MARKDOWN_HELP, KeyField
from registry.models.visibility import AnyUser
from registry.numbers import catalogue
from registry.services.entry.interpretation import interpret
from registry.services.validation_text import TOO_LONG
from registry.web.entry.base.quantity_field import ECHO_CLASSES
from registry.web.entry.base.written_echo import Echo, as_sentence, echo_number

MISSING_CODES = frozenset({"required", "blank", "null"})
"""Codes of errors that are not shown while the form is still being filled in."""


@dataclass(frozen=True)
class ShownField:
    """A field as the template shows it."""

    id: str
    label: str
    input: SafeString
    echo: Echo
    is_wide: bool = False
    is_checkbox: bool = False
    listbox: str = ""
    """Id of the list of suggestions of a combobox."""


@dataclass(frozen=True)
class FieldProblem:
    """A field with an error, for the list at the end of the form."""

    id: str
    label: str
    text: str


class EntryForm(forms.ModelForm):
    """A form that is always filled, from a request or a record, and may be incomplete."""

    required_css_class = ""
    hints: Mapping[str, str] = {}
    """Text below a choice, or a field in which nothing was typed."""
    labels: Mapping[str, str] = {}
    wide: frozenset[str] = frozenset({"notes"})
    comboboxes: Mapping[str, str] = {}
    """Fields with suggestions while one types: `all` are materials and formulations, `material` only materials."""
    named_by = "name"
    reads_each_field = True
    """Whether each number is read by itself while it is typed; else the page previews the whole form."""
    renamed: Mapping[str, str] = {}
    """Field of the form that shows the errors of a field of the record."""

    def __init__(self, data: Mapping[str, str], *, user: AnyUser, is_complete: bool = True, **kwargs: Any) -> None:
        self.user, self.is_complete = user, is_complete
        super().__init__(data, **kwargs)
        for name, field in self.fields.items():
            field.label = self.labels.get(name) or capfirst(field.label or name.replace("_", " "))
            self._limit_choices(name, field)
            self._name_empty_choice(field)
            verb = "Choose" if isinstance(field.widget, forms.Select) else "Enter"
            field.error_messages["required"] = f"{verb} the {field.label.lower()}"
            field.error_messages["max_length"] = TOO_LONG
            # A browser would cut what is pasted silently.
            field.widget.attrs.pop("maxlength", None)

    def _limit_choices(self, name: str, field: forms.Field) -> None:
        queryset = getattr(field, "queryset", None)
        if isinstance(queryset, RecordQuerySet) and issubclass(queryset.model, Scoped):
            is_project = name == "project" and queryset.model is Project
            allowed = queryset.editable_by(self.user) if is_project else queryset.visible_to(self.user)
            field.queryset = allowed.order_by("name") if is_project else allowed  # type: ignore[attr-defined]

    def _name_empty_choice(self, field: forms.Field) -> None:
        """Say in words what the empty choice is, in place of dashes."""
        words = "choose" if field.required else "none"
        if isinstance(field, forms.ModelChoiceField):
            field.empty_label = field.empty_label and words
        elif isinstance(field, forms.ChoiceField) and not callable(field.choices):
            field.choices = [(value, words if value in ("", None) else name) for value, name in field.choices]

    def _update_errors(self, errors: ValidationError) -> None:
        """Show the errors of the record on the fields of the form."""
        if hasattr(errors, "error_dict"):
            by_field: dict[str, list[ValidationError]] = {}
            for name, items in errors.error_dict.items():
                shown = self.renamed.get(name, name)
                by_field.setdefault(shown if shown in self.fields else NON_FIELD_ERRORS, []).extend(items)
            errors = ValidationError(by_field)
        super()._update_errors(errors)

    def _get_validation_exclusions(self) -> set[str]:
        """Validate the key of a name with the name."""
        excluded: set[str] = super()._get_validation_exclusions()
        keys = (field for field in self._meta.model._meta.fields if isinstance(field, KeyField))
        return excluded - {field.name for field in keys if field.source in self.fields}

    def _post_clean(self) -> None:
        """As Django's, but with constraints in a step of their own."""
        exclude = self._get_validation_exclusions()
        try:
            self.instance = construct_instance(self, self.instance, self._meta.fields)
            self.instance.full_clean(exclude=exclude, validate_unique=False, validate_constraints=False)
        except ValidationError as error:
            self._update_errors(error)
        self.validate_unique()
        self.validate_constraints()

    def validate_constraints(self) -> None:
        """Show on the field of the name that another record of the project has it."""
        try:
            self.instance.validate_constraints(exclude=self._get_validation_exclusions())
        except ValidationError as error:
            errors = error.update_error_dict({})
            if self.named_by in self.fields and NON_FIELD_ERRORS in errors:
                errors.setdefault(self.named_by, []).extend(errors.pop(NON_FIELD_ERRORS))
            self._update_errors(ValidationError(errors))

    def show_errors(self, error: ValidationError) -> None:
        """Show the errors of a service."""
        self._update_errors(error)

    def text(self, name: str) -> str:
        """Return what stands in a field."""
        value = self[name].value()
        return "" if value is None else str(value)

    def problem(self, name: str) -> str:
        """Return the error of a field; that it is empty only once the form is to be saved."""
        items = self.errors.as_data().get(name, [])
        texts = [text for item in items if self.is_complete or item.code not in MISSING_CODES for text in item.messages]
        return " ".join(dict.fromkeys(map(as_sentence, texts)))

    def echo(self, name: str) -> Echo:
        """Return the error of a field, or what was understood."""
        understood = self.understood(name)
        if problem := self.problem(name):
            return Echo(problem, "bad", understood.remedies if understood else ())
        if understood:
            return understood
        help_text = str(self.fields[name].help_text)
        if help_text.endswith(MARKDOWN_HELP):
            return Echo(help_text)
        is_select = isinstance(self.fields[name].widget, forms.Select)
        return Echo(self.hints.get(name, "") if is_select or not self.text(name) else "")

    def understood(self, name: str) -> Echo | None:
        """Return what was understood of a field; None if nothing was typed or there is nothing to say."""
        quantity, text = self._quantity(name), self.text(name)
        if not quantity or not text:
            return None
        if not self.reads_each_field:
            return echo_number(text, catalogue.get(quantity))
        understood = interpret(quantity, text)
        return Echo(understood.text, ECHO_CLASSES[understood.kind], understood.remedies)

    def _quantity(self, name: str) -> str:
        """The slug of the quantity of a field for a written number, else empty."""
        field = next((item for item in self._meta.model._meta.fields if item.name == name), None)
        return field.quantity if isinstance(field, WrittenField) else ""

    def shown(self, *names: str) -> list[ShownField]:
        """Return fields for the template."""
        return [self.shown_field(name) for name in names if name in self.fields]

    def shown_field(self, name: str, **more: Any) -> ShownField:
        bound, echo = self[name], self.echo(name)
        identifier = bound.auto_id
        attributes = {"id": identifier, "aria-describedby": f"{identifier}-echo", "autocomplete": "off", **more}
        if self.reads_each_field and (quantity := self._quantity(name)):
            attributes |= {"data-quantity": quantity, "data-read-as": reverse("web:read-as")}
        listbox = f"{identifier}-options" if name in self.comboboxes else ""
        if listbox:
            attributes |= {"role": "combobox", "aria-expanded": "false", "aria-autocomplete": "list"}
            attributes |= {"aria-controls": listbox, "data-combobox": self.comboboxes[name]}
        if echo.state == "bad":
            attributes["aria-invalid"] = "true"
        rendered = bound.field.widget.render(bound.html_name, bound.value(), attrs=attributes)
        is_checkbox = isinstance(bound.field.widget, forms.CheckboxInput)
        return ShownField(identifier, str(bound.label), rendered, echo, name in self.wide, is_checkbox, listbox)

    def problems(self, prefix: str = "") -> Iterable[FieldProblem]:
        """Return the fields with an error, for a list of links."""
        for name in self.fields:
            if text := self.problem(name):
                yield FieldProblem(self[name].auto_id, f"{prefix}{self[name].label}", text)
        if text := self.problem(NON_FIELD_ERRORS):
            yield FieldProblem("", prefix.rstrip(": "), text)
