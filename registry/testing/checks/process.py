"""Checks that an analysis gives the same in the process in which the registry runs it, which loads the plugin anew."""

from collections.abc import Iterator

from registry.sandbox.run_result import RunResult
from registry.testing.checks.case import Case
from registry.testing.sandboxed import Run


def process_problems(case: Case, expected: RunResult, run: Run) -> Iterator[str]:
    """Check that it ends in its own process as it did in this one."""
    result = run(case.analysis, case.example)
    if result.status != expected.status:
        codes = ", ".join(message.code for message in result.messages)
        yield (
            f"{case.where} ends as {expected.status} here, but as {result.status} in the process of the registry: "
            f"{result.text} ({codes})"
        )
