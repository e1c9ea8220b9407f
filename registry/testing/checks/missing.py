"""Whether an analysis refuses what is missing, in words that name it. Each input it reads is taken away in turn."""

import re
from collections.abc import Iterator, Sequence
from functools import partial

from registry.hookspecs import LAYER_ROLES, Columns, Fact
from registry.numbers import catalogue
from registry.sandbox.run_result import RunResult
from registry.testing.checks.case import Case
from registry.testing.example import Example

ALWAYS_THERE = re.compile(r"measurement\.technique|measurements\.[a-z_]+|.*\.(technique|format|name)")
"""What the registry has of every measurement and cell."""
WITHIN_A_CELL = re.compile(r"measurements\.(?P<refcode>M-[0-9]+)\.")
OF_DATA = ("data", "file", "spectrum", "rows", "column", "table")
SAYS_LITTLE = {"mean", "number", "the", "and", "of", "change", "first", "limit"}
SAID = 200


def missing_faults(case: Case, done: RunResult) -> Iterator[str]:
    """Take away each fact it read, and each column."""
    read = [path for path, fact in done.reads.items() if fact is not None and not ALWAYS_THERE.fullmatch(path)]
    for paths in _together(read):
        yield from _without(case, paths, done)
    if any(path.endswith("dataset.sha256") for path in read):
        for name in dict.fromkeys(name for load in case.example.data.values() for name in load()):
            example = case.example.with_columns(partial(_less, name))
            ended = case.observe(example).ended
            yield from _judged(case, ended, done, f"the column {name}", column_words(name))


def _together(paths: Sequence[str]) -> list[list[str]]:
    """Each fact by itself; and of a whole cell the same fact of every measurement, too."""
    groups: dict[str, list[str]] = {}
    for path in paths:
        groups.setdefault(WITHIN_A_CELL.sub("measurements.*.", path), []).append(path)
    return [group for item in groups.values() for group in ([item] if len(item) == 1 else [item[:1], item])]


def _without(case: Case, paths: Sequence[str], done: RunResult) -> Iterator[str]:
    """Take facts away, and whatever it then reads in their place, until it refuses or nothing is left to take."""
    removed = list(paths)
    while True:
        example = case.example.changed({path: _taken_away(case.example, path) for path in removed})
        ended = case.observe(example).ended
        instead = [
            path
            for path, fact in ended.reads.items()
            if fact is not None and path not in done.reads and path not in removed and not ALWAYS_THERE.fullmatch(path)
        ]
        if ended.status != "done" or not instead:
            break
        removed += instead
    words = [word for path in removed for word in fact_words(path, case.example.facts.get(path))]
    yield from _judged(case, ended, done, " and ".join(_shown(removed)), words)


def _shown(paths: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(WITHIN_A_CELL.sub("measurements.*.", path) if len(paths) > 3 else path for path in paths))


def _taken_away(example: Example, path: str) -> Fact:
    """What the registry would give instead: nothing; a layer has always some role, and a cell some number of layers."""
    if path == "layers.count":
        return 0
    if path.endswith(".role"):
        return "interlayer" if example.facts[path] != "interlayer" else "current_collector"
    return None


def _less(name: str, columns: Columns) -> Columns:
    return {other: column for other, column in columns.items() if other != name}


def _judged(case: Case, ended: RunResult, done: RunResult, what: str, words: Sequence[str]) -> Iterator[str]:
    reasons = [ended.text] if ended.status == "refused" else _newly_lacking(ended, done)
    if ended.status == "failed":
        yield (
            f"{case.where} fails without {what}: {ended.text}. Refuse instead: raise Refused(‘needs …’), with what is "
            "missing and where it belongs"
        )
    for reason in reasons:
        if not any(word in reason.casefold() for word in words):
            yield (
                f"{case.where} does not name what is missing: without {what} it says ‘{reason[:SAID]}’. Let the reason "
                f"have one of the words {', '.join(dict.fromkeys(words))}"
            )


def _newly_lacking(ended: RunResult, done: RunResult) -> list[str]:
    """Why it gave less than with everything at hand."""
    before = {lacking.quantity for lacking in done.outcome.not_computed}
    return [lacking.reason for lacking in ended.outcome.not_computed if lacking.quantity not in before]


def fact_words(path: str, fact: Fact = None) -> list[str]:
    """Words of which a refusal has at least one if it names this fact."""
    last = path.rpartition(".")[2]
    if last == "sha256":
        return list(OF_DATA)
    if last == "count":
        return ["layer"]
    if last == "role":
        return ["layer", LAYER_ROLES.get(str(fact), str(fact)).casefold()]
    if last == "blocks":
        return ["block"]
    name = catalogue.get_or_placeholder(last).name.casefold()
    words = [word for word in name.split() if len(word) > 2 and word not in SAYS_LITTLE]
    return [last, *(words or [name])]


def column_words(name: str) -> list[str]:
    """Words of which a refusal has at least one if it names this column."""
    return [name, name.rpartition("_")[0].replace("_", " ")]
