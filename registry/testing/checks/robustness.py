"""Checks that an analysis handles malformed data, and parameters at their bounds."""

import math
from collections.abc import Iterator
from functools import partial
from typing import Any

import numpy as np

from analyses.uncertainty import Estimate
from registry.contract.dataset_columns import IMAGE
from registry.hookspecs import LARGEST_MAGNITUDE, Columns, Parameter
from registry.sandbox.run_result import RunResult
from registry.testing.checks.case import Case
from registry.testing.checks.missing import REFCODE
from registry.testing.example import Example

HUGE = (LARGEST_MAGNITUDE, 1e300)
"""The largest number an analysis can receive, and one that is refused before it."""
MANY_ROWS = 1_000_000
MANY_FREQUENCIES = 300
"""Spectra have far fewer points than time series."""
UNBOUNDED = 1e9
"""Tried for a parameter without a bound."""


def robustness_problems(case: Case, done: RunResult, tried: set[str]) -> Iterator[str]:
    """Check that it completes or refuses for any data and numbers.

    `tried` are kinds of damage that need not be tried again, and gets those tried here: the same column, or the same
    fact of another measurement or cell, is damaged once.
    """
    for description, example in malformed_examples(case.example, done):
        kind = f"{case.technique}: {REFCODE.sub('*', description)}"
        if kind in tried:
            continue
        tried.add(kind)
        result = case.observe(example).result
        if result.status == "failed":
            yield f"{case.where} fails {description}: {result.text}. Raise Refused instead, with the reason"


def malformed_examples(example: Example, done: RunResult) -> Iterator[tuple[str, Example]]:
    """Yield examples with empty, short, long, NaN and huge data and facts, each with a description."""
    if any(path.endswith("dataset.sha256") for path in done.reads):
        yield from _malformed_data(example)
    for path, fact in done.reads.items():
        if isinstance(fact, Estimate):
            for huge in HUGE:
                yield f"with {path} = {huge:g}", example.changed({path: huge})


def _malformed_data(example: Example) -> Iterator[tuple[str, Example]]:
    if any(IMAGE in load() for load in example.data.values()):
        yield "on an image of one pixel", example.with_columns(_one_pixel)
        yield "on an image of one grey level", example.with_columns(_one_level)
    else:
        names = dict.fromkeys(name for load in example.data.values() for name in load())
        yield "on data without rows", example.with_columns(partial(_rows, 0))
        yield "on a single row", example.with_columns(partial(_rows, 1))
        yield "on data that are all NaN", example.with_columns(_all_nan)
        for name in names:
            yield f"with a NaN in the column {name}", example.with_columns(partial(_one_nan, name))
            for huge in HUGE:
                yield f"with {huge:g} in the column {name}", example.with_columns(partial(_scaled, name, huge))
        many = MANY_FREQUENCIES if "frequency_hertz" in names else MANY_ROWS
        yield f"on {many:,} rows", example.with_columns(partial(stretched, many))


def _one_pixel(columns: Columns) -> Columns:
    return {name: column[:1, :1] if name == IMAGE else column for name, column in columns.items()}


def _one_level(columns: Columns) -> Columns:
    return {name: np.zeros_like(column) if name == IMAGE else column for name, column in columns.items()}


def _rows(number: int, columns: Columns) -> Columns:
    return {name: column[:number] for name, column in columns.items()}


def _all_nan(columns: Columns) -> Columns:
    return {name: np.full(column.size, np.nan) for name, column in columns.items()}


def _one_nan(name: str, columns: Columns) -> Columns:
    if name not in columns:
        return columns
    column = np.array(columns[name], dtype=float)
    column[column.size // 2] = np.nan
    return {**columns, name: column}


def _scaled(name: str, huge: float, columns: Columns) -> Columns:
    largest = float(np.abs(columns[name]).max()) if name in columns else 0.0
    return {**columns, name: columns[name] * (huge / largest)} if largest else columns


def stretched(rows: int, columns: Columns) -> Columns:
    """Return the same test with more rows: monotonic columns are interpolated, others repeated."""
    size = next(iter(columns.values())).size
    position = np.linspace(0, size - 1, rows)
    result = {}
    for name, column in columns.items():
        steps = np.diff(column)
        if np.all(steps == 1):
            result[name] = column[0] + np.arange(rows)
        elif (np.all(steps >= 0) and name.endswith("_second")) or np.all(steps > 0) or np.all(steps < 0):
            result[name] = np.interp(position, np.arange(size), column)
        else:
            result[name] = column[position.astype(int)]
    return result


def parameter_problems(case: Case) -> Iterator[str]:
    """Check that it completes or refuses at both bounds of each parameter, and for each choice."""
    for parameter in case.analysis.parameters:
        for setting in settings_to_try(parameter):
            result = case.observe(parameters={parameter.name: setting}).result
            if result.status == "failed":
                yield (
                    f"{case.where} fails with {parameter.name} = {setting!r}: {result.text}. Raise Refused instead, or "
                    "narrow the parameter's bounds (`minimum`, `maximum`) or `choices`"
                )


def settings_to_try(parameter: Parameter) -> list[Any]:
    """Return the extreme settings of a parameter."""
    if parameter.choices:
        return list(parameter.choices)
    if parameter.type is bool:
        return [False, True]
    if parameter.type is str:
        return ["", "?"]
    low = -UNBOUNDED if parameter.minimum is None else parameter.minimum
    high = UNBOUNDED if parameter.maximum is None else parameter.maximum
    return [math.ceil(low), math.floor(high)] if parameter.type is int else [float(low), float(high)]
