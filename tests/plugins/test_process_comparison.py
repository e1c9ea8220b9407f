"""The same processes of several cells."""

import math

import pytest

from plugins import process_comparison
from registry.testing import run_analysis
from tests.coded import message_of
from tests.plugins.plugin_examples import processes_of

RATIO = process_comparison.RATIO
BARE = [(1e-5, 20.0), (1e-2, 100.0)]


def test_processes_are_compared_whatever_their_numbers() -> None:
    """22/20 and 250/100, each with a standard uncertainty of √2 times 2 %."""
    result = run_analysis(process_comparison, processes_of(BARE, [(1.3e-2, 250.0), (1.1e-5, 22.0)]))
    ratios = {path: value for path, value in result.values.items() if path.startswith(RATIO)}
    assert sorted(value.magnitude for value in ratios.values()) == pytest.approx([1.1, 2.5])
    for value in ratios.values():
        assert value.standard_uncertainty == pytest.approx(0.02 * math.sqrt(2) * value.magnitude, rel=0.01)
    (slow,) = [message for message in result.messages if message.parameters.get("ratio") == pytest.approx(2.5)]
    assert slow.code == "process-compared"


def test_a_process_that_only_one_cell_has_is_named() -> None:
    result = run_analysis(process_comparison, processes_of(BARE, [(1.1e-5, 22.0)]))
    message_of(result.messages, "process-of-one-cell", ohm=100.0)


def test_more_than_two_cells_have_messages_and_a_plot_but_no_values() -> None:
    result = run_analysis(process_comparison, processes_of(BARE, BARE, BARE))
    assert not result.values
    assert sum(message.code == "process-compared" for message in result.messages) == 4
    (curve,) = result.outcome.curves
    assert len(curve.series) == 3


def test_several_spectra_under_equal_conditions_are_not_compared() -> None:
    result = run_analysis(process_comparison, processes_of(BARE, BARE, records=(1, 2)))
    assert (result.status, [message.code for message in result.messages]) == ("refused", ["no-common-processes"])
    result = run_analysis(
        process_comparison, processes_of(BARE, BARE, records=(1, 2)), parameters={"excluded": "M-10002 M-20002"}
    )
    assert len(result.values) == 2


def test_cells_without_processes_are_refused() -> None:
    result = run_analysis(process_comparison, processes_of(BARE, BARE), parameters={"excluded": "M-20001"})
    assert (result.status, [message.code for message in result.messages]) == ("refused", ["no-common-processes"])
