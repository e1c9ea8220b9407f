"""Form fields for analysis parameters on project, cell, measurement and group pages."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse

from registry import plugin_loading
from registry.hookspecs import Analysis, Parameter
from registry.models import Cell, CellGroup, Measurement, Project
from registry.models.parametrised import Parametrised
from registry.numbers.formatting import to_typographic
from registry.plugin_loading.names import technique_in_sentence
from registry.plugin_loading.parameters import Settings, clean_parameters, resolve_parameters, setting_text

PREFIX = "parameter"
SCOPE_HELP: Mapping[type[Parametrised], str] = {
    Project: "Applies to the whole project unless overridden by a cell, measurement or group.",
    Cell: "Applies to this cell unless overridden by a measurement.",
    Measurement: "Applies to this measurement only.",
    CellGroup: "Applies to this group only.",
}
YES_OR_NO = (("true", "yes"), ("false", "no"))


def analyses_for(record: Parametrised) -> list[Analysis]:
    """Return the analyses whose parameters can be set here; for a measurement, those for its technique, for a group,
    those for its kind."""
    analyses = [
        analysis
        for analysis in plugin_loading.current().analyses.values()
        if analysis.parameters and analysis.scope in record.scopes
    ]
    if isinstance(record, Measurement):
        return [analysis for analysis in analyses if record.technique in analysis.techniques]
    if isinstance(record, CellGroup):
        return [analysis for analysis in analyses if record.kind in analysis.group_kinds]
    return analyses


def field_name(analysis: Analysis, parameter: Parameter) -> str:
    return f"{PREFIX}:{analysis.name}:{parameter.name}"


def parameter_fields(record: Parametrised) -> dict[str, forms.Field]:
    """Return a form field per parameter, empty if inherited; the help text shows the inherited value."""
    fields: dict[str, forms.Field] = {}
    for analysis in analyses_for(record):
        inherited = resolve_parameters(analysis, *_inherited_settings(record))
        own = record.parameters.get(analysis.name, {})
        for parameter in analysis.parameters:
            fields[field_name(analysis, parameter)] = _field(parameter, own.get(parameter.name), inherited)
    return fields


def _inherited_settings(record: Parametrised) -> list[Settings]:
    """Return the settings of the project and cell above a record, outermost first."""
    if isinstance(record, Measurement) and record.cell_id:
        return [record.cell.project.parameters, record.cell.parameters]
    return [record.project.parameters] if isinstance(record, Cell | CellGroup) and record.project_id else []


def _field(parameter: Parameter, value: Any, inherited: dict[str, Any]) -> forms.Field:
    placeholder = setting_text(inherited[parameter.name])
    source = "default" if inherited[parameter.name] == parameter.default else "inherited"
    shown = to_typographic(placeholder) if parameter.type in (int, float) else placeholder
    effective = f"{shown} {parameter.unit}".strip() + f" ({source})"
    if not placeholder:
        effective = "automatic" if source == "default" else source
    options: dict[str, Any] = {
        "label": _label(parameter),
        "required": False,
        "help_text": f"{parameter.help} If empty: {effective}.",
        "initial": None if value is None else _initial(value),
    }
    choices = [(choice, choice) for choice in parameter.choices] or (YES_OR_NO if parameter.type is bool else ())
    if choices:
        return forms.ChoiceField(choices=[("", f"– {placeholder} –"), *choices], **options)
    widget = forms.TextInput(attrs={"placeholder": placeholder, "class": "vTextField"})
    return forms.CharField(widget=widget, max_length=200, **options)


def _label(parameter: Parameter) -> str:
    """Return the title with its unit: Lowest frequency / Hz."""
    return f"{parameter.label} / {parameter.unit}" if parameter.unit else parameter.label


def _initial(value: Any) -> str:
    """Return a value as the form sends it."""
    return str(value).lower() if isinstance(value, bool) else setting_text(value)


class ParametersForm(forms.ModelForm):
    """Saves the parameter fields to the record, with errors on the fields."""

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        settings = {name: dict(values) for name, values in self.instance.parameters.items()}
        for analysis in analyses_for(self.instance):
            for parameter in analysis.parameters:
                name = field_name(analysis, parameter)
                if name in self.fields and name not in self.errors:
                    self._update(settings, analysis, parameter, cleaned.get(name) or "")
        self.instance.parameters = {name: values for name, values in settings.items() if values}
        return cleaned

    def _update(self, settings: dict[str, dict[str, Any]], analysis: Analysis, parameter: Parameter, text: str) -> None:
        own = settings.setdefault(analysis.name, {})
        own.pop(parameter.name, None)
        if not text:
            return
        try:
            own.update(clean_parameters(analysis, {parameter.name: text}))
        except ValidationError as error:
            self.add_error(field_name(analysis, parameter), error.messages)


class ParametersAdmin(admin.ModelAdmin):
    """Adds the parameter fields to a change form, in one collapsed section at the end."""

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        if obj is not None:
            kwargs["form"] = type("ParametersForm", (kwargs.get("form", self.form),), parameter_fields(obj))
        return super().get_form(request, obj, change, **kwargs)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        return [*super().get_fieldsets(request, obj), *self._parameter_fieldsets(request, obj)]

    def _parameter_fieldsets(self, request: HttpRequest, record: Any) -> list[tuple[str, dict[str, Any]]]:
        if record is None or record.pk is None or not self.has_change_permission(request, record):
            return []
        return [
            (
                analysis.title,
                {
                    "fields": [field_name(analysis, parameter) for parameter in analysis.parameters],
                    "classes": ["parameters"],
                    "description": f"Version {analysis.version}, for {_subject(analysis)}.",
                },
            )
            for analysis in analyses_for(record)
        ]

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        record = kwargs.get("obj")
        if isinstance(record, Parametrised) and self._parameter_fieldsets(request, record):
            context["parameters_help"] = SCOPE_HELP[type(record)]
            context["parameters_have_errors"] = any(
                name.startswith(f"{PREFIX}:") for name in context["adminform"].errors
            )
        response: HttpResponse = super().render_change_form(request, context, *args, **kwargs)
        return response


def _subject(analysis: Analysis) -> str:
    if analysis.scope == "group":
        return "groups of cells"
    return ", ".join(map(technique_in_sentence, analysis.techniques))
