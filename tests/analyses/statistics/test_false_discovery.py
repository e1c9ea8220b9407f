"""Probabilities adjusted for the number of tests."""

import numpy as np
import pytest

from analyses.statistics.false_discovery import false_discovery_rates


def test_a_single_test_keeps_its_probability() -> None:
    assert false_discovery_rates([0.03]) == [0.03]
    assert false_discovery_rates([]) == []


def test_the_rates_are_those_of_scipy() -> None:
    from scipy.stats import false_discovery_control

    probabilities = np.random.default_rng(1).uniform(size=40) ** 3
    assert false_discovery_rates(probabilities.tolist()) == pytest.approx(false_discovery_control(probabilities))
