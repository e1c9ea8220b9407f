"""The built-in techniques, layer roles and test conditions; plugins add others."""

from registry.contract.vocabulary import CONTINUATION, MAIN, Condition, DatasetRole, LayerRole, Technique

TIME_SERIES = ("test_time_second", "voltage_volt", "current_ampere")
CYCLE_CAPACITIES = ("cycle_count", "cycle_discharging_capacity_ah")
CYCLE_CAPACITIES_PER_UNIT = (
    ("cycle_count", "cycle_discharging_specific_capacity_ah_per_gram"),
    ("cycle_count", "cycle_discharging_areal_capacity_ah_per_square_centimetre"),
)
OPEN_CIRCUIT = ("test_time_second", "voltage_volt")
SPECIFIC_CURRENT = ("test_time_second", "voltage_volt", "specific_current_ampere_per_gram")
CURRENT_DENSITY = ("test_time_second", "voltage_volt", "current_density_ampere_per_square_centimetre")
SPECTRUM = ("frequency_hertz", "real_impedance_ohm", "imaginary_impedance_ohm")
PRESSURE_LOG = ("test_time_second", "stack_pressure_megapascal")
FORCE_LOG = ("test_time_second", "stack_force_newton")
DIFFRACTOGRAMS = tuple(
    (position, intensity)
    for position in ("two_theta_degree", "scattering_vector_per_angstrom", "d_spacing_angstrom")
    for intensity in ("intensity_count", "intensity_count_per_second")
)

BUILTIN_DATASET_ROLES: tuple[DatasetRole, ...] = (
    DatasetRole(slug=MAIN, name="Main data"),
    DatasetRole(slug=CONTINUATION, name="Continuation of the test"),
)
PRESSURE_ROLE = DatasetRole(slug="pressure_log", name="Pressure log", columns=(PRESSURE_LOG, FORCE_LOG))

BUILTIN_TECHNIQUES: tuple[Technique, ...] = (
    Technique(
        slug="eis",
        name="Electrochemical impedance spectroscopy",
        short_name="EIS",
        columns=(SPECTRUM,),
        dataset_roles=(PRESSURE_ROLE,),
    ),
    Technique(
        slug="chronoamperometry",
        name="Chronoamperometry",
        short_name="CA",
        columns=(TIME_SERIES,),
        dataset_roles=(PRESSURE_ROLE,),
    ),
    Technique(
        slug="cycling",
        name="Galvanostatic cycling",
        short_name="Cycling",
        columns=(TIME_SERIES, CYCLE_CAPACITIES, *CYCLE_CAPACITIES_PER_UNIT, SPECIFIC_CURRENT, CURRENT_DENSITY),
        dataset_roles=(PRESSURE_ROLE,),
        is_general=True,
    ),
    Technique(
        slug="symmetric_cycling",
        name="Symmetric-cell cycling",
        short_name="Symmetric cell",
        columns=(TIME_SERIES, CURRENT_DENSITY),
        dataset_roles=(PRESSURE_ROLE,),
    ),
    Technique(
        slug="open_circuit",
        name="Open-circuit voltage",
        short_name="OCV",
        description="The voltage over time without a current.",
        columns=(OPEN_CIRCUIT,),
        dataset_roles=(PRESSURE_ROLE,),
    ),
    Technique(
        slug="pressure",
        name="Stack-pressure monitoring",
        short_name="Pressure",
        description="The pressure on the stack over time, or a cycling test during which it was read.",
        columns=(PRESSURE_LOG, FORCE_LOG, TIME_SERIES),
        dataset_roles=(PRESSURE_ROLE,),
    ),
    Technique(slug="sem", name="Scanning electron microscopy", short_name="SEM", has_picture=True),
    Technique(slug="xrd", name="X-ray diffraction", short_name="XRD", columns=DIFFRACTOGRAMS),
    Technique(slug="photograph", name="Photograph", has_picture=True),
)

BUILTIN_TECHNIQUE_SLUGS = tuple(technique.slug for technique in BUILTIN_TECHNIQUES)

CURRENT_COLLECTOR = "current_collector"
"""The only role whose layers have coated sides."""

BUILTIN_LAYER_ROLES: tuple[LayerRole, ...] = (
    LayerRole(slug="current_collector", name="Current collector", in_configuration=False),
    LayerRole(slug="cathode", name="Cathode", search="cathode"),
    LayerRole(slug="interlayer", name="Interlayer"),
    LayerRole(slug="separator", name="Separator", search="electrolyte"),
    LayerRole(slug="anode", name="Anode", search="anode"),
    LayerRole(slug="sample", name="Sample"),
)

BUILTIN_CONDITIONS: tuple[Condition, ...] = (
    Condition(quantity="stack_pressure_mpa", example="10 MPa"),
    Condition(quantity="temperature_degc", example="25 °C"),
    Condition(quantity="c_rate", example="0.2C"),
    Condition(quantity="one_c_ma_g", example="200 mA/g"),
    Condition(quantity="current_density_ma_cm2", example="2 mA/cm²"),
    Condition(quantity="voltage_lower_v", example="2.5 V vs Li/Li+"),
    Condition(quantity="voltage_upper_v", example="4.3 V vs Li/Li+"),
    Condition(quantity="voltage_v", name="DC voltage", example="3.8 V"),
    Condition(quantity="cycle_number", example="20"),
)
