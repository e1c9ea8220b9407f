"""Cells of the example inputs, as facts: layers, set-up, conditions and reported values."""

from collections.abc import Callable, Mapping

from analyses.uncertainty import Estimate
from registry.hookspecs import Columns, Fact
from registry.numbers.builtin_quantities import CONDITIONS

exact, rounded, measured = Estimate.exact, Estimate.rounded, Estimate.measured
Facts = dict[str, Fact]
FactsAndData = tuple[Facts, Callable[[], Columns] | None]

DIE_DIAMETER_MM = 10.0
AREA_CM2 = 0.7854
PELLET_UM = 1000.0
CAPACITY_MAH = 1.32
ROOM_DEGC = 25.0

OF_A_STACK = ("repeat_units", "footprint_cm2", "packaging_mass_mg", "packaging_thickness_um", "tab_mass_mg")
NOT_ENTERED: Facts = {"apparent_density_g_cm3": None, "coated_sides": None}
"""Facts of a layer that the examples leave empty."""
ELECTROLYTE: Facts = {
    "role": "separator",
    "name": "Li6PS5Cl",
    "material_kind": "solid_electrolyte",
    "mass_loading_mg_cm2": rounded(100.0, 0.5),
    "area_cm2": exact(AREA_CM2),
    "thickness_um": rounded(600.0, 5.0),
    "density_g_cm3": rounded(1.86, 0.005),
    "theoretical_capacity_mah_g": None,
}
COMPOSITE: Facts = {
    "role": "cathode",
    "name": "NCM811 composite",
    "mass_loading_mg_cm2": rounded(12.0, 0.05),
    "area_cm2": exact(AREA_CM2),
    "thickness_um": rounded(50.0, 0.5),
    "active_fraction_percent": rounded(70.0, 0.5),
    "active_material": "NCM811",
    "density_g_cm3": None,
    "theoretical_capacity_mah_g": exact(279.0),
}
LITHIUM: Facts = {
    "role": "anode",
    "name": "Li",
    "material_kind": "metal_or_alloy",
    "mass_loading_mg_cm2": rounded(5.34, 0.005),
    "area_cm2": exact(AREA_CM2),
    "thickness_um": rounded(100.0, 0.5),
    "density_g_cm3": rounded(0.534, 0.0005),
    "theoretical_capacity_mah_g": exact(3861.0),
    "active_fraction_percent": exact(100.0),
    "active_material": "Li",
}
SAMPLE: Facts = ELECTROLYTE | {
    "role": "sample",
    "mass_loading_mg_cm2": rounded(164.0, 0.5),
    "thickness_um": rounded(PELLET_UM, 5.0),
}
MIXTURE: Facts = {
    "role": "sample",
    "name": "NCM811 composite with VGCF",
    "mass_loading_mg_cm2": rounded(250.0, 0.5),
    "area_cm2": exact(AREA_CM2),
    "thickness_um": rounded(PELLET_UM, 5.0),
    "active_fraction_percent": rounded(70.0, 0.5),
    "active_material": "NCM811",
    "density_g_cm3": None,
    "theoretical_capacity_mah_g": exact(279.0),
}


def stacked(form: str, *layers: Facts) -> Facts:
    """Return the facts of a cell with these layers, from the cathode side."""
    facts: Facts = {
        "cell.format": form,
        "cell.fabrication_pressure_mpa": rounded(380.0, 5.0),
        **{f"cell.{slug}": None for slug in OF_A_STACK},
        "layers.count": len(layers),
    }
    for number, layer in enumerate(layers, start=1):
        facts |= {f"layers.{number}.{name}": fact for name, fact in (NOT_ENTERED | layer).items()}
    return facts


PELLET = stacked("blocking_pellet", SAMPLE)
COMPOSITE_PELLET = stacked("blocking_pellet", MIXTURE)
FULL_CELL = stacked("die", COMPOSITE, ELECTROLYTE, LITHIUM)
LITHIUM_ON_BOTH_SIDES = stacked("symmetric", LITHIUM | {"role": "cathode"}, ELECTROLYTE, LITHIUM)


def measured_as(
    technique: str,
    *,
    blocks: str | None = None,
    reported: Mapping[str, Estimate] | None = None,
    computed: Mapping[str, Estimate] | None = None,
    has_data: bool = True,
    **conditions: Estimate,
) -> Facts:
    """Return the facts of one measurement, at 10 MPa and room temperature by default."""
    values = {"stack_pressure_mpa": rounded(10.0, 0.5), "temperature_degc": rounded(ROOM_DEGC, 0.5)} | conditions
    facts: Facts = {"measurement.technique": technique}
    facts |= {f"measurement.{slug}": values.get(slug) for slug in CONDITIONS}
    facts |= {
        "measurement.potential_scale": None,
        "setup.die_diameter_mm": exact(DIE_DIAMETER_MM),
        "setup.blocks": blocks,
    }
    facts |= {f"reported.{slug}": number for slug, number in (reported or {}).items()}
    facts |= {f"computed.{slug}": number for slug, number in (computed or {}).items()}
    return facts | (data_facts(technique) if has_data else {})


def data_facts(technique: str) -> Facts:
    """Return the facts of the data of one measurement."""
    return {
        "dataset.sha256": f"the example data of {technique}",
        "dataset.start_time": "2024-03-05T09:30:00",
        "dataset.header.instrument": "Example instrument",
        "dataset.header_sha256": f"the example header of {technique}",
    }
