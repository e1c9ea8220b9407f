"""Per-cycle tables that violate the contract."""

from typing import Any

import numpy as np
import pytest

from registry.contract.cycle_table import MAX_CYCLE_NUMBER, MAX_NUMBERS
from registry.hookspecs import Analysis, CycleTable, Outcome
from registry.sandbox.cycle_table_check import cycle_table_fault
from registry.sandbox.outcome_check import ContractViolation, check_outcome

CAPACITY, LIFE = "discharge_capacity_mah", "cycles_to_80_percent"
NAN = float("nan")


def table(cycles: Any = (1, 2), columns: Any = None, groups: Any = ()) -> CycleTable:
    return CycleTable(cycles=cycles, columns={CAPACITY: [1.0, 2.0]} if columns is None else columns, groups=groups)


@pytest.mark.parametrize(
    "valid",
    [
        table(),
        table(np.array([0, MAX_NUMBERS - 1])),
        table((), {CAPACITY: ()}),
        table(columns={CAPACITY: np.array([NAN, 0.0]), "voltage_v": [-1, 2]}),
        table(columns={CAPACITY: [None, 1.0]}, groups=("", "C/2")),
        table([MAX_CYCLE_NUMBER - 1, MAX_CYCLE_NUMBER], {LIFE: [NAN, 3.0]}),
    ],
)
def test_a_table_within_the_contract_passes(valid: CycleTable) -> None:
    assert cycle_table_fault(valid) == ""


@pytest.mark.parametrize(
    ("invalid", "named"),
    [
        ({CAPACITY: [1.0]}, "dict"),
        (table(["a", "b"]), "cycle numbers"),
        (table([[1, 2]]), "(1, 2)"),
        (table([1, 1.5]), "1.5"),
        (table([-1, 2]), "-1"),
        (table([1, NAN]), "nan"),
        (table([1, 1e300]), "1e+300"),
        (table([2, 2]), "cycle 2 after cycle 2"),
        (table([2, 1]), "cycle 1 after cycle 2"),
        (table([0, MAX_NUMBERS]), f"cycles 0 to {MAX_NUMBERS}"),
        (table(columns=[1.0, 2.0]), "`columns`"),
        (table(columns={f"quantity_{number}": (1.0, 2.0) for number in range(101)}), "100 columns"),
        (table(columns={"discharge_capacity_ma": [1.0, 2.0]}), CAPACITY),
        (table(columns={1: [1.0, 2.0]}), "unknown quantity"),
        (table(columns={CAPACITY: [1.0]}), "(1,) for 2 cycles"),
        (table(columns={CAPACITY: [[1.0, 2.0]]}), "(1, 2) for 2 cycles"),
        (table(columns={CAPACITY: [1j, 2.0]}), "real numbers"),
        (table(columns={CAPACITY: [1.0, np.inf]}), "cycle 2"),
        (table(columns={CAPACITY: [1e301, 1.0]}), "cycle 1"),
        (table(columns={CAPACITY: [1.0, -2.0]}), "-2 at cycle 2"),
        (table(columns={"porosity_percent": [101.0, 50.0]}), "101 at cycle 1"),
        (table(columns={LIFE: [1.0, 1.5]}), "1.5 at cycle 2"),
        (table(groups="ab"), "`groups`"),
        (table(groups=("a",)), "1 groups for 2 cycles"),
        (table(groups=("a", 1)), "the group 1"),
        (table(groups=("a", "b" * 81)), "80 characters"),
    ],
)
def test_a_fault_names_the_place(invalid: Any, named: str) -> None:
    assert named in cycle_table_fault(invalid)


def test_a_fault_of_the_table_is_one_of_the_outcome() -> None:
    analysis = Analysis(
        name="trial",
        version="1",
        title="Trial",
        description="",
        techniques=("cycling",),
        outputs=(),
        run=lambda inputs: Outcome(),
    )
    check_outcome(analysis, Outcome(cycles=table()))
    with pytest.raises(ContractViolation):
        check_outcome(analysis, Outcome(cycles=table([2, 1])))
