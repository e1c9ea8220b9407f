"""Distribution of relaxation times of made spectra."""

import numpy as np
import pytest

from plugins import relaxation_times
from registry.contract.outcome import Outcome
from registry.hookspecs import Inputs, Refused
from tests.spectra import columns_of, make_spectrum

FREQUENCY = np.geomspace(1e6, 1e-2, 81)
TWO = [10.0, 50.0, 1e-4**0.9 / 50, 0.9, 80.0, 1e-1**0.85 / 80, 0.85]


def analyse(text: str, values: list[float], noise: float, **changed: object) -> Outcome:
    (analysis,) = relaxation_times.register_analyses()
    parameters = {parameter.name: parameter.default for parameter in analysis.parameters} | changed
    columns = columns_of(make_spectrum(text, values, noise, 3, FREQUENCY))
    return analysis.run(Inputs({"dataset.sha256": "ab"}, lambda: columns, parameters))


def analyse_points(count: int, seed: int) -> Outcome:
    """Return the result of two processes between 1 MHz and 10 mHz with 0.3 % noise."""
    frequency = np.geomspace(1e6, 1e-2, count)
    columns = columns_of(make_spectrum("R0-p(R1,CPE1)-p(R2,CPE2)", TWO, 0.003, seed, frequency))
    (analysis,) = relaxation_times.register_analyses()
    parameters = {parameter.name: parameter.default for parameter in analysis.parameters}
    return analysis.run(Inputs({"dataset.sha256": "ab"}, lambda: columns, parameters))


def values_at(outcome: Outcome, quantity: str) -> list[float]:
    return [value.estimate.magnitude for value in outcome.values if value.quantity == quantity]


@pytest.mark.parametrize("rule", ["discrepancy", "gcv"])
def test_two_processes_have_numbers_with_their_values(rule: str) -> None:
    outcome = analyse("R0-p(R1,CPE1)-p(R2,CPE2)", TWO, 0.003, smoothing_rule=rule)
    assert values_at(outcome, "process_resistance_ohm") == pytest.approx([50, 80], rel=0.05)
    assert values_at(outcome, "relaxation_time_s") == pytest.approx([1e-4, 1e-1], rel=0.1)
    assert values_at(outcome, "process_capacitance_f") == pytest.approx([2e-6, 1.25e-3], rel=0.15)
    assert min(values_at(outcome, "process_probability_percent")) > 90
    (total,) = (value for value in outcome.values if value.quantity == "polarisation_resistance_ohm")
    low, high = total.estimate.interval()
    assert low < 130 < high
    assert total.method_spread is not None
    assert total.method_spread[relaxation_times.OF_PEAKS] == pytest.approx(130, rel=0.02)


def test_the_curve_has_a_band_and_the_peaks() -> None:
    gamma, nyquist = analyse("R0-p(R1,CPE1)-p(R2,CPE2)", TWO, 0.01).curves
    line, peaks = gamma.series
    assert line.y_lower is not None
    assert line.y_upper is not None
    assert all(a <= b <= c for a, b, c in zip(line.y_lower, line.y, line.y_upper, strict=True))
    assert len(peaks.x) == 2
    assert nyquist.equal_aspect


def test_a_tail_and_a_peak_outside_the_window_are_named() -> None:
    codes = [message.code for message in analyse("R0-p(R1,CPE1)-CPE2", [10, 50, 1e-5, 0.9, 1e-4, 0.9], 0.003).messages]
    assert "drt-tail" in codes
    slow = [10.0, 50.0, 1e-4**0.9 / 50, 0.9, 200.0, 60.0**0.95 / 200, 0.95]
    codes = [message.code for message in analyse("R0-p(R1,CPE1)-p(R2,CPE2)", slow, 0.001).messages]
    assert "peak-outside-window" in codes


def test_refuses_without_data() -> None:
    (analysis,) = relaxation_times.register_analyses()
    with pytest.raises(Refused) as refusal:
        analysis.run(Inputs({}))
    assert refusal.value.code == "missing-data"


@pytest.mark.parametrize("seed", range(6))
def test_a_peak_that_few_points_do_not_determine_has_reasons_and_no_false_outliers(seed: int) -> None:
    """12 points over 8 decades of two arcs: no point is off, and a residual of the arcs exceeds the noise if stated."""
    outcome = analyse_points(12, seed)
    assert "outlier-point" not in {message.code for message in outcome.messages}
    for message in outcome.messages:
        if message.code == "arcs-do-not-describe":
            assert message.parameters["residual_percent"] > message.parameters["noise_percent"]
    peaks = len(values_at(outcome, "process_probability_percent"))
    for quantity in ("relaxation_time_s", "process_resistance_ohm"):
        lacking = [item for item in outcome.not_computed if item.quantity == quantity]
        assert {item.code for item in lacking} <= {"process-not-determined"}
        assert len(values_at(outcome, quantity)) + len(lacking) == peaks


@pytest.mark.parametrize("seed", range(1, 9))
def test_two_clear_processes_of_33_points_are_both_supported(seed: int) -> None:
    """A third arc that takes the place of either of them once it is removed does not make them doubtful."""
    outcome = analyse_points(33, seed)
    assert len(values_at(outcome, "process_resistance_ohm")) == 2
    assert min(values_at(outcome, "process_probability_percent")) > 80
