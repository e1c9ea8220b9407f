import numpy as np

from registry.contract.reader_support.columns.electrode_potentials import (
    COUNTER,
    VOLTAGE,
    WORKING,
    give_voltage,
    with_difference,
)


def test_the_voltage_is_the_difference_of_the_potentials_which_stay() -> None:
    columns, (message,) = with_difference({WORKING: np.array([3.9, 3.8]), COUNTER: np.array([0.1, 0.2])})
    np.testing.assert_allclose(columns[VOLTAGE], [3.8, 3.6])
    assert {WORKING, COUNTER} <= columns.keys()
    assert message.code == "voltage-from-electrodes"


def test_a_recorded_voltage_stays_and_one_potential_gives_none() -> None:
    three = np.array([3.0])
    assert with_difference({WORKING: three, COUNTER: three, VOLTAGE: three})[1] == []
    assert with_difference({WORKING: three}) == ({WORKING: three}, [])
    assert not give_voltage({WORKING, VOLTAGE})
