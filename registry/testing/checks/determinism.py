"""Checks that an analysis returns what it declares, in the right unit, the same each time, without side effects."""

import pickle
from collections.abc import Iterator, Mapping

import numpy as np

from registry.hookspecs import Columns, Outcome
from registry.numbers import catalogue
from registry.sandbox.run_result import RunResult
from registry.sandbox.serialization import dump_result, to_json_bytes
from registry.testing.checks.case import Case
from registry.testing.example import Example

WRONG_UNIT_RATIO = 30.0
"""Ratio to the known value above which a unit error is likely: percent, minutes and milli exceed it."""


def baseline_problems(case: Case, result: RunResult, side_effects: str) -> Iterator[str]:
    """Check the run on the example inputs."""
    if result.status == "failed":
        yield f"{case.where} failed: {result.text}{_hint(result.text)}"
        return
    if side_effects:
        yield f"{case.where} {side_effects}"
    if result.status == "refused" and len(result.text.split()) < 3:
        yield f"{case.where} refuses with ‘{result.text}’: say what is missing, and where to enter it"
    if result.status == "done":
        yield from _unit_problems(case, result)
        yield from _pickle_problems(case, result.outcome)


def _hint(text: str) -> str:
    if "read-only" in text:
        return ". It writes into an input column: copy it first, numpy.array(dataset.column(…))"
    return ""


def _unit_problems(case: Case, result: RunResult) -> Iterator[str]:
    """Check for unit errors: values far from the known value of the example."""
    for slug, estimate in result.values.items():
        known = case.example.reported(slug)
        if known is None or not known.magnitude or not estimate.magnitude:
            continue
        ratio = estimate.magnitude / known.magnitude
        if not 1 / WRONG_UNIT_RATIO < abs(ratio) < WRONG_UNIT_RATIO:
            unit = catalogue.get(slug).unit_label or "1"
            yield (
                f"{case.where} gave {slug} = {estimate.magnitude:.4g}, but these inputs have {known.magnitude:.4g} "
                f"{unit}: is it in {unit}? If the example does not suit the analysis, pass another in `examples`"
            )


def _pickle_problems(case: Case, outcome: Outcome) -> Iterator[str]:
    for what, value in (("its Analysis", case.analysis), ("its Outcome", outcome)):
        try:
            pickle.loads(pickle.dumps(value))
        except (pickle.PicklingError, TypeError, AttributeError, ImportError) as error:
            yield (
                f"{case.where} cannot be sent to another process: {what} does not pickle ({error}). "
                "Make `run` a module-level function, and return plain numbers, texts and arrays"
            )
            return


def repeat_problems(case: Case, first: RunResult) -> Iterator[str]:
    """Check that a run after those on other inputs returns exactly the same."""
    again = case.observe().result
    try:
        before, after = to_json_bytes(dump_result(first)), to_json_bytes(dump_result(again))
    except (TypeError, ValueError, AttributeError) as error:
        yield f"{case.where} returned something that cannot be stored: {error}. Return plain numbers and texts"
        return
    if before != after:
        is_settled = to_json_bytes(dump_result(case.observe().result)) == after
        when = "after it had run on other inputs" if is_settled else "the second time"
        yield (
            f"{case.where} returned a different result {when}{_first_difference(first, again)}: the same inputs must "
            "give the same result. Use a fixed random seed, keep no state between runs, and do not read the clock"
        )


def _first_difference(first: RunResult, again: RunResult) -> str:
    if first.status != again.status:
        return f" ({first.status}, then {again.status})"
    for slug, estimate in first.values.items():
        if slug in again.values and again.values[slug] != estimate:
            return f" ({slug} = {estimate.magnitude!r}, then {again.values[slug].magnitude!r})"
    return ""


def columns_before(example: Example) -> Mapping[str, Columns]:
    """Return a copy of all columns, to compare with afterwards."""
    return {refcode: {name: column.copy() for name, column in load().items()} for refcode, load in example.data.items()}


def change_problems(case: Case, before: Mapping[str, Columns]) -> Iterator[str]:
    """Check that the inputs were not changed."""
    for refcode, load in case.example.data.items():
        for name, column in load().items():
            if not np.array_equal(column, before[refcode][name], equal_nan=True):
                yield f"{case.where} changed its input column {name}: copy it first, numpy.array(…)"


def never_done_problem(cases: list[Case], results: list[RunResult]) -> str:
    """Return the message for an analysis that refuses every example."""
    analysis = cases[0].analysis
    missing = [slug for slug in analysis.depends_on if not any(case.example.fact(f"computed.{slug}") for case in cases)]
    reasons = "; ".join(f"‘{case.form}’: {result.text}" for case, result in zip(cases, results, strict=True))
    hint = (
        f" (the examples have no computed {', '.join(missing)})" if missing and analysis.scope == "measurement" else ""
    )
    return (
        f"{analysis.name} completed on none of its example inputs, so its results cannot be checked{hint}: "
        f"pass suitable inputs, examples={{{analysis.name!r}: [example_inputs(…)]}}. Refusals: {reasons}"
    )
