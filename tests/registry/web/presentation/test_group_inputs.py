"""Inputs of group analyses as text."""

import pytest

from registry.web.presentation.group_inputs import (
    format_group_conditions,
    format_group_fact,
    format_group_path,
    is_shown,
    recipe_quantity,
)

PATH = "members.C-00012.values.resistance_ohm.M-00012/reported"


@pytest.mark.parametrize(
    ("path", "label"),
    [
        (PATH, "C-00012: resistance, M-00012, reported"),
        (f"{PATH}@peak:2", "C-00012: resistance, M-00012, reported, peak 2"),
        ("members.C-00012.recipe_number", "C-00012: recipe number"),
        ("members.C-00012.layers.2.thickness_um", "C-00012: layer 2: thickness"),
        ("group.members", "Cells in order"),
    ],
)
def test_labels_of_inputs(path: str, label: str) -> None:
    assert format_group_path(path) == label


def test_a_value_has_the_unit_of_its_quantity() -> None:
    assert format_group_fact(PATH, [7870.0, 7865.0, 7875.0, 0.0, False]).endswith("Ω")


def test_a_recipe_number_has_the_unit_of_what_varies() -> None:
    over = "cathode.mass_fraction_percent.VGCF"
    assert recipe_quantity(over) == "mass_fraction_percent"
    assert format_group_fact("members.C-00012.recipe_number", [2.0, 2.0, 2.0, 0.0, False], over).endswith("%")


@pytest.mark.parametrize(
    ("path", "stored", "shown"),
    [
        ("members.C-00012.quantities", {"list": ["resistance_ohm", "thickness_um"]}, "resistance, thickness"),
        ("members.C-00012.values.resistance_ohm", {"list": ["M-00012/reported"]}, "M-00012 reported"),
        (
            "members.C-00012.values.resistance_ohm",
            {"list": ["M-00012/computed/dc-polarisation@peak:2"]},
            "M-00012 computed (dc-polarisation) peak 2",
        ),
    ],
)
def test_lists_name_quantities_and_sources(path: str, stored: object, shown: str) -> None:
    assert format_group_fact(path, stored) == shown


@pytest.mark.django_db
def test_conditions_have_their_units() -> None:
    conditions = {"technique": "eis", "temperature_degc": "25", "c_rate": "<0.1"}
    shown = format_group_conditions(conditions).replace("\N{NO-BREAK SPACE}", " ")
    assert "25 °C" in shown
    assert "<0.1" in shown


@pytest.mark.django_db
def test_a_voltage_window_is_one_condition() -> None:
    shown = format_group_conditions({"voltage_lower_v": "2.5", "stack_pressure_mpa": "10", "voltage_upper_v": "4.3"})
    assert shown.replace("\N{NO-BREAK SPACE}", " ").split(", ") == ["2.5 V to 4.3 V", "10 MPa"]
    assert format_group_conditions({"voltage_upper_v": "4.3"}).replace("\N{NO-BREAK SPACE}", " ") == "4.3 V"


def test_how_a_value_was_measured_is_not_listed() -> None:
    assert not is_shown(f"{PATH}.measured")
    assert is_shown(PATH)
