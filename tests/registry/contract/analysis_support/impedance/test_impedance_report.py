from dataclasses import replace

import numpy as np
import pytest

from analyses.impedance.circuits.circuit import parse_circuit
from analyses.impedance.circuits.circuit_choice import choose_circuit
from analyses.impedance.circuits.circuit_fit import fit_circuit
from analyses.impedance.kramers_kronig import kramers_kronig
from analyses.impedance.spectrum import check_spectrum
from registry.contract.analysis_support.impedance import impedance_report
from tests.coded import message_of
from tests.spectra import ONE_ARC, make_spectrum


def test_reports_frequencies_used_and_warnings() -> None:
    frequency = np.geomspace(1e6, 1, 20)
    imaginary = -np.geomspace(1, 1e4, 20)
    imaginary[0], real = 2.0, np.full(20, 10.0)
    real[-1] = -20.0
    spectrum = check_spectrum(frequency, real, imaginary, lowest_frequency_hz=0.5)
    first, *warnings = impedance_report.spectrum_messages(spectrum, has_inductor=False)
    assert first.text == "20 frequencies from 1e+06 to 1 Hz."
    assert [message.level for message in warnings] == ["warning", "warning"]
    assert message_of(warnings, "inductive-tail", inductive_points=1) is warnings[0]
    assert message_of(warnings, "negative-resistance", negative_real_points=1) is warnings[1]
    fitted = impedance_report.spectrum_messages(spectrum, has_inductor=True)
    assert message_of(fitted, "inductive-tail-described", inductive_points=1).level == "info"
    assert "inductive-tail" not in [message.code for message in fitted]


def test_warns_of_a_drift() -> None:
    first = make_spectrum().impedance_ohm
    other = make_spectrum(values=(50.0, 1200.0, 1e-9, 0.8, 1e-6, 0.8))
    spectrum = check_spectrum(other.frequency_hertz, first.real, other.impedance_ohm.imag)
    test = kramers_kronig(spectrum)
    (message,) = impedance_report.kramers_kronig_messages(test)
    assert message.level == "warning"
    assert message_of([message], "drift", residual_percent=test.residual_percent, noise_percent=test.noise_percent)
    assert message.parameters["probability"] < 1e-6


@pytest.mark.parametrize(
    ("probability", "residual", "code"),
    [
        (0.018, 1.03, "possible-drift"),
        (1e-5, 1.2, "possible-drift"),
        (0.002, 2.0, "possible-drift"),
        (1e-5, 2.0, "drift"),
    ],
)
def test_a_drift_is_a_fact_only_on_strong_evidence(probability: float, residual: float, code: str) -> None:
    test = replace(
        kramers_kronig(make_spectrum(relative_noise=0.01)),
        probability=probability,
        residual_percent=residual,
        noise_percent=1.0,
    )
    (message,) = impedance_report.kramers_kronig_messages(test)
    assert message_of([message], code, probability=probability, residual_percent=residual).level == "warning"


def test_values_of_a_fit_without_noise_have_six_digits() -> None:
    fit = fit_circuit(parse_circuit(ONE_ARC), make_spectrum())
    values = message_of(impedance_report.fit_messages(fit, None, 0.0), "fitted-parameters").parameters["values"]
    assert "±" not in values
    assert max(len(word) for word in values.split()) < 15


def test_noise_passes_unless_a_threshold_is_set() -> None:
    test = kramers_kronig(make_spectrum(relative_noise=0.02))
    (passed,) = impedance_report.kramers_kronig_messages(test)
    assert message_of([passed], "kramers-kronig-passed", probability=test.probability).level == "info"
    (noisy,) = impedance_report.kramers_kronig_messages(test, 1.0)
    assert message_of([noisy], "noisy-spectrum", threshold_percent=1.0).level == "warning"


def test_lists_candidate_circuits_and_why_they_were_rejected() -> None:
    spectrum = make_spectrum("R0-CPE0", (100.0, 1e-6, 0.9), 0.01)
    choice = choose_circuit(spectrum, 0.1)
    messages = impedance_report.fit_messages(choice.fit, choice, 1.0)
    assert "BIC" in message_of(messages, "circuit", circuit="R0-CPE0").parameters["how"]
    assert "rejected:" in "\n".join(message.text for message in messages)


def test_reports_a_value_at_its_limit() -> None:
    spectrum = make_spectrum("R0-p(R1,C1)-CPE2", (50.0, 1e3, 1e-10, 1e-6, 0.8))
    fit = fit_circuit(parse_circuit(ONE_ARC), spectrum)
    values = message_of(impedance_report.fit_messages(fit, None, 1.0), "fitted-parameters").parameters["values"]
    assert "CPE1_n = 1 (" in values
    assert values.count(" limit") == 1


def test_warns_of_values_the_spectrum_does_not_determine() -> None:
    fit = fit_circuit(parse_circuit(ONE_ARC), make_spectrum("R0-CPE0", (100.0, 1e-6, 0.9), 0.01))
    message = message_of(impedance_report.fit_messages(fit, None, 1.0), "parameter-not-determined")
    assert message.level == "warning"
    assert "R1" in message.parameters["unidentified"]


def test_warns_of_equally_likely_values() -> None:
    text = "R0-p(R1,CPE1)-p(R2,CPE2)-W1"
    values = (22.6, 194.0, 2.8e-7, 0.82, 40.6, 2.6e-5, 0.82, 513.0)
    fit = fit_circuit(parse_circuit(text), make_spectrum(text, values, 0.03, 20, np.geomspace(1e6, 0.1, 71)))
    (warning,) = (m for m in impedance_report.fit_messages(fit, None, 3.0) if m.level == "warning")
    assert warning.code == "other-values-fit"
    assert warning.parameters["values"].startswith("R0 = ")


def test_warns_of_an_arc_in_the_tail() -> None:
    text = "R0-p(R1,CPE1)-p(R2,CPE2)-CPE3"
    spectrum = make_spectrum(text, (50.0, 1e3, 1e-9, 0.9, 1e4, 2e-5, 0.9, 1e-6, 0.9))
    (message,) = impedance_report.tail_messages(fit_circuit(parse_circuit(text), spectrum), spectrum)
    assert message.code == "arc-in-blocking-tail"
    assert message.parameters["names"].startswith("R2 (")
