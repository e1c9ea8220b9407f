"""One analysis on one example of its inputs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from registry.hookspecs import Analysis
from registry.testing.example import Example
from registry.testing.examples import example_cell, example_forms, example_inputs
from registry.testing.running import Observed, observe

FEWEST_IN_A_CELL = 5


@dataclass(frozen=True)
class Case:
    """An analysis and what it runs on; `form` names the example."""

    analysis: Analysis
    form: str
    example: Example

    @property
    def where(self) -> str:
        """The beginning of a sentence about it."""
        return f"{self.analysis.name}, on the example inputs ‘{self.form}’,"

    def observe(self, example: Example | None = None, parameters: Mapping[str, Any] | None = None) -> Observed:
        """Run the analysis on its example, or on a variant of it, where changed names are not looked for."""
        inputs = (example or self.example).for_analysis(self.analysis, parameters)
        return observe(self.analysis, inputs, with_names=example is None and parameters is None)


def cases_of(analysis: Analysis, given: Sequence[Example] = ()) -> list[Case]:
    """The cases an analysis is tried on: those given, or else every form of its techniques, or a whole cell."""
    if given:
        return [Case(analysis, f"given, number {number}", one) for number, one in enumerate(given, start=1)]
    if analysis.scope == "cell":
        count = max(FEWEST_IN_A_CELL, analysis.min_measurements)
        return [Case(analysis, "whole cell", example_cell(*analysis.techniques, count=count))]
    return [
        Case(analysis, f"{technique}, {form}", example_inputs(technique, form=form))
        for technique in analysis.techniques
        for form in example_forms(technique)
    ]
