import numpy as np
import pytest

from analyses.insufficient_data import InsufficientData
from registry.contract.analysis_support.symmetric_cells.symmetric_test import SymmetricTest, read_symmetric_test
from registry.hookspecs import Inputs, Refused
from registry.testing.synthetic.symmetric_program import Fault, SymmetricCell, half_cycles, program_rows
from tests.coded import refuses

STEPS = half_cycles(1e-3, pairs=6)


def read(rows) -> SymmetricTest:
    return read_symmetric_test(Inputs({"dataset.sha256": "ab"}, lambda: rows, {}), 0.2)


def test_reads_half_cycles_and_events() -> None:
    test = read(program_rows(STEPS, SymmetricCell(faults=(Fault(7.5, factor=0.1),))))
    assert test.halves.current_a.size == 12
    assert test.events.first_short_row == 450
    assert test.sound_halves.current_a.size == 7
    assert test.hours(3600.0) == pytest.approx(1.0)


def test_half_cycles_without_contact_are_left_out() -> None:
    test = read(program_rows(STEPS, SymmetricCell(faults=(Fault(7.5, 8.5, 20.0),))))
    assert test.sound_halves.current_a.size == 10


@pytest.mark.parametrize("name", ["temperature_t1_celsius", "ambient_temperature_celsius"])
def test_reads_the_temperature_of_either_column(name: str) -> None:
    rows = program_rows(STEPS)
    rows[name] = np.where(rows["test_time_second"] < 4 * 3600, 25.0, 60.0)
    rows[name][3] = np.nan
    (change,) = read(rows).events.temperature_changes
    assert (change.before_degc, change.after_degc) == (25.0, 60.0)


def test_a_column_without_temperatures_is_none() -> None:
    rows = program_rows(STEPS)
    assert read(rows | {"temperature_t1_celsius": np.full(720, np.nan)}).events.temperature_changes == ()


def test_names_a_gap_under_current() -> None:
    rows = program_rows(STEPS)
    kept = (rows["test_time_second"] < 11_000) | (rows["test_time_second"] > 13_000)
    test = read({name: column[kept] for name, column in rows.items()})
    assert [message.code for message in test.messages] == ["gap-under-current"]


def test_refuses_without_data_or_current() -> None:
    with refuses("missing-data", Refused):
        read_symmetric_test(Inputs({}, dict, {}), 0.2)
    with refuses("no-current", InsufficientData):
        read(program_rows([(0.0, 1.0)]))
