import numpy as np
import pytest

from plugins.stack_pressure import register_analyses
from registry.contract.analysis_support.stack_pressure.stack_pressure_test import (
    StackPressureTest,
    read_stack_pressure_test,
)
from registry.hookspecs import Inputs
from tests.coded import message_of, refuses
from tests.pressure_logs import KnownPressure

DEFAULTS = {parameter.name: parameter.default for parameter in register_analyses()[0].parameters}
KNOWN = KnownPressure(cycles=5)
COLUMNS = {**KNOWN.columns, "stack_pressure_megapascal": KNOWN.pressure(KNOWN.time_s)}


def read(columns=COLUMNS, **parameters: str) -> StackPressureTest:
    return read_stack_pressure_test(Inputs({"dataset.sha256": "ab"}, lambda: columns, DEFAULTS | parameters))


def test_all_cycles_are_compared_and_three_chosen() -> None:
    test = read()
    assert test.compared == (0, 1, 2, 3, 4)
    assert test.chosen == (0, 2, 4)
    assert len(test.changes) == 5


def test_chosen_cycles_are_those_listed() -> None:
    assert read(cycles="2, last").chosen == (1, 4)
    with refuses("cycle-not-in-data"):
        read(cycles="77")


def test_cycles_that_the_log_does_not_cover_are_named() -> None:
    inputs = Inputs(
        {"dataset.sha256": "ab", "datasets.pressure_log.count": 1, "datasets.pressure_log.1.sha256": "cd"},
        lambda: KNOWN.columns,
        DEFAULTS | {"clock_shift": "0", "cycles": "1, 5"},
        columns_of={"datasets.pressure_log.1": lambda: KNOWN.log(after_s=-30000.0)},
    )
    test = read_stack_pressure_test(inputs)
    assert test.chosen == (0,)
    message_of(test.messages, "cycles-without-pressure", count=1, cycles=5)
    message_of(test.messages, "chosen-cycles-without-pressure", cycles=[5.0])


@pytest.mark.parametrize(
    ("columns", "code"),
    [
        (
            {"test_time_second": KNOWN.time_s, "stack_pressure_megapascal": COLUMNS["stack_pressure_megapascal"]},
            "missing-cycling-data",
        ),
        ({"cycle_count": np.arange(1.0, 6), "cycle_discharging_capacity_ah": np.ones(5)}, "missing-cycling-data"),
        (KNOWN.columns, "missing-pressure"),
    ],
)
def test_data_without_cycles_or_pressure_are_refused(columns, code: str) -> None:
    with refuses(code):
        read(columns)


def test_no_data_are_refused() -> None:
    with refuses("missing-data"):
        read_stack_pressure_test(Inputs({}, parameters=DEFAULTS))


def test_a_log_without_a_whole_cycle_is_refused() -> None:
    single_cycle = KnownPressure(cycles=1)
    rows = single_cycle.time_s <= 20000
    columns = {name: column[rows] for name, column in single_cycle.columns.items()}
    with refuses("no-complete-cycle"):
        read({**columns, "stack_pressure_megapascal": single_cycle.pressure(columns["test_time_second"])})
