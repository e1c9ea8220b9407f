"""Parameters of analyses on the page of the project, cell or measurement they are set for: one field each."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse

from registry import plugin_loading
from registry.hookspecs import TECHNIQUES, Analysis, Parameter
from registry.models import Cell, Measurement, Project
from registry.models.parametrised import Parametrised
from registry.plugin_loading.parameters import Settings, parameters_checked, resolved

PREFIX = "parameter"
REACH: Mapping[type[Parametrised], str] = {
    Project: "What is set here counts for all cells of the project, unless a cell or a measurement sets its own.",
    Cell: "What is set here counts for this cell, unless a measurement sets its own.",
    Measurement: "What is set here counts for this measurement alone.",
}
YES_OR_NO = (("true", "yes"), ("false", "no"))


def analyses_for(record: Parametrised) -> list[Analysis]:
    """Analyses with parameters that can be set with this record: of a measurement, those for its technique."""
    found = [
        analysis
        for analysis in plugin_loading.current().analyses.values()
        if analysis.parameters and analysis.scope in record.scopes
    ]
    if isinstance(record, Measurement):
        return [item for item in found if record.technique in item.techniques]
    return found


def field_name(analysis: Analysis, parameter: Parameter) -> str:
    return f"{PREFIX}:{analysis.name}:{parameter.name}"


def parameter_fields(record: Parametrised) -> dict[str, forms.Field]:
    """A form field for each parameter, empty where it is as set further out, which its help says."""
    fields: dict[str, forms.Field] = {}
    for analysis in analyses_for(record):
        outside = resolved(analysis, *_further_out(record))
        here = record.parameters.get(analysis.name, {})
        for parameter in analysis.parameters:
            fields[field_name(analysis, parameter)] = _field(parameter, here.get(parameter.name), outside)
    return fields


def _further_out(record: Parametrised) -> list[Settings]:
    """What is set around a record, the farthest first."""
    if isinstance(record, Measurement) and record.cell_id:
        return [record.cell.project.parameters, record.cell.parameters]
    return [record.project.parameters] if isinstance(record, Cell) and record.project_id else []


def _field(parameter: Parameter, here: Any, outside: dict[str, Any]) -> forms.Field:
    inherited = _shown(outside[parameter.name])
    where = "the default" if outside[parameter.name] == parameter.default else "as set further out"
    stands = f"{inherited} {parameter.unit}".strip() + f", {where}" if inherited else where
    options: dict[str, Any] = {
        "label": _label(parameter),
        "required": False,
        "help_text": f"{parameter.help} Left empty: {stands}.",
        "initial": None if here is None else _shown(here),
    }
    choices = [(choice, choice) for choice in parameter.choices] or (YES_OR_NO if parameter.type is bool else ())
    if choices:
        return forms.ChoiceField(choices=[("", f"– {inherited} –"), *choices], **options)
    widget = forms.TextInput(attrs={"placeholder": inherited, "class": "vTextField"})
    return forms.CharField(widget=widget, max_length=200, **options)


def _label(parameter: Parameter) -> str:
    """The name as words, its unit once: `lowest_frequency_hz` in Hz is Lowest frequency / Hz."""
    words = parameter.name.split("_")
    if parameter.unit and words[-1] in (parameter.unit.lower(), "percent"):
        words = words[:-1]
    return " ".join(words).capitalize() + (f" / {parameter.unit}" if parameter.unit else "")


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return repr(value).removesuffix(".0") if isinstance(value, float) else str(value)


class ParametersForm(forms.ModelForm):
    """Reads the fields of parameters into the record; each refusal stands beside its field."""

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        settings = {name: dict(values) for name, values in self.instance.parameters.items()}
        for analysis in analyses_for(self.instance):
            for parameter in analysis.parameters:
                name = field_name(analysis, parameter)
                if name in self.fields and name not in self.errors:
                    self._take(settings, analysis, parameter, cleaned.get(name) or "")
        self.instance.parameters = {name: values for name, values in settings.items() if values}
        return cleaned

    def _take(self, settings: dict[str, dict[str, Any]], analysis: Analysis, parameter: Parameter, text: str) -> None:
        here = settings.setdefault(analysis.name, {})
        here.pop(parameter.name, None)
        if not text:
            return
        try:
            here.update(parameters_checked(analysis, {parameter.name: text}))
        except ValidationError as error:
            self.add_error(field_name(analysis, parameter), error.messages)


class ParametersAdmin(admin.ModelAdmin):
    """Adds the fields to the change form of a record, folded behind all else on it, by analysis."""

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        if obj is not None:
            kwargs["form"] = type("ParametersForm", (self.form,), parameter_fields(obj))
        return super().get_form(request, obj, change, **kwargs)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        return [*super().get_fieldsets(request, obj), *self._of_analyses(request, obj)]

    def _of_analyses(self, request: HttpRequest, record: Any) -> list[tuple[str, dict[str, Any]]]:
        if record is None or record.pk is None or not self.has_change_permission(request, record):
            return []
        return [
            (
                analysis.title,
                {
                    "fields": [field_name(analysis, parameter) for parameter in analysis.parameters],
                    "classes": ["parameters"],
                    "description": f"Version {analysis.version}, on {_listed(analysis.techniques)}.",
                },
            )
            for analysis in analyses_for(record)
        ]

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        record = kwargs.get("obj")
        if isinstance(record, Parametrised) and self._of_analyses(request, record):
            context["parameters_reach"] = REACH[type(record)]
            context["parameters_at_fault"] = any(name.startswith(f"{PREFIX}:") for name in context["adminform"].errors)
        response: HttpResponse = super().render_change_form(request, context, *args, **kwargs)
        return response


def _listed(techniques: Sequence[str]) -> str:
    """Techniques within a sentence: small letters, but for X-ray."""
    names = [TECHNIQUES[technique] for technique in techniques]
    return ", ".join(name if name[1] == "-" else name[0].lower() + name[1:] for name in names)
