"""The table of relations between the numbers of a cell, of a measurement and of a layer."""

import math

from analyses.consistency.relation import Relation, equation

DEFINITION = "definition of the quantity"
GEOMETRY = "geometry"
CHARGE = "charge is current times time; energy is charge times mean voltage"

RELATIONS: tuple[Relation, ...] = (
    equation("electrode mass", DEFINITION, "electrode_mass_mg", mass_loading_mg_cm2=1, area_cm2=1),
    equation("active mass", DEFINITION, "active_mass_mg", 0.01, electrode_mass_mg=1, active_fraction_percent=1),
    equation(
        "discharge capacity per gram of active material",
        DEFINITION,
        "discharge_capacity_mah",
        1e-3,
        specific_capacity_mah_g=1,
        active_mass_mg=1,
    ),
    equation("discharge capacity per area", DEFINITION, "discharge_capacity_mah", areal_capacity_mah_cm2=1, area_cm2=1),
    equation(
        "charge capacity per gram of active material",
        DEFINITION,
        "charge_capacity_mah",
        1e-3,
        specific_charge_capacity_mah_g=1,
        active_mass_mg=1,
    ),
    equation(
        "charge capacity per area", DEFINITION, "charge_capacity_mah", areal_charge_capacity_mah_cm2=1, area_cm2=1
    ),
    equation(
        "coulombic efficiency",
        DEFINITION,
        "coulombic_efficiency_percent",
        100.0,
        discharge_capacity_mah=1,
        charge_capacity_mah=-1,
    ),
    equation(
        "capacity retention", DEFINITION, "capacity_retention_percent", 100.0, end_capacity=1, reference_capacity=-1
    ),
    equation("discharge energy", CHARGE, "discharge_energy_mwh", discharge_capacity_mah=1, mean_discharge_voltage_v=1),
    equation("charge energy", CHARGE, "charge_energy_mwh", charge_capacity_mah=1, mean_charge_voltage_v=1),
    equation(
        "energy efficiency",
        DEFINITION,
        "energy_efficiency_percent",
        100.0,
        discharge_energy_mwh=1,
        charge_energy_mwh=-1,
    ),
    equation(
        "energy per mass",
        DEFINITION,
        "gravimetric_energy_density_wh_kg",
        1e3,
        discharge_energy_mwh=1,
        cell_mass_mg=-1,
    ),
    equation(
        "theoretical capacity of the electrode",
        DEFINITION,
        "electrode_capacity_mah",
        1e-3,
        theoretical_capacity_mah_g=1,
        active_mass_mg=1,
    ),
    equation(
        "theoretical capacity of the electrode per area",
        DEFINITION,
        "electrode_capacity_mah",
        positive_areal_capacity_mah_cm2=1,
        area_cm2=1,
    ),
    equation(
        "N:P ratio", DEFINITION, "np_ratio", negative_areal_capacity_mah_cm2=1, positive_areal_capacity_mah_cm2=-1
    ),
    equation("current density", DEFINITION, "current_density_ma_cm2", 1e3, current_a=1, area_cm2=-1),
    equation("C-rate", DEFINITION, "current_a", 1e-3, c_rate=1, nominal_capacity_mah=1),
    equation(
        "nominal capacity per gram of active material",
        DEFINITION,
        "nominal_capacity_mah",
        1e-3,
        nominal_specific_capacity_mah_g=1,
        active_mass_mg=1,
    ),
    equation(
        "nominal capacity per area",
        DEFINITION,
        "nominal_capacity_mah",
        nominal_areal_capacity_mah_cm2=1,
        area_cm2=1,
    ),
    equation(
        "ionic conductivity of a pellet",
        "ohmic body between two faces, σ = L/(R A)",
        "ionic_conductivity_s_cm",
        1e-4,
        thickness_um=1,
        ionic_resistance_ohm=-1,
        area_cm2=-1,
    ),
    equation(
        "electronic conductivity of a pellet",
        "ohmic body between two faces, σ = L/(R A)",
        "electronic_conductivity_s_cm",
        1e-4,
        thickness_um=1,
        electronic_resistance_ohm=-1,
        area_cm2=-1,
    ),
    equation("area of a die", GEOMETRY, "die_area_cm2", math.pi / 400, die_diameter_mm=2),
    equation("share of the die that is filled", GEOMETRY, "area_cm2", die_area_cm2=1, filled_share=1),
    equation("density of a layer", GEOMETRY, "mass_loading_mg_cm2", 0.1, layer_density_g_cm3=1, thickness_um=1),
    equation(
        "relative density",
        "definition of the quantity; the crystal has no pores",
        "layer_density_g_cm3",
        0.01,
        relative_density_percent=1,
        density_g_cm3=1,
    ),
    equation("porosity", "what is not solid is pore", "relative_density_percent", solid_share_percent=1),
)
"""Every relation; a number without a value in a record is eliminated, so that chains through it count."""

