"""Checks of the fields of an analysis that a plugin describes: texts, quantities, techniques and parameters."""

import difflib
import math
import re
from collections.abc import Collection

from registry.contract.group_member import GROUP_KINDS
from registry.hookspecs import Analysis, Parameter
from registry.numbers import catalogue
from registry.plugin_loading.descriptor_check import LONGEST_NAME, LONGEST_VERSION, listed, takes, text
from registry.plugin_loading.vocabulary_check import dataset_roles_check, unknown

NAME = re.compile(r"[A-Za-z0-9]+([-_.][A-Za-z0-9]+)*")
PARAMETER_TYPES = (int, float, str, bool)
SCOPES = ("measurement", "cell", "series", "group")
FEWEST_MEMBERS = 2
ALIKE = 0.75
"""Similarity from which another slug is suggested."""


def analysis_check(analysis: Analysis, techniques: Collection[str], conditions: Collection[str] = ()) -> None:
    """Raise TypeError or ValueError, with what is wrong and how to correct it.

    `techniques` and `conditions` are the known ones.
    """
    text(analysis.name, "an analysis", "name", longest=LONGEST_NAME)
    named = f"the analysis ‘{analysis.name}’"
    if not NAME.fullmatch(analysis.name):
        raise ValueError(f"{named} needs a name of letters, digits and hyphens, such as pellet-porosity")
    takes(analysis.run, 1, f"{named}: run", "def run(inputs):")
    text(analysis.version, named, "version", longest=LONGEST_VERSION)
    text(analysis.title, named, "title")
    text(analysis.description, named, "description", may_be_empty=True)
    for name in ("techniques", "outputs", "depends_on", "requirements", "parameters", "group_kinds", "not_applicable"):
        listed(getattr(analysis, name), named, name)
    _check_techniques(analysis, named, techniques)
    dataset_roles_check(analysis.dataset_roles, named)
    _check_quantities(analysis, named)
    _check_scope(analysis, named, conditions)
    _check_group(analysis, named)
    for parameter in analysis.parameters:
        if not isinstance(parameter, Parameter):
            raise TypeError(f"{named} has the parameter {parameter!r}: write Parameter(name, type, default, help)")
    names = [parameter.name for parameter in analysis.parameters]
    for parameter in analysis.parameters:
        if names.count(parameter.name) > 1:
            raise ValueError(f"{named} has two parameters ‘{parameter.name}’: rename one")
        _check_parameter(parameter, named)


def _check_scope(analysis: Analysis, named: str, conditions: Collection[str]) -> None:
    if analysis.scope not in SCOPES:
        raise ValueError(f"{named} has the unknown scope ‘{analysis.scope}’: use {' or '.join(SCOPES)}")
    fewest = {"series": 2, "cell": 0}.get(analysis.scope, 1)
    if not isinstance(analysis.min_measurements, int) or analysis.min_measurements < fewest:
        raise ValueError(f"{named} has min_measurements={analysis.min_measurements!r}: use {fewest} or more")
    if analysis.scope == "series" and analysis.over not in conditions:
        raise ValueError(unknown(named, "condition", analysis.over, conditions))
    if analysis.scope != "series" and analysis.over:
        raise ValueError(f"{named} has over={analysis.over!r} but is not a series: write scope=“series”, or remove it")


def _check_group(analysis: Analysis, named: str) -> None:
    if analysis.scope != "group":
        if analysis.group_kinds or analysis.returns_member_quantities:
            raise ValueError(
                f"{named} has group_kinds or returns_member_quantities but is not of a group: write scope=“group”, or "
                "remove them"
            )
        return
    for name in ("depends_on", "dataset_roles"):
        if getattr(analysis, name):
            raise ValueError(f"{named} is of a group and reads the numbers of its cells: remove {name}")
    if not analysis.group_kinds:
        raise ValueError(f"{named} names no kind of group: name some of {', '.join(GROUP_KINDS)} in group_kinds")
    for kind in analysis.group_kinds:
        if kind not in GROUP_KINDS:
            raise ValueError(unknown(named, "group kind", kind, GROUP_KINDS))
    if not isinstance(analysis.min_members, int) or analysis.min_members < FEWEST_MEMBERS:
        raise ValueError(f"{named} has min_members={analysis.min_members!r}: use {FEWEST_MEMBERS} or more")


