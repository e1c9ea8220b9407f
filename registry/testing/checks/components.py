"""Checks that an analysis carries the components of its inputs' uncertainties, as of numbers entered with ±."""

import math
from collections.abc import Iterator

from analyses.uncertainty import Estimate
from registry.sandbox.run_result import RunResult
from registry.testing.checks.case import Case

RELATIVE_UNCERTAINTY = 1e-3
AGREEMENT = 1e-6


def component_problems(case: Case, done: RunResult) -> Iterator[str]:
    """Give each number it read a standard uncertainty whose cause several results share."""
    numbers = {path: fact for path, fact in done.reads.items() if isinstance(fact, Estimate) and fact.magnitude}
    if not numbers:
        return
    result = case.observe(
        case.example.changed({path: _with_cause(fact, path) for path, fact in numbers.items()})
    ).result
    if result.status == "failed":
        yield f"{case.where} fails with inputs entered with ±, whose uncertainties have components: {result.text}"
    before = done.values
    for slug, estimate in result.values.items():
        known = before.get(slug)
        is_changed = known is not None and not math.isclose(
            known.standard_uncertainty, estimate.standard_uncertainty, rel_tol=AGREEMENT
        )
        if is_changed and not any(part.shared for part in estimate.components):
            yield (
                f"{case.where} loses the components of its inputs in {slug}, so that a shared cause no longer cancels "
                "in a ratio: compute it with `propagate`, or pass components on with `Estimate.of_components`"
            )


def _with_cause(number: Estimate, path: str) -> Estimate:
    uncertainty = RELATIVE_UNCERTAINTY * abs(number.magnitude)
    estimate = Estimate(number.magnitude, number.lower, number.upper, uncertainty, number.inferred)
    return estimate.attributed("test", shared=path)
