"""Discharge capacity by current of a rate test, and its recovery."""

from collections.abc import Sequence

import numpy as np

from analyses.cycling.capacity.rate_steps import RateStep, rate_steps, recovery_percent
from analyses.insufficient_data import InsufficientData
from analyses.uncertainty import Estimate
from registry.contract.analysis_support.cycling.cycle_group_choice import GROUP_PARAMETERS, MA_PER_A
from registry.contract.analysis_support.cycling.cycling_pieces import read_pieces
from registry.contract.analysis_support.cycling.cycling_reading import read_cycling
from registry.contract.analysis_support.cycling.cycling_table import FIRST_HALF, FORMATION, ROWS, CyclingTable
from registry.contract.analysis_support.cycling.recorded_scale import in_known_units
from registry.hookspecs import (
    Analysis,
    Axis,
    Curve,
    Inputs,
    NotComputed,
    Outcome,
    Quantity,
    Refused,
    Result,
    Series,
    hookimpl,
)

CONTRACT_VERSION = 2

RECOVERY = "capacity_recovery_percent"


def run(inputs: Inputs) -> Outcome:
    """Return capacity and current of each step of a rate test, and the recovery."""
    dataset, joined = read_pieces(inputs)
    if dataset is None:
        raise Refused("missing-data", "no data: upload the file of a cycling test")
    if not set(ROWS) <= set(dataset.names):
        raise Refused(
            "missing-cycling-data",
            "needs rows with {rows}: the data have the columns {names}",
            rows=", ".join(ROWS),
            names=", ".join(dataset.names),
        )
    table = read_cycling(inputs, dataset, joined)
    if not table.groups.has_rate_steps:
        raise Refused(
            "no-rate-test",
            "not a rate test: a rate test has at least three currents, each for at most ten successive cycles",
        )
    steps = rate_steps(table.groups, table.discharge_mah, table.discharge_resolution_mah)
    values = [result for number, step in enumerate(steps, start=1) for result in _values(table, number, step)]
    lacking = []
    try:
        recovery, first, last = recovery_percent(steps)
        note = f"{_cycles(table, last)} over {_cycles(table, first)}, at {last.current_a * MA_PER_A:.3g} mA"
        values.append(Result(RECOVERY, recovery, note))
    except InsufficientData as error:
        lacking.append(NotComputed.because(RECOVERY, error))
    return in_known_units(dataset, Outcome(tuple(values), (_curve(steps),), table.messages, tuple(lacking)))


def _values(table: CyclingTable, number: int, step: RateStep) -> tuple[Result, ...]:
    at = {"step": number}
    low, high = step.range_mah
    note = f"median of {_cycles(table, step)}, which range from {low:.4g} to {high:.4g} mAh"
    current = Estimate.exact(step.current_a * MA_PER_A)
    return (
        Result("discharge_capacity_mah", step.capacity_mah, note, at=at),
        Result("discharge_current_ma", current, _cycles(table, step), at=at),
    )


def _cycles(table: CyclingTable, step: RateStep) -> str:
    first, last = table.cycle[step.members[0]], table.cycle[step.members[-1]]
    return f"cycle {first:.0f}" if first == last else f"cycles {first:.0f} to {last:.0f}"


def _curve(steps: tuple[RateStep, ...]) -> Curve:
    currents = np.array([step.current_a * MA_PER_A for step in steps])
    capacities = np.array([step.capacity_mah.magnitude for step in steps])
    bounds = np.array([step.range_mah for step in steps])
    series = Series(
        "Median, with the range of its cycles",
        currents.tolist(),
        capacities.tolist(),
        line=False,
        markers=True,
        y_lower=bounds[:, 0].tolist(),
        y_upper=bounds[:, 1].tolist(),
    )
    x, y = Axis(quantity="discharge_current_ma"), Axis(quantity="discharge_capacity_mah")
    return Curve("rate-capability", "Discharge capacity against current", x, y, (series,))


@hookimpl
def register_quantities() -> Sequence[Quantity]:
    """Add the recovery and the discharge current."""
    return (
        Quantity(
            slug=RECOVERY,
            name="Capacity recovery",
            unit="percent",
            unit_label="%",
            description="Discharge capacity when a current of the rate test is repeated, relative to its first use.",
            minimum=0,
        ),
        Quantity(
            slug="discharge_current_ma",
            name="Discharge current",
            unit="mA",
            unit_label="mA",
            symbol="I",
            description="Current of the constant-current part of the discharge, positive.",
            minimum=0,
        ),
    )


@hookimpl
def register_analyses() -> Sequence[Analysis]:
    """Offer the rate capability on cycling measurements."""
    return (
        Analysis(
            name="rate-capability",
            version="1.4.1",
            title="Rate capability",
            description="Discharge capacity at each current of a rate test, and the capacity recovered when a current "
            "is repeated.",
            techniques=("cycling",),
            outputs=("discharge_capacity_mah", "discharge_current_ma", RECOVERY),
            run=run,
            not_applicable=("no-current", "no-rate-test"),
            parameters=(FORMATION, FIRST_HALF, *GROUP_PARAMETERS[1:]),
            requirements=("rows with the test time, the voltage and the current, at three or more currents",),
        ),
    )
