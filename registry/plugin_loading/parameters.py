"""What an analysis lets its user set, checked against what it declares.

Set for a project, a cell or a measurement, the nearest counts: `{"ionic-conductivity": {"circuit": "R0-p(R1,CPE1)"}}`.
"""

import math
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError

from registry import plugin_loading
from registry.hookspecs import Analysis, Parameter
from registry.text.cleaning import TextError, check_text

Settings = Mapping[str, Mapping[str, Any]]
"""By analysis and parameter."""

KINDS_OF_PARAMETER: Mapping[type, str] = {
    float: "a finite number",
    int: "a whole number",
    bool: "true or false",
    str: "text",
}


def parameters_of(analysis: Analysis, given: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """The analysis's parameters, defaults filled in, each within its bounds."""
    defaults = {parameter.name: parameter.default for parameter in analysis.parameters}
    return defaults | parameters_checked(analysis, given or {})


def parameters_checked(analysis: Analysis, given: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters that are given, each of its type and within its bounds, or ValidationError."""
    declared = {parameter.name: parameter for parameter in analysis.parameters}
    values: dict[str, Any] = {}
    for name, value in given.items():
        if name not in declared:
            known = ", ".join(declared) or "none"
            raise ValidationError(f"‘{analysis.name}’ has no parameter ‘{name}’: there are {known}.")
        parameter = declared[name]
        number = _typed(parameter, value)
        too_low = parameter.minimum is not None and number < parameter.minimum
        too_high = parameter.maximum is not None and number > parameter.maximum
        if too_low or too_high or (parameter.choices and number not in parameter.choices):
            raise ValidationError(f"{name} must be {bounds_of(parameter)}, got ‘{number}’.")
        values[name] = number
    return values


def bounds_of(parameter: Parameter) -> str:
    """What a parameter may be, in words."""
    if parameter.choices:
        return "one of " + ", ".join(parameter.choices)
    low, high = parameter.minimum, parameter.maximum
    unit = f" {parameter.unit}" if parameter.unit else ""
    if low is not None and high is not None:
        return f"from {low:,.10g} to {high:,.10g}{unit}"
    if low is not None:
        return f"at least {low:,.10g}{unit}"
    return f"at most {high:,.10g}{unit}" if high is not None else "any"


def _typed(parameter: Parameter, value: Any) -> Any:
    """The value as the parameter's type, or ValidationError: a number may be written as text, not the other way round.

    A fraction is not cut to a whole number, and what no database keeps (a null character, half a surrogate) is no text.
    """
    if parameter.type is str and not (isinstance(value, str) and _can_be_stored(value)):
        raise ValidationError(f"{parameter.name} must be text, got {value!a}.")
    if parameter.type in (int, float) and isinstance(value, bool):
        raise ValidationError(f"{parameter.name} must be {KINDS_OF_PARAMETER[parameter.type]}, got ‘{value}’.")
    given = {"true": True, "false": False}.get(str(value).lower()) if parameter.type is bool else value
    try:
        typed = None if given is None else parameter.type(given)
    except (TypeError, ValueError, OverflowError):
        typed = None
    cut = parameter.type is int and isinstance(given, float) and typed != given
    endless = isinstance(typed, float) and not math.isfinite(typed)
    if typed is None or cut or endless:
        raise ValidationError(f"{parameter.name} must be {KINDS_OF_PARAMETER[parameter.type]}, got ‘{value}’.")
    return typed


def _can_be_stored(text: str) -> bool:
    try:
        check_text(text)
    except TextError:
        return False
    return True


def resolved(analysis: Analysis, *levels: Settings) -> dict[str, Any]:
    """The parameters an analysis runs with: defaults, and over them each level in turn, less any a new version dropped.

    Not checked against the bounds: a version may have narrowed them, and the run then fails and says so.
    """
    values = {parameter.name: parameter.default for parameter in analysis.parameters}
    for level in levels:
        set_here = level.get(analysis.name, {})
        values |= {name: value for name, value in set_here.items() if name in values}
    return values


def settings_checked(given: Any, *, scopes: tuple[str, ...], kept: Settings) -> dict[str, dict[str, Any]]:
    """Settings of several analyses, typed, or ValidationError; `kept` may hold those of an analysis that is gone."""
    if not isinstance(given, Mapping) or not all(isinstance(item, Mapping) for item in given.values()):
        raise ValidationError('Parameters are an object by analysis: {"ionic-conductivity": {"circuit": "R0-CPE1"}}.')
    analyses = plugin_loading.current().analyses
    checked: dict[str, dict[str, Any]] = {}
    for name, values in given.items():
        if name not in analyses and kept.get(name) == values:
            checked[name] = dict(values)
            continue
        if name not in analyses or analyses[name].scope not in scopes:
            known = [
                analysis.name for analysis in analyses.values() if analysis.parameters and analysis.scope in scopes
            ]
            raise ValidationError(f"There is no analysis ‘{name}’ to set here: there are {', '.join(known) or 'none'}.")
        if typed := parameters_checked(analyses[name], values):
            checked[name] = typed
    return checked
