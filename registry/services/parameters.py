"""What an analysis lets its user set, checked against what it declares."""

import math
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError

from registry.hookspecs import Analysis, Parameter

KINDS_OF_PARAMETER: Mapping[type, str] = {
    float: "a finite number",
    int: "a whole number",
    bool: "true or false",
    str: "text",
}


def parameters_of(analysis: Analysis, given: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """The analysis's parameters, defaults filled in, each within its bounds."""
    declared = {parameter.name: parameter for parameter in analysis.parameters}
    values = {name: parameter.default for name, parameter in declared.items()}
    for name, value in (given or {}).items():
        if name not in declared:
            known = ", ".join(declared) or "none"
            raise ValidationError(f"‘{analysis.name}’ has no parameter ‘{name}’: there are {known}.")
        parameter = declared[name]
        number = _typed(parameter, value)
        too_low = parameter.minimum is not None and number < parameter.minimum
        too_high = parameter.maximum is not None and number > parameter.maximum
        if too_low or too_high:
            raise ValidationError(f"{name} must lie between {parameter.minimum} and {parameter.maximum}, got {number}.")
        if parameter.choices and number not in parameter.choices:
            raise ValidationError(f"{name} must be one of {', '.join(parameter.choices)}, got ‘{number}’.")
        values[name] = number
    return values


def _typed(parameter: Parameter, value: Any) -> Any:
    """The value as the parameter's type, or ValidationError; a fraction is not cut to a whole number."""
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


def still_declared(analysis: Analysis, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Parameters of a run before, less any a new version dropped."""
    declared = {parameter.name for parameter in analysis.parameters}
    return {name: value for name, value in parameters.items() if name in declared}
