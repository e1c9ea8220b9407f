import numpy as np
import pytest

from analyses.symmetric_cells.conditions import half_conditions
from analyses.symmetric_cells.overpotential import half_cycle_runs
from analyses.symmetric_cells.row_scan import Scan, scan_rows, voltage_offset_v
from registry.testing.synthetic.symmetric_program import Fault, SymmetricCell, half_cycles, program_rows

NAMES = ("test_time_second", "voltage_volt", "current_ampere")


def scan_of(cell: SymmetricCell, **changed) -> Scan:
    rows = program_rows(half_cycles(1e-3, pairs=6), cell, **changed)
    time, voltage, current = (rows[name] for name in NAMES)
    runs = half_cycle_runs(time, voltage, current)
    return scan_rows(time, voltage, current, runs, half_conditions(time, current, None, runs))


def test_a_sound_cell_has_a_ratio_of_about_one() -> None:
    scan = scan_of(SymmetricCell(transient=0.5, offset_v=0.01, noise_v=1e-4))
    assert scan.drops == scan.rises == ()
    assert scan.is_sound.all()
    assert scan.ratio[240:] == pytest.approx(np.ones(480), abs=0.08)


def test_a_drop_has_a_begin_and_an_end() -> None:
    scan = scan_of(SymmetricCell(faults=(Fault(5.5, 8.25, 0.2),)))
    (drop,) = scan.drops
    assert (drop.begin, drop.end) == (330, 495)
    assert scan.half_of(drop.begin) == 5
    assert np.flatnonzero(~scan.is_sound).tolist() == [5, 6, 7, 8]


def test_a_rise_is_a_loss_of_contact() -> None:
    scan = scan_of(SymmetricCell(faults=(Fault(5.5, 6.5, 10.0),)))
    (rise,) = scan.rises
    assert (rise.begin, rise.end) == (330, 390)
    assert scan.drops == ()


def test_drops_in_the_first_half_cycle_are_seen_after_its_first_quarter() -> None:
    assert [drop.begin for drop in scan_of(SymmetricCell(faults=(Fault(0.5, factor=0.1),))).drops] == [30]


def test_the_offset_is_what_both_directions_share() -> None:
    rows = program_rows(half_cycles(1e-3, pairs=3), SymmetricCell(offset_v=0.02))
    time, voltage, current = (rows[name] for name in NAMES)
    runs = half_cycle_runs(time, voltage, current)
    assert voltage_offset_v(voltage, runs, half_conditions(time, current, None, runs)) == pytest.approx(0.02)
