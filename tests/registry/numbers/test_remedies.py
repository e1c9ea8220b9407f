"""What a text that cannot be read as a number may mean."""

import pytest

from registry.numbers import catalogue
from registry.numbers.parsing import list_remedies


@pytest.mark.parametrize(
    ("text", "slug", "remedies"),
    [
        ("10", "thickness_um", ["10 µm"]),
        ("~10 ± 0.2 (inferred)", "thickness_um", ["~10 ± 0.2 µm (inferred)"]),
        ("0.75", "mass_fraction_percent", ["75 %", "0.75 %"]),
        ("10", "area_cm2", ["10 cm²", "⌀10 mm"]),
        ("10", "mass_loading_mg_cm2", ["10 mg cm⁻²"]),
        ("0,75 mm", "thickness_um", ["0.75 mm"]),
        ("1,000 µm", "thickness_um", ["1000 µm", "1.000 µm"]),
        ("~1,5 ± 0,2 µm (inferred)", "thickness_um", ["~1.5 ± 0.2 µm (inferred)"]),
        ("≥ 1,5 µm", "thickness_um", ["≥ 1.5 µm"]),
        ("3,5×2,5 cm²", "area_cm2", ["3.5×2.5 cm²"]),
        ("1,234,567 µm", "thickness_um", ["1234567 µm"]),
        ("1,5", "thickness_um", ["1.5"]),
        ("0,785 cm²", "area_cm2", ["0.785 cm²"]),
        ("1,5 mA", "thickness_um", []),
        ("1.234,5 µm", "thickness_um", []),
        ("40 parsec", "thickness_um", []),
        ("40 µm", "thickness_um", []),
    ],
)
def test_what_a_text_that_cannot_be_read_may_mean(text: str, slug: str, remedies: list[str]) -> None:
    assert [remedy.written for remedy in list_remedies(text, catalogue.get(slug))] == remedies
