"""Four comparison tables of every cell that matches, whoever entered it."""

from collections.abc import Sequence

from registry.hookspecs import Column, Table, hookimpl

CONTRACT_VERSION = 2

SIEMENS_PER_CM = "S cm⁻¹"
MILLISIEMENS_PER_CM = "mS cm⁻¹"

ELECTRONIC_CONDUCTIVITY = Table(
    slug="electronic-conductivity-vgcf",
    title="Resistance and electronic conductivity of composites against VGCF content",
    caption="Chronoamperometry. The computed conductivity is L/(R A) with the pellet's thickness and area.",
    columns=(
        Column(key="label", title="Sample"),
        Column(key="sample.mass_fraction_percent.VGCF", title="VGCF by mass"),
        Column(key="stack_pressure_mpa", title="Stack pressure"),
        Column(key="resistance_ohm", title="Resistance"),
        Column(key="electronic_conductivity_s_cm", title="σ_e", unit=SIEMENS_PER_CM, origin="reported"),
        Column(key="electronic_conductivity_s_cm", title="σ_e computed", unit=SIEMENS_PER_CM, origin="computed"),
    ),
    filters={"technique": "chronoamperometry"},
    this_work="wu2025",
    require=("resistance_ohm", "electronic_conductivity_s_cm", "sample.mass_fraction_percent.VGCF"),
)

CONDUCTIVITY_PRESSURE = Table(
    slug="conductivity-pressure",
    title="Ionic and electronic conductivity against stack pressure",
    columns=(
        Column(key="label", title="Sample"),
        Column(key="stack_pressure_mpa", title="Pressure"),
        Column(key="ionic_conductivity_s_cm", title="σ_ion", unit=MILLISIEMENS_PER_CM),
        Column(key="electronic_conductivity_s_cm", title="σ_e", unit=MILLISIEMENS_PER_CM),
    ),
    row="stack_pressure_mpa",
    filters={"technique": "eis,chronoamperometry"},
    this_work="wu2025",
    require=("ionic_conductivity_s_cm", "electronic_conductivity_s_cm"),
    order=("refcode", "stack_pressure_mpa"),
)

LOW_PRESSURE_CELLS = Table(
    slug="low-pressure-cells",
    title="Cycle life of all-solid-state batteries, and their stack pressure",
    caption="Capacity fade is derived, not reported: from the cycling data, or from retention and number of cycles.",
    columns=(
        Column(key="number", title="Number"),
        Column(key="configuration", title="Battery configuration"),
        Column(key="cycle_count", title="Number of cycles"),
        Column(key="c_rate", title="Rate"),
        Column(key="specific_capacity_mah_g", title="Capacity"),
        Column(key="capacity_retention_percent", title="Capacity retention"),
        Column(key="stack_pressure_mpa", title="Stack pressure"),
        Column(key="capacity_fade_percent_per_cycle", title="Capacity fade (derived)", origin="computed"),
        Column(key="reference", title="Reference"),
    ),
    filters={"technique": "cycling"},
    this_work="wu2025",
    require=("cycle_count", "capacity_retention_percent"),
    order=("origin",),
)

POUCH_ENERGY_DENSITY = Table(
    slug="pouch-energy-density",
    title="Energy density of cells and what it is computed from",
    caption="The mass is that of the layers listed, without packaging and terminals.",
    columns=(
        Column(key="label", title="Cell"),
        Column(key="cathode.materials", title="Cathode: materials"),
        Column(key="cathode.mass_loading_mg_cm2", title="Cathode: mass loading"),
        Column(key="separator.materials", title="Separator: materials"),
        Column(key="separator.thickness_um", title="Separator: thickness"),
        Column(key="separator.mass_loading_mg_cm2", title="Separator: mass loading"),
        Column(key="anode.materials", title="Anode: materials"),
        Column(key="anode.mass_loading_mg_cm2", title="Anode: mass loading"),
        Column(key="discharge_capacity_mah", title="Discharge capacity"),
        Column(key="cathode.area_cm2", title="Positive electrode area"),
        Column(key="separator.area_cm2", title="Separator area"),
        Column(key="anode.area_cm2", title="Negative electrode area"),
        Column(key="mean_discharge_voltage_v", title="Average discharge voltage"),
        Column(key="gravimetric_energy_density_wh_kg", title="Energy density", origin="reported"),
        Column(key="gravimetric_energy_density_wh_kg", title="Energy density, computed", origin="computed"),
        Column(key="specific_capacity_mah_g", title="Specific capacity, computed", origin="computed"),
        Column(key="areal_capacity_mah_cm2", title="Areal capacity, computed", origin="computed"),
    ),
    filters={"technique": "cycling"},
    this_work="wu2025",
    require=("gravimetric_energy_density_wh_kg",),
    transposed=True,
)


@hookimpl
def register_tables() -> Sequence[Table]:
    """Declare the tables."""
    return (ELECTRONIC_CONDUCTIVITY, CONDUCTIVITY_PRESSURE, LOW_PRESSURE_CELLS, POUCH_ENERGY_DENSITY)
