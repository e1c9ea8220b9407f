import math
import re

import pytest

from analyses.coded_text import check_code
from analyses.consistency.limits import LIMITS, highest_capacity_mah_g, highest_ionic_conductivity_s_cm


def test_every_limit_has_its_own_name_a_code_and_a_source() -> None:
    assert len({limit.name for limit in LIMITS}) == len(LIMITS)
    for limit in LIMITS:
        check_code(limit.code)
        assert limit.source
        assert 0 <= limit.lower < limit.upper


def test_the_text_of_a_limit_has_only_known_parameters() -> None:
    for limit in LIMITS:
        assert set(re.findall(r"{(\w+)}", limit.text)) <= {"subject", "ratio", "limit", "hint"}


def test_the_highest_conductivity_rises_with_temperature() -> None:
    values = [highest_ionic_conductivity_s_cm(degc) for degc in (-60.0, -25.0, 0.0, 25.0, 60.0, 100.0)]
    assert values == sorted(values)
    assert values[3] == pytest.approx(0.041)
    assert highest_ionic_conductivity_s_cm(None) == values[-1]


def test_below_room_temperature_the_lower_barrier_counts() -> None:
    ratio = highest_ionic_conductivity_s_cm(0.0) / 0.041
    expected = 298.15 / 273.15 * math.exp(0.15 / 8.617333262e-5 * (1 / 298.15 - 1 / 273.15))
    assert ratio == pytest.approx(expected)


@pytest.mark.parametrize(
    ("name", "capacity"),
    [
        ("NCM90", 280.0),
        ("LiNi0.8Co0.1Mn0.1O2", 280.0),
        ("LiNi0.5Mn1.5O4", 147.0),
        ("LNMO", 147.0),
        ("LFP LiFePO4", 170.0),
        ("LTO", 175.0),
        ("Li2S", 1167.0),
        ("graphite", 372.0),
    ],
)
def test_a_family_is_known_by_name_or_formula(name: str, capacity: float) -> None:
    known = highest_capacity_mah_g(name)
    assert known is not None
    assert known[1] == capacity


@pytest.mark.parametrize("name", ["S", "Si", "Li", "Li2SO4", "composite"])
def test_other_names_have_no_limit(name: str) -> None:
    assert highest_capacity_mah_g(name) is None
