import numpy as np

from plugins.capacity_retention import register_analyses
from registry.contract.analysis_support.cycling.comparable_cycles import Span, span_of
from registry.contract.analysis_support.cycling.cycling_reading import read_cycling
from registry.hookspecs import Inputs, Refused
from registry.testing.synthetic.cycling import cycling_rows
from tests.coded import refuses

DEFAULTS = {parameter.name: parameter.default for parameter in register_analyses()[0].parameters}
CAPACITY = np.r_[[0.02] * 2, 0.018 * (1 - 0.001 * np.arange(12))]
ROWS = cycling_rows(CAPACITY, current_a=[1e-4] * 2 + [1e-3] * 12)


def span(rows: dict[str, np.ndarray] = ROWS, **parameters: object) -> Span:
    inputs = Inputs({"dataset.sha256": "ab"}, lambda: rows, DEFAULTS | parameters)  # type: ignore[arg-type]
    assert inputs.dataset is not None
    return span_of(inputs, read_cycling(inputs, inputs.dataset))


def test_goes_from_the_first_to_the_last_cycle_of_its_group() -> None:
    chosen = span()
    assert (chosen.group.name, chosen.reference, chosen.end) == ("cycling", 3, 14)
    assert chosen.series.cycle.tolist() == [*range(3, 15)]
    charge = chosen.of(chosen.table.charge_mah)
    assert charge is not None
    assert charge.size == 12


def test_a_cycle_of_another_group_is_not_comparable() -> None:
    with refuses("cycle-of-another-group", Refused, cycle=2):
        span(end_cycle=2)


def test_an_interrupted_cycle_is_not_chosen() -> None:
    rows = cycling_rows(CAPACITY, current_a=[1e-4] * 2 + [1e-3] * 12, cut_last_at=0.4)
    with refuses("interrupted-cycle", Refused, interrupted=14):
        span(rows, end_cycle=14)


def test_one_discharge_is_not_enough() -> None:
    with refuses("too-few-discharges", Refused, count=1):
        span({name: column[ROWS["cycle_count"] == 1] for name, column in ROWS.items()})
