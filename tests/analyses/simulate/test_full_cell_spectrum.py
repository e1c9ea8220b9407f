import numpy as np
import pytest

from analyses.simulate.arcs import Arc
from analyses.simulate.full_cell_spectrum import CellImpedance, GrowingArc, full_cell_spectrum

CELL = CellImpedance(10.0, (GrowingArc(Arc(20.0, 1e-4), 0.01), GrowingArc(Arc(5.0, 1e-2), 0.0)), 1e9)


def test_interfaces_grow_with_the_cycles() -> None:
    assert CELL.resistances_at(0) == [20.0, 5.0]
    assert CELL.resistances_at(100) == pytest.approx([40.0, 5.0])


def test_the_impedance_goes_from_the_ohmic_to_the_total_resistance() -> None:
    frequency, impedance = full_cell_spectrum(CELL, 100, relative_noise=0.0, seed=1)
    assert frequency[0] > frequency[-1]
    assert impedance[0].real == pytest.approx(10.0, abs=0.01)
    assert impedance[-1].real == pytest.approx(55.0, abs=0.01)


def test_an_interface_depends_on_the_voltage_as_stated() -> None:
    interface = GrowingArc(Arc(20.0, 1e-4), 0.01, fall_per_v=2.0)
    assert interface.at(50, 4.3).resistance_ohm == pytest.approx(30.0 * np.exp(-1))
    assert interface.at(50).resistance_ohm == pytest.approx(30.0)
