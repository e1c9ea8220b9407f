"""Cycling data per gram and per area, and the same data of the cell, give the same results."""

from typing import Any

import numpy as np
import pytest

from analyses.uncertainty import Estimate
from plugins import capacity_retention, cycling_summary, rate_capability, symmetric_cell
from registry.contract.analysis_support.cycling.cycling_pieces import read_pieces
from registry.contract.analysis_support.cycling.recorded_scale import OF_THE_CELL, capacity_unit, of_the_cell, scale_of
from registry.hookspecs import Columns, Refused
from registry.testing import example_inputs, run_analysis
from registry.testing.example import Example
from registry.testing.running import RunResult

MASS_G = 12.0 * 0.7854 * 0.70 / 1000
AREA_CM2 = 0.7854
PER_GRAM = {
    "cycle_discharging_capacity_ah": "cycle_discharging_specific_capacity_ah_per_gram",
    "cycle_charging_capacity_ah": "cycle_charging_specific_capacity_ah_per_gram",
}
PER_AREA = {name: f"{name[:-11]}areal_capacity_ah_per_square_centimetre" for name in PER_GRAM}
RATIOS = ("capacity_retention_percent", "capacity_fade_percent_per_cycle", "coulombic_efficiency_percent")
NO_LOADING = {"layers.1.mass_loading_mg_cm2": None}


def recorded(names: dict[str, str], size: float, form: str = "per-cycle table", **facts: Any) -> Example:
    """Return the example with its columns divided by a mass or an area."""

    def divided(columns: Columns) -> Columns:
        kept = {name: column for name, column in columns.items() if name not in names}
        return kept | {names[name]: np.asarray(columns[name]) / size for name in names if name in columns}

    return example_inputs("cycling", facts, form=form).with_columns(divided)


def magnitudes(result: RunResult) -> dict[str, float]:
    return {slug: number.magnitude for slug, number in result.values.items()}


@pytest.mark.parametrize(("names", "size"), [(PER_GRAM, MASS_G), (PER_AREA, AREA_CM2)])
@pytest.mark.parametrize("plugin", [capacity_retention, cycling_summary])
def test_a_capacity_per_gram_or_area_times_its_size_is_that_of_the_cell(plugin: Any, names: Any, size: float) -> None:
    of_cell = run_analysis(plugin, example_inputs("cycling", form="per-cycle table"))
    result = run_analysis(plugin, recorded(names, size))
    assert magnitudes(result) == pytest.approx(magnitudes(of_cell), rel=1e-6)


def test_the_uncertainty_of_the_mass_is_in_the_capacity_and_not_in_that_per_gram() -> None:
    """The loading is 12.0 ± 0.05 mg/cm² and the fraction 70 ± 0.5 %, which is about 1.1 %."""
    result = run_analysis(cycling_summary, recorded(PER_GRAM, MASS_G))
    of_cell, per_gram = result.values["discharge_capacity_mah"], result.values["specific_capacity_mah_g"]
    assert of_cell.half_width / of_cell.magnitude == pytest.approx(0.0113, abs=0.0005)
    assert per_gram.half_width / per_gram.magnitude < 1e-4
    per_area = result.values["areal_capacity_mah_cm2"]
    assert per_area.half_width / per_area.magnitude == pytest.approx(0.0113, abs=0.0005)


def test_ratios_need_no_mass() -> None:
    of_cell = run_analysis(capacity_retention, example_inputs("cycling", form="per-cycle table"))
    result = run_analysis(capacity_retention, recorded(PER_GRAM, MASS_G, **NO_LOADING))
    for slug in RATIOS:
        assert result.values[slug].magnitude == pytest.approx(of_cell.values[slug].magnitude, rel=1e-6)
    assert not OF_THE_CELL & set(result.values)
    reasons = {item.quantity: item.code for item in result.outcome.not_computed}
    assert reasons["discharge_capacity_mah"] == "missing-mass-loading"
    assert "capacity" not in {curve.name for curve in result.outcome.curves}


