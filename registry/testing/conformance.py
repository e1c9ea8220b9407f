"""One assertion that holds a plugin against the whole contract."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from registry.hookspecs import Analysis
from registry.sandbox.run_result import RunResult
from registry.testing.checks.case import Case, cases_of
from registry.testing.checks.descriptors import format_faults, quantity_faults, table_faults
from registry.testing.checks.determinism import (
    baseline_faults,
    change_faults,
    columns_before,
    never_done_fault,
    repeat_faults,
)
from registry.testing.checks.missing import missing_faults
from registry.testing.checks.reading import Sample, reader_faults
from registry.testing.checks.robustness import hostile_faults, parameter_faults
from registry.testing.example import Example
from registry.testing.golden import Golden, ended_summary
from registry.testing.registration import name_of, registered
from registry.testing.running import changes_undone


def assert_plugin_conforms(
    plugin: Any,
    golden: Golden,
    *,
    examples: Mapping[str, Sequence[Example]] | None = None,
    samples: Mapping[str, Mapping[str, Sample]] | None = None,
    beside: Sequence[Any] = (),
) -> None:
    """Hold every analysis, reader, quantity, table and format of a plugin against the contract.

    All that is wrong is raised as one AssertionError, each point with its mend. `examples` are inputs by the name of
    the analysis, in the place of those Cellar makes; `samples` are files by the name of the reader, and by what they
    are; `beside` are other plugins whose quantities this one uses.
    """
    __tracebackhide__ = True
    faults = list(plugin_faults(plugin, golden, examples=examples or {}, samples=samples or {}, beside=beside))
    if faults:
        points = "\n".join(f"{number}. {fault}." for number, fault in enumerate(faults, start=1))
        raise AssertionError(f"{name_of(plugin)} does not conform to the contract of plugins:\n{points}")


def plugin_faults(
    plugin: Any,
    golden: Golden,
    *,
    examples: Mapping[str, Sequence[Example]],
    samples: Mapping[str, Mapping[str, Sample]],
    beside: Sequence[Any] = (),
) -> Iterator[str]:
    """Yield what is wrong with a plugin; nothing else is looked at where the registry would not take it in."""
    with registered(plugin, beside) as found:
        yield from found.problems
        for quantity in found.quantities:
            yield from quantity_faults(quantity)
        for analysis in found.analyses:
            with changes_undone():
                yield from analysis_faults(analysis, golden, examples.get(analysis.name, ()))
        for reader in found.readers:
            yield from reader_faults(reader, samples.get(reader.name), golden)
        for table in found.tables:
            yield from table_faults(table)
        for form in found.table_formats:
            yield from format_faults(form)


def analysis_faults(analysis: Analysis, golden: Golden, examples: Sequence[Example] = ()) -> Iterator[str]:
    """Yield what is wrong with one analysis; what an unsound one gives is not kept as golden."""
    cases = cases_of(analysis, examples)
    before = [columns_before(case.example) for case in cases]
    endings: list[RunResult] = []
    faults: list[str] = []
    for case in cases:
        seen = case.observe()
        endings.append(seen.ended)
        faults += baseline_faults(case, seen.ended, seen.fault)
    done = [(case, ended) for case, ended in zip(cases, endings, strict=True) if ended.status == "done"]
    if not done and not faults:
        faults.append(never_done_fault(cases, endings))
    for case, ended in done:
        faults += _done_faults(case, ended)
    for case, kept in zip(cases, before, strict=True):
        faults += change_faults(case, kept)
    yield from faults
    if done:
        outputs = {case.form: ended_summary(ended) for case, ended in zip(cases, endings, strict=True)}
        keeping = replace(golden, update=golden.update and not faults)
        yield from keeping.faults(analysis.name, analysis.version, outputs)


def _done_faults(case: Case, ended: RunResult) -> Iterator[str]:
    yield from repeat_faults(case, ended, "the second time")
    yield from missing_faults(case, ended)
    yield from hostile_faults(case, ended)
    yield from parameter_faults(case)
    yield from repeat_faults(case, ended, "after it had run on other inputs")