def _check_techniques(analysis: Analysis, named: str, techniques: Collection[str]) -> None:
    if not analysis.techniques and analysis.scope != "group":
        raise ValueError(f"{named} names no technique, so it would never run: name some of {', '.join(techniques)}")
    for technique in analysis.techniques:
        if technique not in techniques:
            raise ValueError(unknown(named, "technique", technique, techniques))


def _check_quantities(analysis: Analysis, named: str) -> None:
    for verb, slugs in (("gives", analysis.outputs), ("uses", analysis.depends_on)):
        for slug in slugs:
            if not isinstance(slug, str):
                raise TypeError(f"{named} {verb} {slug!r}: write the slug of a quantity")
            if slug not in catalogue.catalogue:
                near = difflib.get_close_matches(slug, catalogue.catalogue, 1, ALIKE)
                hint = f"did you mean ‘{near[0]}’? If not, " if near else ""
                correction = f"{hint}add it in register_quantities"
                raise catalogue.UnregisteredQuantityError(
                    f"{named} {verb} ‘{slug}’, which no plugin registers: {correction}"
                )
    if analysis.scope in ("cell", "series"):
        for slug in analysis.outputs:
            if not catalogue.get(slug).per_cell:
                raise ValueError(f"{named} is of a cell, but ‘{slug}’ is not: register it with per_cell=True")


def _check_finite(parameter: Parameter, which: str) -> None:
    if isinstance(parameter.default, float) and not math.isfinite(parameter.default):
        raise ValueError(f"{which} has the default {parameter.default!r}, which cannot be stored: use a finite number")
    for bound in (parameter.minimum, parameter.maximum):
        if isinstance(bound, float) and not math.isfinite(bound):
            raise ValueError(f"{which} has the bound {bound!r}, which has no effect: leave it out")


def _check_parameter(parameter: Parameter, named: str) -> None:
    which = f"the parameter ‘{parameter.name}’ of {named}"
    if not isinstance(parameter.name, str) or not parameter.name.isidentifier():
        raise ValueError(f"{which} needs a name of letters, digits and underscores")
    if parameter.type not in PARAMETER_TYPES:
        raise TypeError(f"{which} has an unsupported type: use int, float, str or bool")
    default = parameter.default
    if type(default) is not parameter.type and not (parameter.type is float and type(default) is int):
        declared = parameter.type.__name__
        raise TypeError(f"{which} is declared {declared}, but its default {default!r} is not: change one of them")
    if not isinstance(parameter.help, str) or not parameter.help:
        raise ValueError(f"{which} has no help: explain in a sentence what it does")
    for name in ("unit", "title"):
        text(getattr(parameter, name), which, name, may_be_empty=True)
    listed(parameter.choices, which, "choices")
    _check_finite(parameter, which)
    for bound in (parameter.minimum, parameter.maximum):
        if bound is not None and (isinstance(bound, bool) or not isinstance(bound, int | float)):
            raise TypeError(f"{which} has the bound {bound!r}, which is not a number")
        if bound is not None and parameter.type in (str, bool):
            kind = parameter.type.__name__
            raise TypeError(f"{which} is declared {kind} and has the bound {bound!r}: leave it out, or use choices")
    if parameter.choices and (
        parameter.type is not str or not all(isinstance(choice, str) for choice in parameter.choices)
    ):
        raise TypeError(f"{which} has choices that are not text: declare it str and write choices=(“a”, “b”)")
    if parameter.choices and default not in parameter.choices:
        raise ValueError(
            f"{which} has the default {default!r}, which is not among {', '.join(parameter.choices)}: add it"
        )
    if isinstance(default, int | float) and not isinstance(default, bool):
        low = -math.inf if parameter.minimum is None else parameter.minimum
        high = math.inf if parameter.maximum is None else parameter.maximum
        if not low <= default <= high:
            bounds = f"{low:g} to {high:g}"
            raise ValueError(f"{which} has the default {default!r} outside its own bounds, {bounds}: change either")
