"""Frequent unit conversions, so that they need not load pint.

A test compares each with pint.
"""

from collections.abc import Mapping

KNOWN_FACTORS: Mapping[str, Mapping[str, str]] = {
    "ohm": {"MΩ": "1000000", "kΩ": "1000", "Ohm": "1", "ohm": "1", "Ω": "1", "mΩ": "0.001"},
    "S/cm": {
        "S cm-1": "1",
        "S cm⁻¹": "1",
        "S/cm": "1",
        "S/m": "0.01",
        "mS cm-1": "0.001",
        "mS cm⁻¹": "0.001",
        "mS/cm": "0.001",
        "µS cm⁻¹": "0.000001",
        "µS/cm": "0.000001",
    },
    "mA*h/g": {"Ah/kg": "1", "mA*h/g": "1", "mAh g-1": "1", "mAh g⁻¹": "1", "mAh/g": "1"},
    "mA*h/cm**2": {"mA*h/cm**2": "1", "mAh cm-2": "1", "mAh cm⁻²": "1", "mAh/cm2": "1", "mAh/cm²": "1"},
    "mA*h": {"Ah": "1000", "mA*h": "1", "mAh": "1"},
    "mA*h/V": {"mA*h/V": "1", "mAh V⁻¹": "1", "mAh/V": "1"},
    "mA*h/g/V": {"mA*h/g/V": "1", "mAh g⁻¹ V⁻¹": "1", "mAh/g/V": "1"},
    "V/mA/h": {"V mA⁻¹ h⁻¹": "1", "V/mA/h": "1"},
    "V*g/mA/h": {"V g mA⁻¹ h⁻¹": "1", "V*g/mA/h": "1"},
    "percent/cycle": {"% per cycle": "1", "percent/cycle": "1"},
    "V": {"V": "1", "mV": "0.001"},
    "W*h/kg": {"W*h/kg": "1", "Wh kg⁻¹": "1", "Wh/kg": "1"},
    "W*h/L": {"W*h/L": "1", "Wh L⁻¹": "1", "Wh/L": "1"},
    "MPa": {"GPa": "1000", "MPa": "1", "bar": "0.1", "kPa": "0.001"},
    "mg": {"g": "1000", "mg": "1"},
    "degC": {"degC": "1", "°C": "1"},
    "c_rate": {"C": "1", "c_rate": "1"},
    "mA/cm**2": {"mA cm-2": "1", "mA cm⁻²": "1", "mA/cm**2": "1", "mA/cm2": "1", "mA/cm²": "1", "µA/cm²": "0.001"},
    "mA/g": {"A/g": "1000", "A/kg": "1", "mA g-1": "1", "mA g⁻¹": "1", "mA/g": "1"},
    "mg/cm**2": {"mg cm-2": "1", "mg cm⁻²": "1", "mg/cm**2": "1", "mg/cm2": "1", "mg/cm²": "1", "g/m²": "0.1"},
    "cm**2": {"cm**2": "1", "cm2": "1", "cm^2": "1", "cm²": "1", "mm²": "0.01"},
    "um": {"cm": "10000", "mm": "1000", "um": "1", "µm": "1", "nm": "0.001"},
    "mm": {"cm": "10", "mm": "1", "µm": "0.001"},
    "g/cm**3": {"g cm⁻³": "1", "g/cm**3": "1", "g/cm3": "1", "g/cm³": "1"},
    "eV": {"eV": "1"},
    "mW*h": {"mW*h": "1", "mWh": "1"},
    "mV": {"V": "1000", "mV": "1"},
    "mV/cycle": {"mV per cycle": "1", "mV/cycle": "1"},
    "mV/h": {"mV h⁻¹": "1", "mV/h": "1"},
    "h": {"h": "1"},
    "A": {"A": "1", "mA": "0.001", "µA": "0.000001"},
    "mA": {"A": "1000", "mA": "1", "µA": "0.001"},
    "F": {"F": "1", "mF": "0.001", "µF": "0.000001"},
    "s": {"h": "3600", "min": "60", "ms": "0.001", "s": "1"},
    "Hz": {"Hz": "1", "kHz": "1000", "mHz": "0.001"},
    "1/kK": {"1/kK": "1", "kK⁻¹": "1"},
    "S*K/cm": {"S K cm⁻¹": "1", "S*K/cm": "1"},
    "S cm⁻¹": {"S/cm": "1"},
    "mS cm⁻¹": {"S/cm": "1000"},
}
"""Factor from a spelling (inner key) to a unit (outer key), as a decimal number."""
