import numpy as np
import pytest

from analyses.symmetric_cells.conditions import half_conditions
from analyses.symmetric_cells.creeping import Decline, is_formation, slow_declines
from analyses.symmetric_cells.overpotential import half_cycle_runs
from analyses.symmetric_cells.row_scan import scan_rows
from registry.testing.synthetic.symmetric_program import Fault, SymmetricCell, half_cycles, program_rows

NAMES = ("test_time_second", "voltage_volt", "current_ampere")


def declines_of(cell: SymmetricCell, pairs: int = 100) -> list[Decline]:
    rows = program_rows(half_cycles(1e-3, pairs=pairs), cell, interval_s=300.0)
    time, voltage, current = (rows[name] for name in NAMES)
    runs = half_cycle_runs(time, voltage, current)
    conditions = half_conditions(time, current, None, runs)
    scan = scan_rows(time, voltage, current, runs, conditions)
    return slow_declines(scan, conditions, time)


def test_a_slow_decline_begins_where_the_level_falls_by_a_tenth() -> None:
    """From 50 Ω by a factor of ten in 200 h from 60 h on: a tenth is lost after 9 h, half after 60 h."""
    (decline,) = declines_of(SymmetricCell(faults=(Fault(60.0, factor=0.1, over_h=200.0),)))
    assert decline.begin / 12 == pytest.approx(69, abs=3)
    assert decline.latest / 12 == pytest.approx(120, abs=5)
    assert decline.before_ohm == pytest.approx(50, rel=0.02)
    assert not decline.is_softening


@pytest.mark.parametrize(
    "cell",
    [
        SymmetricCell(breathing=0.2, scatter=0.03),
        SymmetricCell(growth_percent_h=1.0, scatter=0.05),
        SymmetricCell(faults=(Fault(20.0, factor=0.6, over_h=150.0),)),
    ],
    ids=["breathing", "growing", "a fall by 40 %"],
)
def test_other_changes_are_no_decline(cell: SymmetricCell) -> None:
    assert declines_of(cell) == []


def test_formation_levels_out() -> None:
    assert is_formation(100.0, np.array([90.0, 60.0, 50.0, 49.0]))
    assert not is_formation(100.0, np.array([90.0, 60.0, 30.0, 5.0]))
