import numpy as np
import pytest

from analyses.stack_pressure.temperature_effect import temperature_effect

ROWS = np.arange(2000)
CHARGE = np.abs((ROWS / 250) % 2 - 1)
RANDOM = np.random.default_rng(2)
ROOM = 25 + 1.5 * np.sin(2 * np.pi * ROWS / 170)
NOISE = 0.002 * RANDOM.normal(size=ROWS.size)


def test_finds_the_coefficient_next_to_a_swing_with_the_charge() -> None:
    effect = temperature_effect(10 + 0.3 * CHARGE + 0.01 * ROOM + NOISE, ROOM, CHARGE)
    assert effect is not None
    assert effect.is_notable
    assert effect.mpa_per_k == pytest.approx(0.01, rel=0.1)
    assert effect.range_k == pytest.approx(3.0, rel=0.05)


def test_a_pressure_that_follows_the_charge_alone_is_not_notable() -> None:
    effect = temperature_effect(10 + 0.3 * CHARGE + NOISE, ROOM, CHARGE)
    assert effect is not None
    assert not effect.is_notable


def test_a_cell_that_warms_with_the_charge_is_not_taken_for_an_effect() -> None:
    degc = 25 + 2 * CHARGE + 0.05 * np.random.default_rng(5).normal(size=ROWS.size)
    effect = temperature_effect(10 + 0.3 * CHARGE + NOISE, degc, CHARGE)
    assert effect is not None
    assert not effect.is_notable


@pytest.mark.parametrize("degc", [np.full(ROWS.size, 25.0), np.where(ROWS == 5, np.nan, ROOM)])
def test_a_temperature_that_is_constant_or_unknown_says_nothing(degc: np.ndarray) -> None:
    assert temperature_effect(10 + CHARGE + NOISE, degc, CHARGE) is None
