"""Whether an analysis gives what it declares, in the right unit, the same each time, and changes nothing else."""

import pickle
from collections.abc import Iterator, Mapping

import numpy as np

from registry.hookspecs import Columns, Outcome
from registry.numbers import catalogue
from registry.sandbox.run_result import RunResult
from registry.sandbox.serialization import dump_result, to_json_bytes
from registry.testing.checks.case import Case
from registry.testing.example import Example

FAR_OFF = 30.0
"""Factor from which a number that is known is taken to be in another unit: percent, minutes and milli are beyond it."""


def baseline_faults(case: Case, ended: RunResult, fault: str) -> Iterator[str]:
    """What is wrong with how it ran on its example."""
    if ended.status == "failed":
        yield f"{case.where} failed: {ended.text}{_mend(ended.text)}"
        return
    if fault:
        yield f"{case.where} {fault}"
    if ended.status == "refused" and len(ended.text.split()) < 3:
        yield f"{case.where} refuses with ‘{ended.text}’: say what is missing, and where it belongs"
    if ended.status == "done":
        yield from _unit_faults(case, ended)
        yield from _pickle_faults(case, ended.outcome)


def _mend(text: str) -> str:
    if "read-only" in text:
        return ". It writes into a column it was given: copy it first, numpy.array(dataset.column(…))"
    return ""


def _unit_faults(case: Case, ended: RunResult) -> Iterator[str]:
    """A number far from the one known of these inputs is in another unit, most likely."""
    for slug, estimate in ended.values.items():
        known = case.example.reported(slug)
        if known is None or not known.magnitude or not estimate.magnitude:
            continue
        ratio = estimate.magnitude / known.magnitude
        if not 1 / FAR_OFF < abs(ratio) < FAR_OFF:
            unit = catalogue.get(slug).unit_label or "1"
            yield (
                f"{case.where} gave {slug} = {estimate.magnitude:.4g}, but these inputs have {known.magnitude:.4g} "
                f"{unit}: is it in {unit}? If the example does not suit the analysis, give another by `examples`"
            )


def _pickle_faults(case: Case, outcome: Outcome) -> Iterator[str]:
    for what, one in (("its Analysis", case.analysis), ("its Outcome", outcome)):
        try:
            pickle.loads(pickle.dumps(one))
        except (pickle.PicklingError, TypeError, AttributeError, ImportError) as error:
            yield (
                f"{case.where} cannot be sent to another process: {what} does not pickle ({error}). "
                "Let `run` be a function at the top of a module, and give plain numbers, texts and arrays"
            )
            return


def repeat_faults(case: Case, first: RunResult, when: str) -> Iterator[str]:
    """It gives the same again, to the last digit."""
    again = case.observe().ended
    try:
        before, after = to_json_bytes(dump_result(first)), to_json_bytes(dump_result(again))
    except (TypeError, ValueError, AttributeError) as error:
        yield f"{case.where} returned what cannot be kept: {error}. Give plain numbers and texts"
        return
    if before != after:
        yield (
            f"{case.where} gave something else {when}{_first_difference(first, again)}: the same inputs must give the "
            "same. Seed what is random with a constant, keep nothing between runs, and do not read the clock"
        )


def _first_difference(first: RunResult, again: RunResult) -> str:
    if first.status != again.status:
        return f" ({first.status}, then {again.status})"
    for slug, estimate in first.values.items():
        if slug in again.values and again.values[slug] != estimate:
            return f" ({slug} = {estimate.magnitude!r}, then {again.values[slug].magnitude!r})"
    return ""


def columns_before(example: Example) -> Mapping[str, Columns]:
    """A copy of all data, to compare with afterwards."""
    return {place: {name: column.copy() for name, column in load().items()} for place, load in example.data.items()}


def change_faults(case: Case, before: Mapping[str, Columns]) -> Iterator[str]:
    """The inputs are as they were."""
    for place, load in case.example.data.items():
        for name, column in load().items():
            if not np.array_equal(column, before[place][name], equal_nan=True):
                yield f"{case.where} changed the column {name} it was given: copy it first, numpy.array(…)"


def never_done_fault(cases: list[Case], endings: list[RunResult]) -> str:
    """What to say of an analysis that no example suits."""
    analysis = cases[0].analysis
    lacking = [slug for slug in analysis.depends_on if not any(case.example.fact(f"computed.{slug}") for case in cases)]
    reasons = "; ".join(f"‘{case.form}’: {ended.text}" for case, ended in zip(cases, endings, strict=True))
    hint = f" (the examples hold no computed {', '.join(lacking)})" if lacking and analysis.scope != "cell" else ""
    return (
        f"{analysis.name} was done on none of its example inputs, so that its numbers cannot be looked at{hint}: "
        f"give inputs it can answer by examples={{{analysis.name!r}: [example_inputs(…)]}}. It said, of {reasons}"
    )
