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
        Column("label", "Sample"),
        Column("sample.mass_fraction_percent.VGCF", "VGCF by mass"),
        Column("stack_pressure_mpa", "Stack pressure"),
        Column("resistance_ohm", "Resistance"),
        Column("electronic_conductivity_s_cm", "σ_e", SIEMENS_PER_CM, "reported"),
        Column("electronic_conductivity_s_cm", "σ_e computed", SIEMENS_PER_CM, "computed"),
    ),
    filters={"technique": "chronoamperometry"},
    require=("resistance_ohm", "electronic_conductivity_s_cm", "sample.mass_fraction_percent.VGCF"),
)

CONDUCTIVITY_PRESSURE = Table(
    slug="conductivity-pressure",
    title="Ionic and electronic conductivity against stack pressure",
    columns=(
        Column("label", "Sample"),
        Column("stack_pressure_mpa", "Pressure"),
        Column("ionic_conductivity_s_cm", "σ_ion", MILLISIEMENS_PER_CM),
        Column("electronic_conductivity_s_cm", "σ_e", MILLISIEMENS_PER_CM),
    ),
    row="stack_pressure_mpa",
    filters={"technique": "eis,chronoamperometry"},
    require=("ionic_conductivity_s_cm", "electronic_conductivity_s_cm"),
    order=("refcode", "stack_pressure_mpa"),
)

LOW_PRESSURE_CELLS = Table(
    slug="low-pressure-cells",
    title="Cycle life of all-solid-state batteries, and their stack pressure",
    caption="Capacity fade is derived, not reported: from the cycling data, or from retention and number of cycles.",
    columns=(
        Column("number", "Number"),
        Column("configuration", "Battery configuration"),
        Column("cycle_count", "Number of cycles"),
        Column("c_rate", "Rate"),
        Column("specific_capacity_mah_g", "Capacity"),
        Column("capacity_retention_percent", "Capacity retention"),
        Column("stack_pressure_mpa", "Stack pressure"),
        Column("capacity_fade_percent_per_cycle", "Capacity fade (derived)", origin="computed"),
        Column("reference", "Reference"),
    ),
    filters={"technique": "cycling"},
    require=("cycle_count", "capacity_retention_percent"),
    order=("origin",),
)

POUCH_ENERGY_DENSITY = Table(
    slug="pouch-energy-density",
    title="Energy density of cells and what it is computed from",
    caption="The mass is that of the layers listed, without packaging and terminals.",
    columns=(
        Column("label", "Cell"),
        Column("cathode.materials", "Cathode: materials"),
        Column("cathode.mass_loading_mg_cm2", "Cathode: mass loading"),
        Column("separator.materials", "Separator: materials"),
        Column("separator.thickness_um", "Separator: thickness"),
        Column("separator.mass_loading_mg_cm2", "Separator: mass loading"),
        Column("anode.materials", "Anode: materials"),
        Column("anode.mass_loading_mg_cm2", "Anode: mass loading"),
        Column("discharge_capacity_mah", "Discharge capacity"),
        Column("cathode.area_cm2", "Positive electrode area"),
        Column("separator.area_cm2", "Separator area"),
        Column("anode.area_cm2", "Negative electrode area"),
        Column("mean_discharge_voltage_v", "Average discharge voltage"),
        Column("gravimetric_energy_density_wh_kg", "Energy density", origin="reported"),
        Column("gravimetric_energy_density_wh_kg", "Energy density, computed", origin="computed"),
        Column("specific_capacity_mah_g", "Specific capacity, computed", origin="computed"),
        Column("areal_capacity_mah_cm2", "Areal capacity, computed", origin="computed"),
    ),
    filters={"technique": "cycling"},
    require=("gravimetric_energy_density_wh_kg",),
    transposed=True,
)


@hookimpl
def register_tables() -> Sequence[Table]:
    """Declare the tables."""
    return (ELECTRONIC_CONDUCTIVITY, CONDUCTIVITY_PRESSURE, LOW_PRESSURE_CELLS, POUCH_ENERGY_DENSITY)
