"""The numbers of every built-in analysis are those of its golden file, on every kernel of the linear algebra."""

from pathlib import Path

import pytest

from registry import plugin_loading
from registry.testing import Golden
from registry.testing.checks.case import cases_of
from registry.testing.golden import result_summary
from tests.plugins.plugin_examples import EXAMPLES

GOLDEN = Golden(Path(__file__).parent / "golden")


@pytest.mark.parametrize("name", sorted(plugin_loading.current().analyses))
def test_the_examples_give_the_numbers_of_the_golden_file(name: str) -> None:
    analysis = plugin_loading.current().analyses[name]
    outputs = {case.form: result_summary(case.observe().result) for case in cases_of(analysis, EXAMPLES.get(name, ()))}
    assert list(GOLDEN.problems(name, analysis.version, outputs)) == []
