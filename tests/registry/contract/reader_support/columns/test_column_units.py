import math

import pytest

from registry.contract.reader_support.columns.column_units import factor_to, spelling, unit_error, without_lookalikes


@pytest.mark.parametrize(
    ("target", "unit", "factor"),
    [
        ("Ω", "kOhm", 1e3),
        ("Ω", "KOhms", 1e3),
        ("Ω", "GOhm", 1e9),
        ("Hz", "hz", 1.0),
        ("Hz", "kHz", 1e3),
        ("°", "rad", 180 / math.pi),
        ("rad/s", "rad s^-1", 1.0),
        ("rad/s", "krad/s", 1e3),
        ("A/cm²", "mA cm-2", 1e-3),
        ("Hz", "V", None),
        ("s", "", None),
    ],
)
def test_the_factor_of_a_unit(target: str, unit: str, factor: float | None) -> None:
    assert factor_to(target, unit) == (None if factor is None else pytest.approx(factor))


@pytest.mark.parametrize(
    ("unit", "code"),
    [
        ("", "missing-unit"),
        ("V", "unit-of-another-kind"),
        ("furlong", "unknown-unit"),
        ("Ω cm2", "impedance-times-area"),
        ("kOhm·cm^2", "impedance-times-area"),
        ("Ω m2", "impedance-times-area"),
        ("Ohm cm", "impedance-times-length"),
        ("Ω·m", "impedance-times-length"),
    ],
)
def test_why_a_unit_does_not_fit(unit: str, code: str) -> None:
    assert unit_error("Z'", "real_impedance_ohm", "Ω", unit).code == code


def test_characters_that_look_alike() -> None:
    assert without_lookalikes(" Phase \u00a0 / º ") == "Phase / °"
    assert spelling("µ A · h") == spelling("μAh") or spelling("μ A · h") == "uAh"
