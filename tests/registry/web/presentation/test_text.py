"""Numbers, conditions and inputs in words."""

import pytest

from analyses.uncertainty import Estimate
from registry.contract.estimate_encoding import fact_to_json
from registry.models import Measurement
from registry.numbers import catalogue
from registry.numbers.catalogue import get_or_placeholder
from registry.web.presentation.text import conditions_of, fact_text, heading, number_text, path_words, percent, typeset


@pytest.mark.parametrize(
    ("written", "printed"),
    [
        ("7.87×10^3 Ω", "7.87×10³ Ω"),
        ("9.71×10^{-6} S cm^{-1}", "9.71×10⁻⁶ S cm⁻¹"),
        ("0.366 mS cm⁻¹", "0.366 mS cm⁻¹"),
        ("Coin cell", "Coin cell"),
        ("from 2e+05 to 1.5e-2 Hz", "from 2×10⁵ to 1.5×10⁻² Hz"),
        ("(1.99 ± 0.26)e4 Ω", "(1.99 ± 0.26)×10⁴ Ω"),
        ("-25 °C, BIC -398", "−25 °C, BIC −398"),
        ("C-00012 on 2025-03-09, R0-p(R1,CPE1), 1e5a", "C-00012 on 2025-03-09, R0-p(R1,CPE1), 1e5a"),
    ],
)
def test_powers_are_raised_signs_are_minus_and_nothing_else_changes(written: str, printed: str) -> None:
    assert typeset(written) == printed


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("layers.2.thickness_um", "Layer 2: thickness"),
        ("layers.count", "Number of layers"),
        ("reported.resistance_ohm", "Reported: resistance"),
        ("setup.die_diameter_mm", "Set-up: die diameter"),
        ("measurement.technique", "Measurement: technique"),
        ("dataset.sha256", "Data file (SHA-256 of its columns)"),
        ("computed.mean_discharge_voltage_v", "Computed: mean discharge voltage"),
        ("measurements.eis", "Measurements: electrochemical impedance spectroscopy"),
        ("measurements.M-00012.temperature_degc", "M-00012: temperature"),
        ("measurements.M-00012.computed.ionic_conductivity_s_cm", "M-00012: computed: ionic conductivity"),
    ],
)
def test_a_path_in_words(path: str, words: str) -> None:
    assert path_words(path) == words


def test_a_fact_prints_with_its_unit_and_says_when_it_was_inferred() -> None:
    assert fact_text("layers.1.thickness_um", fact_to_json(Estimate.exact(600.0, inferred=True))) == "600 µm (inferred)"
    assert fact_text("layers.1.thickness_um", fact_to_json(Estimate.measured(600.0, 1.0, 3.0))).endswith("µm")
    assert fact_text("measurement.technique", "eis") == "Electrochemical impedance spectroscopy"
    assert fact_text("layers.1.area_cm2", None) == "none entered"
    assert fact_text("computed.resistance_ohm", None) == "none computed"


@pytest.mark.parametrize(
    ("bounds", "printed"),
    [
        ((18.0, 17.5, 18.5), "18 [17.5, 18.5] mAh"),
        ((3.11, 3.105, 3.115), "3.11 [3.105, 3.115] mAh"),
        ((7870.0, 7865.0, 7875.0), "7870 [7865, 7875] mAh"),
        ((18.0, 18.0, 18.0), "18 mAh"),
    ],
)
def test_an_input_has_the_digits_it_was_entered_with(bounds: tuple[float, float, float], printed: str) -> None:
    assert fact_text("reported.discharge_capacity_mah", fact_to_json(Estimate(*bounds))) == printed


def test_a_count_has_no_decimals() -> None:
    assert number_text(Estimate.exact(742.0), catalogue.get("cycle_count")) == "742"


def test_a_quantity_whose_plugin_is_gone_keeps_its_slug_for_a_name() -> None:
    assert heading(get_or_placeholder("glow_lm")) == "glow lm"


def test_a_deviation_has_its_sign_unless_it_rounds_to_zero() -> None:
    assert (percent(4.56), percent(-1.0), percent(0.01), percent(None)) == ("+4.6 %", "−1.0 %", "0.0 %", "")


def test_conditions_are_listed_as_written_those_that_were() -> None:
    window = {"voltage_lower": "2.5 V", "voltage_upper": "4.3 V"}
    measurement = Measurement(stack_pressure="Coin cell", temperature="RT", **window)
    assert conditions_of(measurement) == [
        ("Stack pressure", "Coin cell"),
        ("Temperature", "RT"),
        ("Voltage window", "2.5 V to 4.3 V"),
    ]
