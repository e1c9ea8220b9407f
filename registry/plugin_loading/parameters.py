"""Validate analysis parameters against their declarations.

Parameters are set for a project, cell or measurement; the most specific level takes precedence:
`{"ionic-conductivity": {"circuit": "R0-p(R1,CPE1)"}}`.
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

TYPE_NAMES: Mapping[type, str] = {
    float: "a finite number",
    int: "a whole number",
    bool: "true or false",
    str: "text",
}
WRONG_TYPE = "parameter-type"


def parameters_with_defaults(analysis: Analysis, settings: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """All parameters of an analysis, with defaults for those that are not set."""
    defaults = {parameter.name: parameter.default for parameter in analysis.parameters}
    return defaults | clean_parameters(analysis, settings or {})


def clean_parameters(analysis: Analysis, settings: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters that are set, each converted to its type; ValidationError if outside its bounds."""
    declared = {parameter.name: parameter for parameter in analysis.parameters}
    values: dict[str, Any] = {}
    for name, value in settings.items():
        if name not in declared:
            available = ", ".join(declared) or "none"
            text = f"‘{analysis.name}’ has no parameter ‘{name}’; available: {available}."
            raise ValidationError(text, code="unknown-parameter")
        parameter = declared[name]
        typed = _convert(parameter, value)
        too_low = parameter.minimum is not None and typed < parameter.minimum
        too_high = parameter.maximum is not None and typed > parameter.maximum
        if too_low or too_high or (parameter.choices and typed not in parameter.choices):
            text = f"{name} must be {describe_bounds(parameter)}, not ‘{setting_text(typed)}’."
            raise ValidationError(text, code="parameter-out-of-bounds")
        values[name] = typed
    return values


def describe_bounds(parameter: Parameter) -> str:
    """The allowed values of a parameter, in words."""
    if parameter.choices:
        return "one of " + ", ".join(parameter.choices)
    low, high = parameter.minimum, parameter.maximum
    unit = f" {parameter.unit}" if parameter.unit else ""
    if low is not None and high is not None:
        return f"from {low:,.10g} to {high:,.10g}{unit}"
    if low is not None:
        return f"at least {low:,.10g}{unit}"
    return f"at most {high:,.10g}{unit}" if high is not None else "any"


def setting_text(value: Any) -> str:
    """The value of a parameter as one types it, numbers without needless zeros: -1 for -1.0; yes or no."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:.15g}" if isinstance(value, float) else str(value)


def _convert(parameter: Parameter, value: Any) -> Any:
    """The value converted to the type of the parameter, or ValidationError.

    Text is converted to a number, but not a number to text; a fraction is not truncated to a whole number.
    """
    if parameter.type is str and not (isinstance(value, str) and _can_be_stored(value)):
        raise ValidationError(f"{parameter.name} must be text, not {value!a}.", code=WRONG_TYPE)
    if parameter.type in (int, float) and isinstance(value, bool):
        raise ValidationError(f"{parameter.name} must be {TYPE_NAMES[parameter.type]}, not ‘{value}’.", code=WRONG_TYPE)
    parsed = {"true": True, "false": False}.get(str(value).lower()) if parameter.type is bool else value
    try:
        typed = None if parsed is None else parameter.type(parsed)
    except (TypeError, ValueError, OverflowError):
        typed = None
    is_fraction = parameter.type is int and isinstance(parsed, float) and typed != parsed
    is_infinite = isinstance(typed, float) and not math.isfinite(typed)
    if typed is None or is_fraction or is_infinite:
        raise ValidationError(f"{parameter.name} must be {TYPE_NAMES[parameter.type]}, not ‘{value}’.", code=WRONG_TYPE)
    return typed


def _can_be_stored(text: str) -> bool:
    try:
        check_text(text)
    except TextError:
        return False
    return True


def resolve_parameters(analysis: Analysis, *levels: Settings) -> dict[str, Any]:
    """The parameters of a run: defaults, overridden by each level in turn; parameters no longer declared are ignored.

    Bounds are not checked: a new version may have narrowed them, and the run then fails with the reason.
    """
    values = {parameter.name: parameter.default for parameter in analysis.parameters}
    for level in levels:
        settings = level.get(analysis.name, {})
        values |= {name: value for name, value in settings.items() if name in values}
    return values


def clean_settings(settings: Any, *, scopes: tuple[str, ...], stored: Settings) -> dict[str, dict[str, Any]]:
    """Validated parameters by analysis; `stored` ones of an analysis that is not loaded may stay unchanged."""
    if not isinstance(settings, Mapping) or not all(isinstance(item, Mapping) for item in settings.values()):
        raise ValidationError(
            'Parameters must be grouped by analysis, e.g. {"ionic-conductivity": {"circuit": "R0-CPE1"}}.',
            code="parameters-not-grouped",
        )
    analyses = plugin_loading.current().analyses
    cleaned: dict[str, dict[str, Any]] = {}
    for name, values in settings.items():
        if name not in analyses and stored.get(name) == values:
            cleaned[name] = dict(values)
            continue
        if name not in analyses or analyses[name].scope not in scopes:
            available = [
                analysis.name for analysis in analyses.values() if analysis.parameters and analysis.scope in scopes
            ]
            text = f"‘{name}’ cannot be set here; available analyses: {', '.join(available) or 'none'}."
            raise ValidationError(text, code="unknown-analysis")
        if parameters := clean_parameters(analyses[name], values):
            cleaned[name] = parameters
    return cleaned
