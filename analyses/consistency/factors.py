"""Factors by which a number is often wrong: the unit of another column, a fraction for a percentage, a radius."""

from analyses.consistency.wording import unit_of

Factor = tuple[float, str]
"""Factor for the number, and the question to ask."""

PER_HOUR = 1 / 3.6
"""From coulombs to milliampere-hours, and from joules to milliwatt-hours."""

BY_UNIT: dict[str, tuple[Factor, ...]] = {
    "mAh/g": ((1e-3, "is it in µAh/g"), (1e3, "is it in Ah/g"), (PER_HOUR, "is it in C/g")),
    "mAh/cm²": ((1e-3, "is it in µAh/cm²"), (1e3, "is it in Ah/cm²"), (0.1, "is it in Ah/m²")),
    "mAh": ((1e-3, "is it in µAh"), (1e3, "is it in Ah"), (PER_HOUR, "is it in coulombs")),
    "mWh": ((1e-3, "is it in µWh"), (1e3, "is it in Wh"), (PER_HOUR, "is it in joules")),
    "Wh/kg": ((1e-3, "is it in mWh/kg"), (1e3, "is it in kWh/kg"), (PER_HOUR, "is it in kJ/kg")),
    "mg": ((1e-3, "is it in µg"), (1e3, "is it in g")),
    "mg/cm²": ((0.1, "is it in g/m²"), (1e3, "is it in g/cm²"), (1e-3, "is it in µg/cm²")),
    "cm²": (
        (0.01, "is it in mm²"),
        (100.0, "is it in dm²"),
        (4.0, "was a diameter taken as a radius in it"),
        (0.25, "was a radius taken as a diameter in it"),
    ),
    "mm": ((10.0, "is it in cm"), (2.0, "is it a radius"), (0.5, "is it twice the diameter"), (1e-3, "is it in µm")),
    "µm": ((1e3, "is it in mm"), (1e4, "is it in cm"), (1e-3, "is it in nm")),
    "g/cm³": ((1e-3, "is it in kg/m³"), (1e3, "is it in kg/cm³")),
    "%": ((100.0, "is it a fraction"), (0.01, "is it a percentage of a percentage")),
    "S/cm": (
        (1e-3, "is it in mS/cm"),
        (1e-6, "is it in µS/cm"),
        (0.01, "is it in S/m"),
        (1e3, "is it in kS/cm"),
    ),
    "Ω": ((1e3, "is it in kΩ"), (1e-3, "is it in mΩ"), (1e6, "is it in MΩ")),
    "V": ((1e-3, "is it in mV"), (1e3, "is it in kV")),
    "A": ((1e-3, "is it in mA"), (1e-6, "is it in µA"), (1e3, "is it in kA")),
    "mA/cm²": ((1e-3, "is it in µA/cm²"), (1e3, "is it in A/cm²"), (0.1, "is it in A/m²")),
}
"""Factors of reported and entered numbers by their unit, the likeliest first."""

OF_DATA: tuple[Factor, ...] = (
    (1e-3, "is the current in mA"),
    (1e-6, "is the current in µA"),
    (1e3, "is the current in kA"),
    (3600.0, "is the time in hours"),
    (60.0, "is the time in minutes"),
)
"""Factors of a capacity or a current from a file."""


def factors_of(name: str, *, is_of_data: bool = False) -> tuple[Factor, ...]:
    """Return the factors by which a number is often wrong.

    Parameters
    ----------
    name : str
        Name of the number, which ends in its unit.
    is_of_data : bool, optional
        Whether it was computed from the data of a file, whose columns may have other units.

    Returns
    -------
    tuple of (float, str)
        Factor and question, the likeliest first; none where a unit has no usual confusion.

    Examples
    --------
    >>> factors_of("thickness_um")[0]
    (1000.0, 'is it in mm')
    """
    unit = unit_of(name)
    if is_of_data:
        return OF_DATA if unit in ("mAh/g", "mAh/cm²", "mAh", "A") else ()
    return BY_UNIT.get(unit, ())
