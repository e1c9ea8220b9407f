"""Checks that an analysis refuses when an input is missing, and names it. Each input it reads is removed in turn."""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from analyses.coded_text import Coded
from registry.contract.dataset_columns import IMAGE
from registry.hookspecs import Columns, Fact, NotComputed
from registry.numbers import catalogue
from registry.sandbox.run_result import RunResult
from registry.testing.checks.case import Case
from registry.testing.example import Example

ALWAYS_THERE = re.compile(
    r"measurement\.technique|measurements\.[a-z0-9_]+|series\.(over|members)|.*\.(technique|format|name|active_material)|.*reported\.keys"
    r"|group\.(kind|over|members)|members\.C-[0-9]+\.(label|quantities|values\.[a-z0-9_]+|values\..+\.measured)"
)
"""Facts that every measurement, cell, series and group has."""
REFCODE = re.compile(r"\b[CM]-[0-9]+\b")
OF_MEMBER = re.compile(r"members\.C-[0-9]+\.values\.(?P<quantity>[a-z0-9_]+)\.")
OF_ROLE = re.compile(r"datasets\.(?P<role>[a-z0-9_]+)\.")
DATA_TERMS = ("data", "file", "spectrum", "rows", "column", "table")
UNSPECIFIC_TERMS = {"mean", "number", "the", "and", "of", "change", "first", "limit"}


def missing_problems(case: Case, done: RunResult) -> Iterator[str]:
    """Remove each fact it read, and each column."""
    read = [path for path, fact in done.reads.items() if fact is not None and not ALWAYS_THERE.fullmatch(path)]
    for paths in _grouped(read):
        yield from _missing_problems(case, paths, done)
    if any(path.endswith("dataset.sha256") for path in read):
        for name in dict.fromkeys(name for load in case.example.data.values() for name in load()):
            example = case.example.with_columns(partial(_without_column, name))
            result = case.observe(example).result
            yield from _message_problems(case, result, done, f"the column {name}", column_terms(name))


def _grouped(paths: Sequence[str]) -> list[list[str]]:
    """Return groups of facts to remove: each by itself, and for a cell or a group also the same fact of all
    measurements or cells."""
    groups: dict[str, list[str]] = {}
    for path in paths:
        groups.setdefault(REFCODE.sub("*", path), []).append(path)
    return [group for item in groups.values() for group in ([item] if len(item) == 1 else [item[:1], item])]


def _missing_problems(case: Case, paths: Sequence[str], done: RunResult) -> Iterator[str]:
    """Remove facts, and those it reads instead, until it refuses or reads nothing else."""
    removed = list(paths)
    while True:
        example = case.example.changed({path: _replacement(case.example, path) for path in removed})
        result = case.observe(example).result
        fallbacks = [
            path
            for path, fact in result.reads.items()
            if fact is not None and path not in done.reads and path not in removed and not ALWAYS_THERE.fullmatch(path)
        ]
        if result.status != "done" or not fallbacks:
            break
        removed += fallbacks
    terms = [word for path in removed for word in fact_terms(path, case.example.facts.get(path))]
    yield from _message_problems(case, result, done, " and ".join(_short_paths(removed)), terms)


def _short_paths(paths: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(REFCODE.sub("*", path) if len(paths) > 3 else path for path in paths))


def _replacement(example: Example, path: str) -> Fact:
    """Return the value of a missing fact: None, except that roles and the number of layers always have a value."""
    if path == "layers.count":
        return 0
    if path.endswith(".role"):
        return "interlayer" if example.facts[path] != "interlayer" else "current_collector"
    return None


def _without_column(name: str, columns: Columns) -> Columns:
    return {other: column for other, column in columns.items() if other != name}


def _message_problems(case: Case, result: RunResult, done: RunResult, what: str, terms: Sequence[str]) -> Iterator[str]:
    reasons: Sequence[Coded] = result.messages if result.status == "refused" else _new_reasons(result, done)
    if result.status == "failed":
        yield (
            f"{case.where} fails without {what}: {result.text}. Raise Refused(‘no …’) with what is "
            "missing and where to enter it"
        )
    for reason in reasons:
        if not any(_plain(term) in named_by(reason) for term in terms):
            yield (
                f"{case.where} does not name what is missing: without {what} it refuses as ‘{reason.code}’. The code "
                f"or a parameter should name it by one of {', '.join(dict.fromkeys(terms))}: "
                "Refused(‘missing-…’, ‘no …’, quantity=…)"
            )


def named_by(reason: Coded) -> str:
    """Return what a reason names for programs: its code, and names and values of its parameters."""
    return f"{_plain(reason.code)} {_plain(' '.join(texts_in(reason.parameters)))}"


def _plain(text: str) -> str:
    return text.replace("-", " ").replace("_", " ").casefold()


def texts_in(value: Any) -> Iterator[str]:
    """Yield every name and value in parameters, but no sentence of a reason among them."""
    if isinstance(value, Mapping):
        for name, item in value.items():
            if not (name == "text" and "code" in value):
                yield from (str(name), *texts_in(item))
    elif isinstance(value, list | tuple):
        for item in value:
            yield from texts_in(item)
    else:
        yield str(value)


def _new_reasons(result: RunResult, done: RunResult) -> list[NotComputed]:
    """Return the reasons for quantities that are no longer computed."""
    before = {missing.key for missing in done.outcome.not_computed}
    return [missing for missing in result.outcome.not_computed if missing.key not in before]


def fact_terms(path: str, fact: Fact = None) -> list[str]:
    """Return terms of which a refusal must name at least one to name this fact."""
    of_member = OF_MEMBER.match(path)
    last = of_member["quantity"] if of_member else path.rpartition(".")[2].partition("@")[0]
    if last == "sha256":
        return list(DATA_TERMS)
    if of_file := _file_terms(path, last):
        return of_file
    if last == "count":
        return ["layer"]
    if last == "role":
        return ["layer", str(fact).replace("_", " ").casefold()]
    if last == "blocks":
        return ["block"]
    quantity = catalogue.catalogue.get(last)
    name = (quantity.name if quantity else last.replace("_", " ")).casefold()
    terms = [word for word in name.split() if len(word) > 2 and word not in UNSPECIFIC_TERMS]
    return [last, *(terms or [name])]


def _file_terms(path: str, last: str) -> list[str]:
    """Return terms for what a file says about itself; none for another fact."""
    if last.startswith("pixel_"):
        return ["pixel"]
    if of_role := OF_ROLE.search(path):
        return [of_role["role"], of_role["role"].replace("_", " "), *DATA_TERMS]
    is_of_file = ".header" in path or last == "start_time"
    return ["header", "start", "time", "file", last.replace("_", " ")] if is_of_file else []


def column_terms(name: str) -> list[str]:
    """Return terms of which a refusal must name at least one to name this column."""
    if name == IMAGE:
        return ["picture", "image", "data", "file"]
    return [name, name.rpartition("_")[0].replace("_", " ")]
