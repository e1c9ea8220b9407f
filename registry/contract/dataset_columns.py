"""Names of dataset columns: the canonical ones, the units a name may end in, and the nearest name of a misspelt one."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

COUNT = "1"
"""Unit of a dimensionless number."""
IMAGE = "image"
"""Name of the image among the arrays of a dataset; shape (rows, columns), grey levels."""


@dataclass(frozen=True, kw_only=True)
class DatasetColumn:
    """A canonical column. Its name ends in its unit."""

    meaning: str
    """Meaning of the column, in a few words."""
    unit: str
    """Unit as displayed; `1` for a number without unit."""
    plain_names: tuple[str, ...] = ()
    """Other names of it, in lower case, that the header of a text table may have."""


def _column(meaning: str, unit: str, *plain_names: str) -> DatasetColumn:
    return DatasetColumn(meaning=meaning, unit=unit, plain_names=plain_names)


DATASET_COLUMNS: Mapping[str, DatasetColumn] = {
    "test_time_second": _column(
        "time since the start of the test, never decreasing",
        "s",
        "test time",
        "time",
        "elapsed time",
        "total time",
        "run time",
    ),
    "voltage_volt": _column("voltage of the cell", "V", "voltage", "cell voltage", "potential"),
    "working_electrode_potential_volt": _column(
        "potential of the working electrode against the reference electrode, next to the voltage of the cell", "V"
    ),
    "counter_electrode_potential_volt": _column(
        "potential of the counter electrode against the reference electrode, next to the voltage of the cell", "V"
    ),
    "current_ampere": _column("current through the cell", "A", "current"),
    "unix_time_second": _column("seconds since 1970-01-01 UTC, if the file contains them", "s", "unix time"),
    "step_time_second": _column("time since the start of the step", "s", "step time"),
    "cycle_count": _column(
        "cycle number of the row, an integer", COUNT, "cycle", "cycle number", "cycle index", "cycle count"
    ),
    "step_index": _column("number of the step in the test program", COUNT, "step", "step number", "step index"),
    "step_count": _column("number of steps since the start of the test, never decreasing", COUNT, "step count"),
    "ambient_temperature_celsius": _column("temperature around the cell", "°C", "ambient temperature"),
    "temperature_t1_celsius": _column(
        "temperature at the sensor of the instrument, position unknown; `t2` and so on are further sensors",
        "°C",
        "temperature t1",
    ),
    "internal_resistance_ohm": _column("internal resistance measured by the instrument", "Ω", "internal resistance"),
    "discharging_capacity_ah": _column(
        "charge passed while discharging since the start of the test, in a time series",
        "Ah",
        "discharging capacity",
        "discharge capacity",
        "dchg. cap.",
        "cap dchg",
    ),
    "charging_capacity_ah": _column(
        "charge passed while charging since the start of the test, in a time series",
        "Ah",
        "charging capacity",
        "charge capacity",
        "chg. cap.",
        "cap chg",
    ),
    "net_capacity_ah": _column("charged minus discharged capacity, as counted by the instrument", "Ah", "net capacity"),
    "discharging_energy_wh": _column(
        "energy passed while discharging since the start of the test", "Wh", "discharging energy", "discharge energy"
    ),
    "charging_energy_wh": _column(
        "energy passed while charging since the start of the test", "Wh", "charging energy", "charge energy"
    ),
    "cycle_discharging_capacity_ah": _column(
        "discharge capacity of a cycle, in a table of one row per cycle",
        "Ah",
        "cycle discharging capacity",
        "cycle discharge capacity",
    ),
    "cycle_charging_capacity_ah": _column(
        "charge capacity of a cycle, in a table of one row per cycle",
        "Ah",
        "cycle charging capacity",
        "cycle charge capacity",
    ),
    "cycle_coulombic_efficiency_percent": _column(
        "discharge over charge capacity of a cycle, in a table of one row per cycle",
        "%",
        "coulombic efficiency",
        "cycle coulombic efficiency",
        "ce",
    ),
    "cycle_discharging_specific_capacity_ah_per_gram": _column(
        "discharge capacity of a cycle per gram of active material",
        "Ah/g",
        "specific capacity",
        "specific discharge capacity",
        "discharge specific capacity",
        "dchg. spec. cap.",
        "spec. cap.",
    ),
    "cycle_charging_specific_capacity_ah_per_gram": _column(
        "charge capacity of a cycle per gram of active material",
        "Ah/g",
        "specific charge capacity",
        "charge specific capacity",
        "chg. spec. cap.",
    ),
    "cycle_discharging_areal_capacity_ah_per_square_centimetre": _column(
        "discharge capacity of a cycle per area of the cathode",
        "Ah/cm²",
        "areal capacity",
        "areal discharge capacity",
    ),
    "cycle_charging_areal_capacity_ah_per_square_centimetre": _column(
        "charge capacity of a cycle per area of the cathode", "Ah/cm²", "areal charge capacity"
    ),
    "specific_current_ampere_per_gram": _column("current per gram of active material", "A/g", "specific current"),
    "current_density_ampere_per_square_centimetre": _column(
        "current per area of the cathode", "A/cm²", "current density"
    ),
    "frequency_hertz": _column("frequency of the perturbation", "Hz", "frequency", "freq"),
    "real_impedance_ohm": _column(
        "Z′, real part of the impedance", "Ω", "real impedance", "re(z)", "z'", "zreal", "zre"
    ),
    "imaginary_impedance_ohm": _column(
        "Z″, imaginary part; negative for a capacitive response",
        "Ω",
        "imaginary impedance",
        "im(z)",
        "z''",
        "zimag",
        "zim",
    ),
    "stack_pressure_megapascal": _column("pressure on the stack of layers", "MPa", "stack pressure"),
    "stack_force_newton": _column("force on the stack of layers, before division by an area", "N", "stack force"),
    "two_theta_degree": _column(
        "diffraction angle 2θ of an X-ray diffractogram", "°", "2theta", "2-theta", "two theta", "2θ"
    ),
    "intensity_count": _column("photons counted at an angle", "counts", "intensity", "counts"),
    "intensity_count_per_second": _column("count rate at an angle", "counts/s", "count rate"),
    "scattering_vector_per_angstrom": _column("modulus of the scattering vector, q = 4π sin θ/λ", "Å⁻¹", "q"),
    "d_spacing_angstrom": _column("distance of lattice planes", "Å", "d spacing"),
}
"""Canonical names as in the Battery Data Format, with unit and meaning; later ones follow its pattern."""

_PREFIXES = "(?:pico|nano|micro|milli|centi|kilo|mega|giga)?"
_WORD = (
    f"(?:{_PREFIXES}(?:second|volt|ampere|hertz|ohm|siemens|watt|pascal|newton|farad|coulomb|henry|joule|metre|gram|mole"
    "|litre|electronvolt|tesla)"
    "|minute|hour|day|celsius|kelvin|degree|radian|angstrom|bar|ah|wh|percent|count|index|number|ratio|fraction|pixel)"
)
_POWER = f"(?:(?:square|cubic)_)?{_WORD}"
_NAME_AND_UNIT = re.compile(rf"(?P<name>[a-z][a-z0-9_]*?)_(?:{_POWER}(?:_per_{_POWER})*|per_{_POWER})")
_DIGITS = re.compile(r"\d+")
MOST_TYPOS = 2


def ends_in_unit(name: str) -> bool:
    """Return True for a name in lower case that ends in a unit in words, such as `coolant_temperature_celsius`."""
    return _NAME_AND_UNIT.fullmatch(name) is not None


def unit_in_words(name: str) -> str:
    """Return the unit that a name ends in, `per centimetre` of `raman_shift_per_centimetre`; `1` if it ends in none."""
    match = _NAME_AND_UNIT.fullmatch(name)
    return name.removeprefix(f"{match['name']}_").replace("_", " ") if match else COUNT


def nearest_column(name: str) -> str:
    """Return the canonical name that a name outside the vocabulary was probably meant to be, '' if it is another.

    That is one of the same meaning with another unit or under a plain name (`current_ma`, `cell_voltage_volt`), or one
    from which it differs by at most two letters (`voltage_volts`). `temperature_t2_celsius` is a further sensor.
    """
    if name in DATASET_COLUMNS or _DIGITS.sub("1", name) in DATASET_COLUMNS:
        return ""
    written = name.casefold()
    plain = {written.replace("_", " "), _stem(written).replace("_", " ")}
    for canonical, column in DATASET_COLUMNS.items():
        if _stem(written) == _stem(canonical) or plain.intersection(column.plain_names):
            return canonical
    return next((canonical for canonical in DATASET_COLUMNS if _is_misspelt(written, canonical)), "")


def _stem(name: str) -> str:
    """Return the name without its unit."""
    match = _NAME_AND_UNIT.fullmatch(name)
    return match["name"] if match else name.rpartition("_")[0]


def _is_misspelt(written: str, canonical: str) -> bool:
    """Return True if few letters differ; a further word, as in `ac_voltage_volt`, makes another name."""
    has_as_many_words = written.count("_") == canonical.count("_")
    return _typos(written, canonical) <= (MOST_TYPOS if has_as_many_words else 1)


def _typos(first: str, second: str) -> int:
    """Return the Levenshtein distance: how many letters to insert, remove or replace."""
    row = list(range(len(second) + 1))
    for index, letter in enumerate(first, start=1):
        diagonal, row[0] = row[0], index
        for column, other in enumerate(second, start=1):
            replaced = diagonal + (letter != other)
            diagonal, row[column] = row[column], min(row[column] + 1, row[column - 1] + 1, replaced)
    return row[-1]
