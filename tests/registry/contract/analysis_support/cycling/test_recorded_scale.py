"""Cycling data per gram and per area, and the same data of the cell, give the same results."""

from typing import Any

import numpy as np
import pytest

from analyses.uncertainty import Estimate
from plugins import capacity_retention, cycling_summary, rate_capability
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