def test_the_capacity_of_the_file_is_given_without_a_mass() -> None:
    of_cell = run_analysis(cycling_summary, example_inputs("cycling", form="per-cycle table"))
    result = run_analysis(cycling_summary, recorded(PER_GRAM, MASS_G, **NO_LOADING))
    slug = "specific_capacity_mah_g"
    assert result.values[slug].magnitude == pytest.approx(of_cell.values[slug].magnitude, rel=1e-6)
    reasons = {item.quantity: item.code for item in result.outcome.not_computed}
    assert reasons["areal_capacity_mah_cm2"] == reasons["discharge_capacity_mah"] == "missing-mass-loading"
    assert "discharge_capacity_mah" not in result.outcome.cycles.columns


CURRENTS = [
    ({"current_ampere": "specific_current_ampere_per_gram"}, MASS_G, "layers.1.active_fraction_percent"),
    ({"current_ampere": "current_density_ampere_per_square_centimetre"}, AREA_CM2, "layers.1.area_cm2"),
]


@pytest.mark.parametrize(("names", "size", "needed"), CURRENTS)
def test_a_current_per_gram_or_area_times_its_size_is_that_of_the_cell(names: Any, size: float, needed: str) -> None:
    of_cell = run_analysis(rate_capability, example_inputs("cycling", form="rate test"))
    result = run_analysis(rate_capability, recorded(names, size, "rate test"))
    first = magnitudes(result), magnitudes(of_cell)
    assert first[0] == pytest.approx(first[1], rel=1e-6)


@pytest.mark.parametrize(("names", "size", "needed"), CURRENTS)
def test_a_current_without_its_size_is_refused_by_what_is_missing(names: Any, size: float, needed: str) -> None:
    with pytest.raises(Refused) as refusal:
        read_pieces(recorded(names, size, "rows", **{needed: None}))
    assert refusal.value.parameters["quantity"] == needed.rpartition(".")[2]


def test_data_of_the_cell_stay_as_they_are() -> None:
    inputs = example_inputs("cycling", form="rows")
    dataset = inputs.dataset
    assert dataset
    same, messages = of_the_cell(inputs, dataset)
    assert (same is dataset, messages, scale_of(dataset), capacity_unit(dataset)) == (True, (), None, "mAh")


def test_repeat_units_multiply_the_mass() -> None:
    dataset, _ = read_pieces(recorded(PER_GRAM, MASS_G, **{"cell.repeat_units": 4}))
    assert dataset
    scale = scale_of(dataset)
    assert scale
    assert isinstance(scale.size, Estimate)
    assert scale.size.magnitude == pytest.approx(4 * MASS_G)


@pytest.mark.parametrize("facts", [{}, NO_LOADING])
def test_the_digits_of_the_file_limit_its_numbers_with_and_without_a_mass(facts: dict[str, Any]) -> None:
    """199.90 to 194.00 mAh/g in steps of 0.01: half a step is 0.0025 % of each, and 0.005 % of their ratio."""
    cycle = np.arange(1.0, 61.0)
    discharge = np.round(200 - 0.0983 * cycle, 2) / 1000
    columns = {"cycle_count": cycle, PER_GRAM["cycle_discharging_capacity_ah"]: discharge}
    inputs = example_inputs("cycling", facts, form="per-cycle table").with_columns(lambda _: columns)
    retention = run_analysis(capacity_retention, inputs).values["capacity_retention_percent"]
    assert retention.half_width == pytest.approx(0.005, abs=0.0005)
    per_gram = run_analysis(cycling_summary, inputs).values["specific_capacity_mah_g"]
    assert per_gram.half_width == pytest.approx(0.005)


