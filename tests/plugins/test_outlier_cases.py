"""Case 14: a spectrum of 75.0 Ω with two outlier points, and others of its kind."""

from pathlib import Path

import numpy as np
import pytest

from analyses.insufficient_data import InsufficientData
from analyses.uncertainty import Estimate
from plugins.ionic_conductivity import register_analyses, run
from registry.contract.analysis_support.impedance.outlier_points import LEFT_OUT, WITHOUT_OUTLIERS
from registry.hookspecs import Inputs, Outcome, Refused
from tests.coded import message_of, refuses
from tests.spectra import columns_of, make_spectrum

CASE_14 = Path(__file__).parents[1] / "data" / "cases" / "14-outlier-points" / "n5_outliers.csv"
DEFAULTS = {parameter.name: parameter.default for parameter in register_analyses()[0].parameters}


def inputs_of(columns: dict[str, np.ndarray], **parameters: object) -> Inputs:
    return Inputs({"dataset.sha256": "ab", "layers.count": 0}, lambda: columns, DEFAULTS | parameters)


def estimates(outcome: Outcome) -> dict[str, Estimate]:
    return {result.quantity: result.estimate for result in outcome.values}


def case_14() -> dict[str, np.ndarray]:
    """Case 14: R = 75.0 Ω, the point at 10 kHz three times too large and that at 31.6 Hz 0.3 times."""
    table = np.loadtxt(CASE_14, delimiter=",", skiprows=1)
    names = ("frequency_hertz", "real_impedance_ohm", "imaginary_impedance_ohm")
    return dict(zip(names, table.T, strict=True))


def test_names_the_outliers_of_case_14_and_does_not_trust_the_fit() -> None:
    outcome = run(inputs_of(case_14()))
    for frequency, row, others in ((10000.0, 21, "10000"), (31.6228, 46, "31.6228")):
        message = message_of(outcome.messages, "outlier-point", frequency_hz=frequency, row=row)
        assert [(offer.parameter, offer.value) for offer in message.offers] == [(LEFT_OUT, others)]
    (offer,) = message_of(outcome.messages, "outliers-in-resistance", without_ohm=75.0).offers
    assert offer.value == "10000, 31.6228"
    resistance = next(result for result in outcome.values if result.quantity == "resistance_ohm")
    low, high = resistance.estimate.interval()
    assert low < 75.0 < high
    assert resistance.method_spread[WITHOUT_OUTLIERS] == pytest.approx(75.0, abs=0.05)


def test_leaving_out_the_outliers_of_case_14_gives_the_resistance() -> None:
    outcome = run(inputs_of(case_14(), **{LEFT_OUT: "10000, 31.6"}))
    assert estimates(outcome)["resistance_ohm"].magnitude == pytest.approx(75.0, abs=0.05)
    assert [message.level for message in outcome.messages if message.code == "outlier-point"] == []
    message = message_of(outcome.messages, "point-left-out", frequency_hz=10000.0, row=21)
    assert [offer.value for offer in message.offers] == ["31.6228"]
    assert len(next(curve for curve in outcome.curves if curve.name == "nyquist").series) == 3


def test_a_spectrum_without_a_fit_because_of_outliers_names_them() -> None:
    """The outlier turns a fit of the circuit entered into one that determines nothing."""
    columns = {name: column.copy() for name, column in columns_of(make_spectrum(relative_noise=0.003)).items()}
    columns["real_impedance_ohm"][20] *= 3
    refused = {"code": "circuit-blocks-direct-current"}
    with refuses("outlier-points", Refused, rows=[21], error=refused) as refusal:
        run(inputs_of(columns, circuit="C1-CPE2"))
    (offer,) = refusal.value.offers
    assert float(offer.value) == pytest.approx(columns["frequency_hertz"][20], rel=1e-5)


def test_a_frequency_to_leave_out_that_is_no_point_is_refused() -> None:
    with refuses("no-point-at-frequency", InsufficientData, frequency_hz=11000.0, nearest_hz=10000.0):
        run(inputs_of(case_14(), **{LEFT_OUT: "11000"}))
    with refuses("invalid-frequency", Refused, word="10k"):
        run(inputs_of(case_14(), **{LEFT_OUT: "10k"}))


@pytest.mark.parametrize("method", ["minimum", "fit"])
def test_outliers_widen_the_resistance_by_any_method(method: str) -> None:
    clean = make_spectrum(relative_noise=0.003)
    columns = {name: column.copy() for name, column in columns_of(clean).items()}
    index = 20 + int(np.argmin(-clean.impedance_ohm.imag[20:]))
    columns["real_impedance_ohm"][index] *= 1.2
    outcome = run(inputs_of(columns, resistance_method=method))
    message = message_of(outcome.messages, "outliers-in-resistance")
    computed = estimates(outcome)["resistance_ohm"]
    change = abs(message.parameters["with_ohm"] - message.parameters["without_ohm"])
    assert computed.standard_uncertainty >= change > 0


def test_a_robust_fit_of_case_14_gives_the_resistance_with_both_points() -> None:
    outcome = run(inputs_of(case_14(), fit_loss="robust"))
    resistance = estimates(outcome)["resistance_ohm"]
    assert resistance.magnitude == pytest.approx(75.0, abs=0.1)
    assert message_of(outcome.messages, "outlier-point", row=21)
    assert message_of(outcome.messages, "circuit", loss="robust")
