"""Values and messages of the processes of spectra."""

import numpy as np
import pytest

from analyses.impedance.relaxation_times.drt_peaks import Peak
from registry.contract.analysis_support.impedance.processes import assignment_messages, process_estimates
from registry.hookspecs import Estimate, Inputs


def peak(exponent: float = 0.8, spread: float = 0.01) -> Peak:
    return Peak(1e-3, 50.0, exponent, np.diag([spread**2, spread**2, 0.0, 0.0]), 0.99, True, 10.0)


def test_the_interface_capacitance_is_that_of_brug() -> None:
    """Q = τ^n/R; C = Q^(1/n) (1/R_s + 1/R)^((n-1)/n)."""
    admittance = 1e-3**0.8 / 50
    brug = admittance ** (1 / 0.8) * (1 / 10 + 1 / 50) ** (-0.2 / 0.8)
    estimates = process_estimates(peak(), 100)
    assert estimates["interface_capacitance_f"].magnitude == pytest.approx(brug)
    assert estimates["process_capacitance_f"].magnitude == pytest.approx(2e-5)


def test_gradients_of_the_interface_capacitance_are_its_derivatives() -> None:
    def log_capacitance(log_r: float, log_q: float, n: float, log_series: float) -> float:
        tau = np.exp((log_r + log_q) / n)
        moved = Peak(tau, np.exp(log_r), n, np.eye(4), 1.0, True, np.exp(log_series))
        return float(np.log(moved.interface_capacitance_f))

    at = np.array([np.log(50.0), np.log(1e-3**0.8 / 50), 0.8, np.log(10.0)])
    steps = 1e-6 * np.eye(4)
    numeric = [(log_capacitance(*(at + step)) - log_capacitance(*(at - step))) / 2e-6 for step in steps]
    assert peak().interface_gradient == pytest.approx(numeric, rel=1e-5)


def test_a_value_whose_interval_spans_a_decade_is_left_out() -> None:
    assert process_estimates(peak(spread=2.0), 100) == {}


def test_assignments_need_the_area() -> None:
    (message,) = assignment_messages(Inputs({}), [peak()])
    assert message.code == "no-assignment"
    (message,) = assignment_messages(Inputs({"setup.die_diameter_mm": Estimate.exact(10.0)}), [peak()])
    assert (message.code, message.parameters["assignment"]) == ("tentative-assignment", "charge transfer")
    assert message.parameters["capacitance_f_cm2"] == pytest.approx(2e-5 / 0.7854, rel=1e-3)