def constant_currents(charge_a: float, discharge_a: float) -> Columns:
    """Three cycles of a capacity of 2 mAh at these true currents, which the file writes with four decimals."""
    charge_s, discharge_s = (3600 * 2e-3 / current for current in (charge_a, discharge_a))
    time, current, voltage = [], [], []
    begin = 0.0
    for _ in range(3):
        for way, duration, level in ((1, charge_s, charge_a), (-1, discharge_s, discharge_a)):
            time += (begin + np.linspace(0, duration, 40)).tolist()
            current += [way * round(level, 4)] * 40
            voltage += np.linspace(3.0, 4.2, 40)[::way].tolist()
            begin += duration
    step = np.repeat(np.arange(6.0), 40)
    series = (np.array(numbers) for numbers in (time, voltage, current))
    return dict(zip(("test_time_second", "voltage_volt", "current_ampere"), series, strict=True)) | {"step_index": step}


def coarse(columns: Columns) -> Example:
    facts = {"dataset.header.step of current_ampere": "0.0001"}
    return example_inputs("cycling", facts, form="rows").with_columns(lambda _: columns)


def test_a_current_of_few_digits_is_in_capacities_and_not_in_their_ratios() -> None:
    """0.44 mA written as 0.0004 A: the capacity is 9 % less than that of the cell, and known to 12.5 %."""
    result = run_analysis(cycling_summary, coarse(constant_currents(4.4e-4, 4.4e-4)))
    for slug, truth in (("discharge_capacity_mah", 2.0), ("areal_capacity_mah_cm2", 2.0 / AREA_CM2)):
        low, high = result.values[slug].interval()
        assert low < truth < high
        assert (high - low) / truth < 0.3
    assert result.values["first_cycle_efficiency_percent"].half_width < 0.1
    (message,) = [item for item in result.outcome.messages if item.code == "current-of-few-digits"]
    assert (message.parameters["step_ma"], message.parameters["percent"]) == pytest.approx((0.1, 12.5))
    retention = run_analysis(capacity_retention, coarse(constant_currents(4.4e-4, 4.4e-4)))
    assert retention.values["capacity_retention_percent"].half_width < 0.1


def test_half_cycles_at_two_currents_of_few_digits_do_not_share_their_rounding() -> None:
    result = run_analysis(cycling_summary, coarse(constant_currents(2.4e-4, 4.4e-4)))
    low, high = result.values["first_cycle_efficiency_percent"].interval()
    assert low < 100 < high
    assert result.values["first_cycle_efficiency_percent"].magnitude == pytest.approx(100 * (4 / 4.4) / (2 / 2.4))


def test_counters_of_charge_need_no_digits_of_the_current() -> None:
    columns = dict(constant_currents(4.4e-4, 4.4e-4))
    hours = np.diff(columns["test_time_second"], prepend=0.0) / 3600
    true = 1.1 * columns["current_ampere"] * hours
    columns |= {"charging_capacity_ah": np.cumsum(true.clip(0)), "discharging_capacity_ah": np.cumsum((-true).clip(0))}
    result = run_analysis(cycling_summary, coarse(columns))
    assert result.values["discharge_capacity_mah"].magnitude == pytest.approx(2.0, rel=1e-3)
    assert result.values["discharge_capacity_mah"].half_width < 1e-3
    codes = {message.code for message in result.outcome.messages}
    assert not {"current-of-few-digits", "counter-disagrees-with-current"} & codes


def test_a_current_density_of_a_symmetric_cell_is_that_of_its_electrodes() -> None:
    without = {"layers.1.role": "anode"}
    names = {"current_ampere": "current_density_ampere_per_square_centimetre"}
    inputs = example_inputs("symmetric_cycling", without)
    divided = example_inputs("symmetric_cycling", without).with_columns(
        lambda columns: {names.get(name, name): column / AREA_CM2 if name in names else column
                         for name, column in columns.items()}
    )  # fmt: skip
    of_cell, result = (run_analysis(symmetric_cell, each) for each in (inputs, divided))
    assert magnitudes(result) == pytest.approx(magnitudes(of_cell), rel=1e-4)
