"""The assertion that checks a plugin against the full contract."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from registry.hookspecs import CONTRACT_VERSION, Analysis
from registry.sandbox.run_result import RunResult
from registry.testing.checks.bounds import bound_problems
from registry.testing.checks.case import Case, cases_of, example_problems
from registry.testing.checks.components import component_problems
from registry.testing.checks.descriptors import (
    condition_problems,
    format_problems,
    quantity_problems,
    table_problems,
    technique_problems,
)
from registry.testing.checks.determinism import (
    baseline_problems,
    change_problems,
    columns_before,
    never_done_problem,
    repeat_problems,
)
from registry.testing.checks.missing import missing_problems
from registry.testing.checks.process import process_problems
from registry.testing.checks.reading import Sample, reader_problems
from registry.testing.checks.robustness import parameter_problems, robustness_problems
from registry.testing.example import Example
from registry.testing.golden import Golden, result_summary
from registry.testing.registration import name_of, registered, sources_of
from registry.testing.running import changes_undone
from registry.testing.sandboxed import Run, sandbox


def assert_plugin_conforms(
    plugin: Any,
    golden: Golden,
    *,
    examples: Mapping[str, Sequence[Example]] | None = None,
    samples: Mapping[str, Mapping[str, Sample]] | None = None,
    other_plugins: Sequence[Any] = (),
) -> None:
    """Check every analysis, reader, quantity, technique, condition, table and format of a plugin against the contract.

    Raises one AssertionError that lists all problems, each with how to fix it. `examples` are inputs by analysis name,
    in place of the default ones; `samples` are files by reader name and description; `other_plugins` are plugins whose
    quantities this one uses.
    """
    __tracebackhide__ = True
    problems = list(
        plugin_problems(plugin, golden, examples=examples or {}, samples=samples or {}, other_plugins=other_plugins)
    )
    if problems:
        points = "\n".join(f"{number}. {problem}." for number, problem in enumerate(problems, start=1))
        raise AssertionError(f"{name_of(plugin)} does not conform to the plugin contract:\n{points}")


def plugin_problems(
    plugin: Any,
    golden: Golden,
    *,
    examples: Mapping[str, Sequence[Example]],
    samples: Mapping[str, Mapping[str, Sample]],
    other_plugins: Sequence[Any] = (),
) -> Iterator[str]:
    """Yield what is wrong with a plugin; only what the registry would load is checked further."""
    with registered(plugin, other_plugins) as loaded:
        if not hasattr(plugin, "CONTRACT_VERSION"):
            yield f"states no contract version: write `CONTRACT_VERSION = {CONTRACT_VERSION}` below its imports"
        yield from loaded.problems
        for quantity in loaded.quantities:
            yield from quantity_problems(quantity)
        for technique in loaded.techniques:
            yield from technique_problems(technique)
        for condition in loaded.conditions:
            yield from condition_problems(condition)
        with sandbox(sources_of(plugin, other_plugins)) as run:
            for analysis in loaded.analyses:
                with changes_undone():
                    yield from analysis_problems(analysis, golden, examples.get(analysis.name, ()), run)
        for reader in loaded.readers:
            with changes_undone():
                yield from reader_problems(reader, samples.get(reader.name), golden)
        for table in loaded.tables:
            yield from table_problems(table)
        for form in loaded.table_formats:
            yield from format_problems(form)


def analysis_problems(
    analysis: Analysis, golden: Golden, examples: Sequence[Example], run_in_sandbox: Run
) -> Iterator[str]:
    """Yield what is wrong with one analysis; its golden file is only written if nothing is."""
    cases = cases_of(analysis, examples)
    yield from example_problems(cases)
    before = [columns_before(case.example) for case in cases]
    results: list[RunResult] = []
    problems: list[str] = []
    for case in cases:
        observed = case.observe()
        results.append(observed.result)
        problems += baseline_problems(case, observed.result, observed.side_effects)
    done = [(case, result) for case, result in zip(cases, results, strict=True) if result.status == "done"]
    for case, result in done[:1]:
        problems += process_problems(case, result, run_in_sandbox)
    if not done and not problems:
        problems.append(never_done_problem(cases, results))
    tried: set[str] = set()
    for case, result in done:
        problems += _done_problems(case, result, tried)
    for case, _ in done[:1]:
        # What a setting does depends little on the form of the data, and each analysis has many.
        problems += parameter_problems(case)
    for case, result in done:
        problems += repeat_problems(case, result)
    for case, columns in zip(cases, before, strict=True):
        problems += change_problems(case, columns)
    yield from problems
    if done:
        outputs = {case.form: result_summary(result) for case, result in zip(cases, results, strict=True)}
        comparison = replace(golden, update=golden.update and not problems)
        yield from comparison.problems(analysis.name, analysis.version, outputs)


def _done_problems(case: Case, result: RunResult, tried: set[str]) -> Iterator[str]:
    yield from missing_problems(case, result)
    yield from bound_problems(case, result)
    yield from component_problems(case, result)
    yield from robustness_problems(case, result, tried)
