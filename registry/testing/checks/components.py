"""Checks that an analysis carries the components of its inputs' uncertainties, as of numbers entered with ±."""

import math
from collections.abc import Iterator

from analyses.uncertainty import Estimate
from registry.sandbox.run_result import RunResult
from registry.testing.checks.case import Case

RELATIVE_UNCERTAINTY = 1e-3
AGREEMENT = 1e-6
CANCELLED_SHARE = 0.01
"""A cause cancels in a result that moves by less than this share of what its inputs move by."""


def component_problems(case: Case, done: RunResult) -> Iterator[str]:
    """Give all numbers it read a standard uncertainty of one cause. A result that moves with that cause has it as a
    component; one in which it cancels, such as a ratio, or the slope of a logarithm, need not."""
    numbers = {path: fact for path, fact in done.reads.items() if isinstance(fact, Estimate) and fact.magnitude}
    if not numbers:
        return
    result = case.observe(case.example.changed({path: _with_cause(fact) for path, fact in numbers.items()})).result
    if result.status == "failed":
        yield f"{case.where} fails with inputs entered with ±, whose uncertainties have components: {result.text}"
    before = done.values
    moved = case.observe(case.example.changed({path: _moved(fact) for path, fact in numbers.items()})).result.values
    for slug, estimate in result.values.items():
        known = before.get(slug)
        is_changed = known is not None and not math.isclose(
            known.standard_uncertainty, estimate.standard_uncertainty, rel_tol=AGREEMENT
        )
        cancels = known is None or slug not in moved or _is_close(known, moved[slug])
        if is_changed and not cancels and not any(part.shared for part in estimate.components):
            yield (
                f"{case.where} loses the components of its inputs in {slug}, so that a shared cause no longer cancels "
                "in a ratio: compute it with `propagate`, or pass components on with `Estimate.of_components`"
            )


def _with_cause(number: Estimate) -> Estimate:
    uncertainty = RELATIVE_UNCERTAINTY * abs(number.magnitude)
    estimate = Estimate(number.magnitude, number.lower, number.upper, uncertainty, number.inferred)
    return estimate.attributed("test", shared="test")


def _moved(number: Estimate) -> Estimate:
    """Return the number one standard uncertainty up."""
    up = 1 + RELATIVE_UNCERTAINTY
    lower, upper = sorted((number.lower * up, number.upper * up))
    return Estimate(number.magnitude * up, lower, upper, number.standard_uncertainty, number.inferred)


def _is_close(first: Estimate, other: Estimate) -> bool:
    return math.isclose(first.magnitude, other.magnitude, rel_tol=CANCELLED_SHARE * RELATIVE_UNCERTAINTY)
