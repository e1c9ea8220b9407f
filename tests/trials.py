"""Monte Carlo tests: few trials in the ordinary run, where only gross failures show, all of them by `-m slow`."""

from collections.abc import Collection

import pytest

FEW = 20
LEEWAY = 0.2
"""How far outside the bounds the share of few trials may lie: three standard deviations of 20 trials at 90 %."""


def trials(count: int) -> pytest.MarkDecorator:
    """Run a test that takes `trials` with few of them, and with all when slow tests run."""
    return pytest.mark.parametrize("trials", [FEW, pytest.param(count, marks=pytest.mark.slow)])


def holds(inside: Collection[bool], low: float = 0.9, high: float = 0.99) -> bool:
    """Return True if the share of trials inside lies within the bounds."""
    share = sum(inside) / len(inside)
    if len(inside) <= FEW:
        return low - LEEWAY <= share <= min(high + LEEWAY, 1.0)
    return low <= share <= high
