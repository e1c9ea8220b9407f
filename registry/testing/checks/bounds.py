"""Checks that an analysis never computes with a bound. Each number it reads becomes a bound in turn."""

from collections.abc import Iterator

from analyses.coded_text import Coded
from analyses.uncertainty import Estimate
from registry.sandbox.run_result import RunResult
from registry.testing.checks.case import Case
from registry.testing.checks.missing import REFCODE, texts_in

OF_ANALYSES = ("computed.", ".computed.")
"""Parts of the paths of computed values, which are never bounds."""


def bound_problems(case: Case, done: RunResult) -> Iterator[str]:
    """Make each number it read a bound; of the same of several measurements or cells, the first."""
    numbers: dict[str, tuple[str, Estimate]] = {}
    for path, fact in done.reads.items():
        if isinstance(fact, Estimate) and not path.startswith(OF_ANALYSES[0]) and OF_ANALYSES[1] not in path:
            numbers.setdefault(REFCODE.sub("*", path), (path, fact))
    for path, number in numbers.values():
        yield from _problems_of(case, done, path, f"<{number.magnitude:g}")


def _problems_of(case: Case, done: RunResult, path: str, bound: str) -> Iterator[str]:
    result = case.observe(case.example.changed({path: bound})).result
    if result.status == "failed":
        yield (
            f"{case.where} fails if {path} is only a bound: {result.text}. Read it with `require`, or with `optional` "
            "to use another input where it was not entered"
        )
    fallbacks = [other for other, fact in result.reads.items() if fact is not None and other not in done.reads]
    if result.status == "done" and fallbacks and not _mentions(result, bound):
        yield (
            f"{case.where} reads {', '.join(fallbacks)} instead of {path}, which is only a bound, without a word. Read "
            "it with `optional`, which refuses, or give the bound as a parameter of a message"
        )


def _mentions(result: RunResult, bound: str) -> bool:
    """Whether a parameter of a message or a reason has the bound."""
    outcome = result.outcome
    reasons: tuple[Coded, ...] = (*outcome.messages, *outcome.not_computed)
    return any(bound in texts_in(reason.parameters) for reason in reasons)
