"""Whether an analysis survives data that no instrument should write, and settings at their bounds."""

import math
from collections.abc import Iterator
from functools import partial
from typing import Any

import numpy as np

from analyses.uncertainty import Estimate
from registry.hookspecs import LARGEST_MAGNITUDE, Columns, Parameter
from registry.sandbox.run_result import RunResult
from registry.testing.checks.case import Case
from registry.testing.example import Example

HUGE = (LARGEST_MAGNITUDE, 1e300)
"""The largest number an analysis may meet, and one that ends at the door."""
MANY_ROWS = 1_000_000
MANY_FREQUENCIES = 300
"""A spectrum has some dozens."""
BEYOND = 1e9
"""Tried where a parameter has no bound of its own."""


def hostile_faults(case: Case, done: RunResult) -> Iterator[str]:
    """It is done or refuses, whatever the data and numbers are."""
    for words, example in hostile_examples(case.example, done):
        ended = case.observe(example).ended
        if ended.status == "failed":
            yield f"{case.where} fails {words}: {ended.text}. Refuse instead, with a reason that says what is odd"


def hostile_examples(example: Example, done: RunResult) -> Iterator[tuple[str, Example]]:
    """Data and facts that were read, made empty, missing, short, long and huge, each with words for it."""
    if any(path.endswith("dataset.sha256") for path in done.reads):
        names = dict.fromkeys(name for load in example.data.values() for name in load())
        yield "on data without rows", example.with_columns(partial(_rows, 0))
        yield "on a single row", example.with_columns(partial(_rows, 1))
        yield "on data of nothing but NaN", example.with_columns(_nothing_but_nan)
        for name in names:
            yield f"with a NaN in the column {name}", example.with_columns(partial(_one_nan, name))
            for huge in HUGE:
                yield f"with {huge:g} in the column {name}", example.with_columns(partial(_scaled, name, huge))
        many = MANY_FREQUENCIES if "frequency_hertz" in names else MANY_ROWS
        yield f"on {many:,} rows", example.with_columns(partial(stretched, many))
    for path, fact in done.reads.items():
        if isinstance(fact, Estimate):
            for huge in HUGE:
                yield f"with {path} = {huge:g}", example.changed({path: huge})


def _rows(number: int, columns: Columns) -> Columns:
    return {name: column[:number] for name, column in columns.items()}


def _nothing_but_nan(columns: Columns) -> Columns:
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
    """Return the same test recorded more often: the column that rises or falls throughout is spread, others repeat."""
    size = next(iter(columns.values())).size
    place = np.linspace(0, size - 1, rows)
    made = {}
    for name, column in columns.items():
        steps = np.diff(column)
        if np.all(steps == 1):
            made[name] = column[0] + np.arange(rows)
        elif (np.all(steps >= 0) and name.endswith("_second")) or np.all(steps > 0) or np.all(steps < 0):
            made[name] = np.interp(place, np.arange(size), column)
        else:
            made[name] = column[place.astype(int)]
    return made


def parameter_faults(case: Case) -> Iterator[str]:
    """It is done or refuses at both bounds of each parameter, and for each choice."""
    for parameter in case.analysis.parameters:
        for setting in settings_to_try(parameter):
            ended = case.observe(parameters={parameter.name: setting}).ended
            if ended.status == "failed":
                yield (
                    f"{case.where} fails with {parameter.name} = {setting!r}: {ended.text}. Refuse instead, or narrow "
                    "the parameter's bounds (`minimum`, `maximum`) or `choices`"
                )


def settings_to_try(parameter: Parameter) -> list[Any]:
    """The ends of what a parameter may be set to."""
    if parameter.choices:
        return list(parameter.choices)
    if parameter.type is bool:
        return [False, True]
    if parameter.type is str:
        return ["", "?"]
    low = -BEYOND if parameter.minimum is None else parameter.minimum
    high = BEYOND if parameter.maximum is None else parameter.maximum
    return [math.ceil(low), math.floor(high)] if parameter.type is int else [float(low), float(high)]
