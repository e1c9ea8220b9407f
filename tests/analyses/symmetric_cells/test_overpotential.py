"""Known answers: `registry/testing/synthetic/symmetric.py`, an ohmic cell with a set resistance."""

import numpy as np
import pytest

from analyses.insufficient_data import InsufficientData
from analyses.symmetric_cells.overpotential import (
    HalfCycles,
    symmetric_half_cycles,
    usual_current_a,
)
from registry.testing.synthetic.symmetric import symmetric_rows
from tests.coded import refuses

NAMES = ("test_time_second", "voltage_volt", "current_ampere")
STEPPED = [1e-3 * step for step in range(1, 7)]


def halves_of(rows, last_share=0.2) -> HalfCycles:
    columns = [rows[name] for name in NAMES]
    return symmetric_half_cycles(*columns, last_share=last_share)


def row_at(rows, hours) -> int:
    return int(np.argmax(rows["test_time_second"] >= hours * 3600))


def test_computes_the_overpotential_of_an_ohmic_cell() -> None:
    """1 mA through 50 Ω is 50 mV, in either direction."""
    halves = halves_of(symmetric_rows([1e-3] * 10))
    assert halves.current_a.size == 20
    assert halves.overpotential_v == pytest.approx(0.05)
    assert halves.runs.sign.tolist() == [1, -1] * 10
    assert (halves.end_v[3], halves.peak_v[3]) == pytest.approx((0.05, 0.05))


def test_averages_the_last_part_and_gives_end_and_peak() -> None:
    """With an arc of 0.5 the ends are 75 mV; the last fifth, position 0.6 to 1, has a mean position² of 0.653."""
    halves = halves_of(symmetric_rows([1e-3] * 10, arc=0.5, points=600))
    assert halves.overpotential_v == pytest.approx(0.05 * (1 + 0.5 * 0.6533), rel=1e-3)
    assert halves.end_v == pytest.approx(0.075)
    assert halves_of(symmetric_rows([1e-3] * 10, arc=0.5, points=600), 1.0).overpotential_v == pytest.approx(
        0.05 * (1 + 0.5 / 3), rel=1e-2
    )


def test_rests_belong_to_no_half_cycle() -> None:
    rows = symmetric_rows([1e-3] * 4)
    parts = {name: np.split(column, 8) for name, column in rows.items()}
    rest = {"voltage_volt": np.zeros(5), "current_ampere": np.zeros(5)}
    joined = {name: np.concatenate([piece for part in parts[name] for piece in (part, rest[name])]) for name in rest}
    joined["test_time_second"] = np.arange(joined["voltage_volt"].size) * 60.0
    assert halves_of(joined).overpotential_v == pytest.approx(np.full(8, 0.05))


def test_a_step_of_the_current_in_one_direction_begins_a_half_cycle() -> None:
    current = np.repeat([1e-3, 2e-3, 3e-3], 50)
    rows = {"test_time_second": np.arange(150) * 60.0, "voltage_volt": 50 * current, "current_ampere": current}
    assert halves_of(rows).overpotential_v == pytest.approx([0.05, 0.10, 0.15])


def test_the_usual_current_is_the_most_frequent() -> None:
    halves = halves_of(symmetric_rows([1e-4] * 3 + [1e-3] * 10 + [2e-3] * 2))
    assert usual_current_a(halves) == pytest.approx(1e-3)
    assert halves.at(2e-3).current_a.size == 4


def test_keeps_the_half_cycles_before_a_row() -> None:
    halves = halves_of(symmetric_rows([1e-3] * 10))
    assert halves.before(150).current_a.size == 2
    assert halves.before(None).current_a.size == 20


def test_refuses_a_current_of_the_wrong_sign() -> None:
    rows = symmetric_rows([1e-3] * 4)
    with pytest.raises(InsufficientData, match="opposite signs"):
        halves_of(rows | {"voltage_volt": -rows["voltage_volt"]})


def test_refuses_a_test_without_current_or_with_single_rows() -> None:
    rows = symmetric_rows([1e-3] * 4)
    with refuses("no-current", InsufficientData):
        halves_of(rows | {"current_ampere": np.zeros(rows["voltage_volt"].size)})
    with refuses("too-few-rows-per-half-cycle", InsufficientData, fewest_rows=3):
        halves_of(symmetric_rows([1e-3] * 4, points=2))
