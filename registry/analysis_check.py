"""Whether an analysis a plugin describes can be offered: its words, quantities, techniques and parameters."""

import difflib
import math
from collections.abc import Sequence

from registry import quantities
from registry.hookspecs import TECHNIQUES, Analysis, Parameter

PARAMETER_TYPES = (int, float, str, bool)
SCOPES = ("measurement", "cell")


def analysis_check(analysis: Analysis) -> None:
    """Raise TypeError or ValueError that says what is wrong with it and how to mend it."""
    named = f"the analysis ‘{analysis.name}’"
    if not callable(analysis.run):
        raise TypeError(f"{named} has a `run` that cannot be called")
    for name in ("version", "title"):
        if not (isinstance(getattr(analysis, name), str) and getattr(analysis, name)):
            raise ValueError(f"{named} needs a {name}, as text")
    for name in ("techniques", "gives", "uses", "needs", "parameters"):
        if isinstance(getattr(analysis, name), str) or not isinstance(getattr(analysis, name), Sequence):
            raise TypeError(f"{named} has `{name}` that is no tuple: write ({getattr(analysis, name)!r},)")
    if not analysis.techniques:
        raise ValueError(f"{named} names no technique, so it would never run: there are {', '.join(TECHNIQUES)}")
    for technique in analysis.techniques:
        if technique not in TECHNIQUES:
            raise ValueError(f"{named} names the technique ‘{technique}’: there are {', '.join(TECHNIQUES)}")
    _check_quantities(analysis, named)
    if analysis.scope not in SCOPES:
        raise ValueError(f"{named} has the scope ‘{analysis.scope}’: there are {' and '.join(SCOPES)}")
    if not isinstance(analysis.at_least, int) or analysis.at_least < 1:
        raise ValueError(f"{named} is offered from at least {analysis.at_least!r} measurements: write 1 or more")
    names = [parameter.name for parameter in analysis.parameters]
    for parameter in analysis.parameters:
        if names.count(parameter.name) > 1:
            raise ValueError(f"{named} has two parameters ‘{parameter.name}’: rename one")
        _check_parameter(parameter, named)


def _check_quantities(analysis: Analysis, named: str) -> None:
    for verb, slugs in (("gives", analysis.gives), ("uses", analysis.uses)):
        for slug in slugs:
            if slug not in quantities.catalogue:
                near = difflib.get_close_matches(slug, quantities.catalogue, 1, 0.5)
                hint = f"did you mean ‘{near[0]}’? If not, " if near else ""
                mend = f"{hint}add it in register_quantities"
                raise ValueError(f"{named} {verb} ‘{slug}’, which nobody registered: {mend}")
    if analysis.scope == "cell":
        for slug in analysis.gives:
            if not quantities.get(slug).per_cell:
                raise ValueError(f"{named} is of whole cells, but ‘{slug}’ is not: register it with per_cell=True")


def _check_parameter(parameter: Parameter, named: str) -> None:
    which = f"the parameter ‘{parameter.name}’ of {named}"
    if not parameter.name.isidentifier():
        raise ValueError(f"{which} needs a name of letters, digits and underscores")
    if parameter.type not in PARAMETER_TYPES:
        raise TypeError(f"{which} has a type that cannot be set: there are int, float, str and bool")
    default = parameter.default
    if type(default) is not parameter.type and not (parameter.type is float and type(default) is int):
        raise TypeError(f"{which} is declared {parameter.type.__name__}, but its default {default!r} is not")
    if not parameter.help:
        raise ValueError(f"{which} has no help: say in a sentence what it does")
    if parameter.choices and default not in parameter.choices:
        raise ValueError(f"{which} has the default {default!r}, which is not among {', '.join(parameter.choices)}")
    if isinstance(default, int | float) and not isinstance(default, bool):
        low = -math.inf if parameter.minimum is None else parameter.minimum
        high = math.inf if parameter.maximum is None else parameter.maximum
        if not low <= default <= high:
            raise ValueError(f"{which} has the default {default!r} outside its own bounds, {low:g} to {high:g}")
