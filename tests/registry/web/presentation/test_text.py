"""Numbers, test conditions and inputs as text."""

import pytest

from analyses.uncertainty import Estimate
from registry.contract.estimate_encoding import fact_to_json
from registry.models import Project
from registry.numbers import catalogue
from registry.numbers.catalogue import get_or_placeholder
from registry.web.presentation.text import (
    format_deviation,
    format_fact,
    format_heading,
    format_input_path,
    format_number,
    list_test_conditions,
    typeset,
)
from tests import factories


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
def test_powers_and_minus_signs_are_typeset(written: str, printed: str) -> None:
    assert typeset(written) == printed


@pytest.mark.parametrize(
    ("path", "label"),
    [
        ("layers.2.thickness_um", "Layer 2: thickness"),
        ("layers.count", "Number of layers"),
        ("reported.resistance_ohm", "Reported: resistance"),
        ("setup.die_diameter_mm", "Set-up: die diameter"),
        ("measurement.technique", "Measurement: technique"),
        ("dataset.sha256", "Data file (SHA-256 of its columns)"),
        ("dataset.undecided", "Dataset not selected because"),
        ("dataset.undecided.filenames", "Dataset not selected: filenames"),
        ("dataset.start_time", "Data file: start time"),
        ("datasets.continuation.count", "Continuation of the test: number of datasets"),
        ("datasets.undeclared.unread", "Files without a role: file without data"),
        ("datasets.pressure_log.2.sha256", "Pressure log 2: SHA-256 of its columns"),
        ("measurements.M-00012.datasets.continuation.count", "M-00012: continuation of the test: number of datasets"),
        ("computed.mean_discharge_voltage_v", "Computed: mean discharge voltage"),
        ("measurements.eis", "Measurements: electrochemical impedance spectroscopy"),
        ("measurements.M-00012.temperature_degc", "M-00012: temperature"),
        ("measurements.M-00012.computed.ionic_conductivity_s_cm", "M-00012: computed: ionic conductivity"),
    ],
)
def test_an_input_path_has_a_label(path: str, label: str) -> None:
    assert format_input_path(path) == label


def test_an_input_shows_its_unit_and_whether_it_was_inferred() -> None:
    assert (
        format_fact("layers.1.thickness_um", fact_to_json(Estimate.exact(600.0, inferred=True))) == "600 µm (inferred)"
    )
    assert format_fact("layers.1.thickness_um", fact_to_json(Estimate.measured(600.0, 1.0, 3.0))).endswith("µm")
    assert format_fact("measurement.technique", "eis") == "Electrochemical impedance spectroscopy"
    assert format_fact("layers.1.area_cm2", None) == "not entered"
    assert format_fact("computed.resistance_ohm", None) == "not computed"


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
    assert format_fact("reported.discharge_capacity_mah", fact_to_json(Estimate(*bounds))) == printed


def test_a_count_has_no_decimals() -> None:
    assert format_number(Estimate.exact(742.0), catalogue.get("cycle_count")) == "742"


@pytest.mark.django_db
def test_an_unregistered_quantity_is_named_by_its_slug() -> None:
    assert format_heading(get_or_placeholder("glow_lm")) == "glow lm"


def test_a_deviation_has_its_sign_unless_it_rounds_to_zero() -> None:
    assert [format_deviation(number) for number in (4.56, -1.0, 0.01, None)] == ["+4.6", "−1.0", "0.0", ""]


@pytest.mark.parametrize(
    ("limits", "window"),
    [
        ({"voltage_upper_v": "4.3 V", "voltage_lower_v": "2.5 V"}, "2.5 V to 4.3 V"),
        ({"voltage_upper_v": "4.3 V vs Li/Li+", "voltage_lower_v": "2.5 V vs Li/Li+"}, "2.5 V to 4.3 V vs Li/Li+"),
        ({"voltage_lower_v": "2.5 V"}, "from 2.5 V"),
        ({"voltage_upper_v": "4.3 V"}, "up to 4.3 V"),
    ],
)
def test_entered_conditions_are_listed_as_entered(project: Project, limits: dict[str, str], window: str) -> None:
    measurement = factories.make_measurement(
        factories.make_cell(project), stack_pressure_mpa="Coin cell", temperature_degc="RT", c_rate="C/3", **limits
    )
    assert list_test_conditions(measurement) == [
        ("Stack pressure", "Coin cell"),
        ("Temperature", "RT"),
        ("C-rate", "C/3"),
        ("Voltage window", window),
    ]
