"""One analysis with one set of example inputs."""

import difflib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from registry import plugin_loading
from registry.contract.builtin_vocabulary import BUILTIN_TECHNIQUES
from registry.hookspecs import Analysis
from registry.testing.example import TYPO, Example
from registry.testing.example_cells import example_cell, example_series
from registry.testing.example_groups import example_group
from registry.testing.examples import example_forms, example_inputs
from registry.testing.running import Observed, observe

MIN_CELL_MEASUREMENTS = 5
BUILTIN_SLUGS = frozenset(technique.slug for technique in BUILTIN_TECHNIQUES)
NO_CONDITIONS = ("potential_scale",)
"""Facts of a measurement that are texts."""
CONDITION_PATH = re.compile(r"(measurement|measurements\.M-[0-9]+)\.(?!technique$)(?P<slug>[a-z0-9_]+)")
WITHOUT_DATA = "photograph"
"""The technique whose example has no data."""


@dataclass(frozen=True)
class Case:
    """An analysis and its example inputs; `form` names the example."""

    analysis: Analysis
    form: str
    example: Example

    @property
    def where(self) -> str:
        """The start of a message about this case."""
        return f"{self.analysis.name}, on the example inputs ‘{self.form}’,"

    @property
    def technique(self) -> str:
        """The technique of an example by technique and form, else the first word of its form."""
        return self.form.partition(",")[0]

    def observe(self, example: Example | None = None, parameters: Mapping[str, Any] | None = None) -> Observed:
        """Run the analysis on its example, or on a variant, for which changed names are not checked."""
        inputs = (example or self.example).for_analysis(self.analysis, parameters)
        return observe(self.analysis, inputs, with_names=example is None and parameters is None)


def cases_of(analysis: Analysis, examples: Sequence[Example] = ()) -> list[Case]:
    """Return the cases to check: the examples, or by default every form of its techniques, a cell, a series, or a
    group of each kind."""
    if examples:
        return [Case(analysis, f"example {number}", example) for number, example in enumerate(examples, start=1)]
    if analysis.scope == "cell":
        count = max(MIN_CELL_MEASUREMENTS, analysis.min_measurements)
        return [Case(analysis, "cell", example_cell(*analysis.techniques, count=count, like=_likes(analysis)))]
    if analysis.scope == "series":
        count = max(MIN_CELL_MEASUREMENTS, analysis.min_measurements)
        return [
            Case(
                analysis, f"{technique}, series", example_series(technique, over=analysis.over, count=count, like=like)
            )
            for technique, like in _likes(analysis).items()
        ]
    if analysis.scope == "group":
        count = max(MIN_CELL_MEASUREMENTS, analysis.min_members)
        return [Case(analysis, f"group, {kind}", example_group(kind, count=count)) for kind in analysis.group_kinds]
    return [
        Case(analysis, f"{technique}, {form}", example_inputs(technique, form=form, like=like))
        for technique, like in _likes(analysis).items()
        for form in example_forms(like)
    ]


def example_problems(cases: Sequence[Case]) -> Iterator[str]:
    """Yield the facts of examples that would be conditions, but are none that is registered."""
    conditions = plugin_loading.current().conditions
    for case in cases:
        paths = [match for path in case.example.facts if (match := CONDITION_PATH.fullmatch(path))]
        for slug in dict.fromkeys(match["slug"] for match in paths):
            if slug not in (*conditions, *NO_CONDITIONS):
                near = difflib.get_close_matches(slug, conditions, 1, TYPO)
                hint = f"did you mean ‘{near[0]}’?" if near else f"registered are {', '.join(conditions)}"
                yield f"{case.where} has the condition ‘{slug}’, which is not registered: {hint}"


def _likes(analysis: Analysis) -> dict[str, str]:
    """The built-in technique that stands for each technique of an analysis."""
    return {technique: _built_in_like(technique) for technique in analysis.techniques}


def _built_in_like(technique: str) -> str:
    """The built-in technique whose example stands for one of a plugin: the first that shares a set of columns."""
    techniques = plugin_loading.current().techniques
    own = [set(alternative) for alternative in techniques[technique].columns]
    candidates = [item.slug for item in BUILTIN_TECHNIQUES if any(set(columns) in own for columns in item.columns)]
    return technique if technique in BUILTIN_SLUGS else next(iter(candidates), WITHOUT_DATA)