RESULTS = frozenset(relation.exponents[0][0] for relation in RELATIONS) - {"area_cm2", "mass_loading_mg_cm2"}
"""Numbers that are computed from others rather than measured with a ruler or a balance."""

WORDS: dict[str, str] = {
    "active_fraction_percent": "active fraction",
    "active_mass_mg": "active mass",
    "area_cm2": "area",
    "areal_capacity_mah_cm2": "areal capacity",
    "areal_charge_capacity_mah_cm2": "areal charge capacity",
    "c_rate": "C-rate",
    "capacity_retention_percent": "capacity retention",
    "cell_mass_mg": "cell mass",
    "charge_capacity_mah": "charge capacity",
    "charge_energy_mwh": "charge energy",
    "coulombic_efficiency_percent": "coulombic efficiency",
    "current_a": "current",
    "current_density_ma_cm2": "current density",
    "density_g_cm3": "theoretical density",
    "die_area_cm2": "area of the die",
    "die_diameter_mm": "die diameter",
    "discharge_capacity_mah": "discharge capacity",
    "discharge_energy_mwh": "discharge energy",
    "electrode_capacity_mah": "theoretical capacity of the electrode",
    "electrode_mass_mg": "electrode mass",
    "electronic_conductivity_s_cm": "electronic conductivity",
    "electronic_resistance_ohm": "resistance",
    "end_capacity": "capacity at the end cycle",
    "energy_efficiency_percent": "energy efficiency",
    "filled_share": "filled share of the die",
    "first_cycle_efficiency_percent": "first-cycle efficiency",
    "gravimetric_energy_density_wh_kg": "gravimetric energy density",
    "highest_electronic_conductivity_s_cm": "highest known electronic conductivity",
    "highest_ionic_conductivity_s_cm": "highest known ionic conductivity",
    "ionic_conductivity_s_cm": "ionic conductivity",
    "ionic_resistance_ohm": "resistance",
    "layer_density_g_cm3": "density of the layer",
    "layers_mass_mg": "mass of the layers",
    "mass_loading_mg_cm2": "areal mass loading",
    "mean_charge_voltage_v": "mean charge voltage",
    "mean_discharge_voltage_v": "mean discharge voltage",
    "negative_areal_capacity_mah_cm2": "theoretical areal capacity of the negative electrode",
    "nominal_areal_capacity_mah_cm2": "nominal areal capacity",
    "nominal_capacity_mah": "nominal capacity",
    "nominal_specific_capacity_mah_g": "nominal specific capacity",
    "np_ratio": "N:P ratio",
    "overpotential_v": "overpotential",
    "positive_areal_capacity_mah_cm2": "theoretical areal capacity of the positive electrode",
    "reference_capacity": "capacity at the reference cycle",
    "relative_density_percent": "relative density",
    "retention_end_cycle": "end cycle",
    "retention_reference_cycle": "reference cycle",
    "solid_share_percent": "100 % minus porosity",
    "specific_capacity_mah_g": "specific capacity",
    "specific_charge_capacity_mah_g": "specific charge capacity",
    "theoretical_capacity_mah_g": "theoretical capacity",
    "thickness_um": "thickness",
    "voltage_lower_v": "lower voltage limit",
    "voltage_upper_v": "upper voltage limit",
}
"""Names of the numbers in a sentence."""
