"""One analysis with one set of example inputs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from registry import plugin_loading
from registry.contract.builtin_vocabulary import BUILTIN_TECHNIQUES
from registry.hookspecs import Analysis
from registry.testing.example import Example
from registry.testing.example_cells import example_cell, example_series
from registry.testing.example_groups import example_group
from registry.testing.examples import example_forms, example_inputs
from registry.testing.running import Observed, observe

MIN_CELL_MEASUREMENTS = 5
BUILTIN_SLUGS = frozenset(technique.slug for technique in BUILTIN_TECHNIQUES)
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
        return [Case(analysis, "cell", example_cell(*analysis.techniques, count=count))]
    if analysis.scope == "series":
        count = max(MIN_CELL_MEASUREMENTS, analysis.min_measurements)
        return [
            Case(analysis, f"{technique}, series", example_series(technique, over=analysis.over, count=count))
            for technique in analysis.techniques
        ]
    if analysis.scope == "group":
        count = max(MIN_CELL_MEASUREMENTS, analysis.min_members)
        return [Case(analysis, f"group, {kind}", example_group(kind, count=count)) for kind in analysis.group_kinds]
    return [
        Case(analysis, f"{technique}, {form}", _example_of(technique, like, form))
        for technique in analysis.techniques
        for like in [_built_in_like(technique)]
        for form in example_forms(like)
    ]


def _built_in_like(technique: str) -> str:
    """The built-in technique whose example stands for one of a plugin: the first that shares a set of columns."""
    techniques = plugin_loading.current().techniques
    own = [set(alternative) for alternative in techniques[technique].columns]
    candidates = [item.slug for item in BUILTIN_TECHNIQUES if any(set(columns) in own for columns in item.columns)]
    return technique if technique in BUILTIN_SLUGS else next(iter(candidates), WITHOUT_DATA)


def _example_of(technique: str, like: str, form: str) -> Example:
    example = example_inputs(like, form=form)
    return example if technique == like else example.changed({"measurement.technique": technique})
