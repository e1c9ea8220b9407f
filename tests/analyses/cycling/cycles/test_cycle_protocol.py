"""Known answers: programs written down in the tests themselves."""

from dataclasses import replace

import numpy as np
import pytest

from analyses.cycling.cycles.cycle_protocol import emptying_first, interrupted_last, whole_cycles, without_last_charge
from analyses.cycling.cycles.cycle_summary import CycleSummary, cycle_summary
from registry.testing.synthetic.cycling import cycling_rows

CAPACITY = np.full(12, 0.018)


def summary_of(**options) -> CycleSummary:
    rows = cycling_rows(CAPACITY, **options)
    return cycle_summary(rows["test_time_second"], rows["voltage_volt"], rows["current_ampere"])


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
@pytest.mark.parametrize("noise", [0.0, 1e-3])
def test_a_discharge_that_ends_before_its_cut_off_is_interrupted(share: float, noise: float) -> None:
    why = interrupted_last(summary_of(cut_last_at=share, noise=noise))
    assert (why.code, why.parameters["half"]) == ("interrupted-cycle-excluded", "discharge")
    assert why.parameters["usual_v"] == pytest.approx(2.9, abs=0.1)


def test_a_charge_without_discharge_is_interrupted() -> None:
    rows = cycling_rows(CAPACITY)
    kept = (rows["cycle_count"] < 12) | (rows["current_ampere"] > 0)
    columns = [rows[name][kept] for name in ("test_time_second", "voltage_volt", "current_ampere")]
    why = interrupted_last(cycle_summary(*columns))
    assert why.code == "interrupted-cycle-excluded"
    assert why.parameters == {"cycle": 12, "present": "charge", "missing": "discharge"}


def test_in_a_half_cell_the_charge_must_end_at_its_cut_off() -> None:
    why = interrupted_last(summary_of(discharge_first=True, cut_last_at=0.5))
    assert why.parameters["half"] == "charge"
    assert [why.parameters[name] for name in ("end_v", "usual_v")] == pytest.approx([3.65, 4.25], abs=0.005)


@pytest.mark.parametrize("noise", [0.0, 1e-3, 5e-3])
def test_a_complete_last_cycle_is_not_interrupted(noise: float) -> None:
    assert interrupted_last(summary_of(noise=noise)) is None


def test_a_complete_last_discharge_numbered_before_its_charge_is_not_interrupted() -> None:
    """Cycle 1 is the first charge alone, and each later number steps before the discharge."""
    rows = cycling_rows(CAPACITY)
    count = rows["cycle_count"] + (rows["voltage_volt"] < 4.2) * (rows["current_ampere"] < 0)
    rows["cycle_count"] = np.maximum.accumulate(count)
    columns = [rows[name] for name in ("test_time_second", "voltage_volt", "current_ampere")]
    table = cycle_summary(*columns, cycle_count=rows["cycle_count"])
    assert np.isnan(table.charge_ah[-1])
    assert interrupted_last(table) is None


def emptied(share: float, cycles: int = 12) -> CycleSummary:
    """Return cycles after a discharge of this share of the capacity."""
    names = ("test_time_second", "voltage_volt", "current_ampere")
    rows, lead = cycling_rows(CAPACITY[:cycles]), cycling_rows(share * CAPACITY[:1], discharge_first=True)
    before = np.arange(np.flatnonzero(lead["current_ampere"] < 0)[-1] + 1)
    rows["test_time_second"] = rows["test_time_second"] + lead["test_time_second"][before[-1]] + 600
    return cycle_summary(*(np.concatenate((lead[name][before], rows[name])) for name in names))


@pytest.mark.parametrize("share", [0.05, 0.25, 0.45])
def test_a_discharge_before_the_first_charge_is_no_cycle(share: float) -> None:
    why = emptying_first(emptied(share))
    assert why.code == "emptying-discharge-excluded"
    assert why.parameters == {"cycle": 0, "discharge_mah": pytest.approx(18 * share, rel=0.02)}


@pytest.mark.parametrize("discharge_first", [False, True])
def test_a_first_cycle_with_both_halves_is_one(discharge_first: bool) -> None:
    assert emptying_first(summary_of(discharge_first=discharge_first)) is None


def test_the_discharge_before_an_interrupted_charge_stays() -> None:
    table = summary_of(discharge_first=True, cut_last_at=0.5)
    kept, remark = without_last_charge(table)
    assert (remark.code, remark.parameters) == ("interrupted-charge-excluded", {"cycle": 12})
    assert kept.discharge_ah[-1] == pytest.approx(0.018)
    assert np.isnan([kept.charge_ah[-1], kept.charge_energy_wh[-1], kept.coulombic_efficiency_percent[-1]]).all()
    assert kept.charge_ah[:-1] == pytest.approx(table.charge_ah[:-1])


@pytest.mark.parametrize("cycles", [(), (3.0,), (3.0, 12.0)])
def test_cycles_whose_charge_has_a_gap_are_kept_beside_an_interrupted_charge(cycles: tuple[float, ...]) -> None:
    table = replace(summary_of(discharge_first=True, cut_last_at=0.5), charge_gap_cycles=cycles)
    kept, _ = without_last_charge(table)
    assert kept.charge_gap_cycles == cycles
    assert whole_cycles(table).table.cycle.size == 12


def test_an_interrupted_discharge_is_left_out_whole() -> None:
    assert without_last_charge(summary_of(cut_last_at=0.5)) is None
