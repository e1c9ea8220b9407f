import pytest

from registry.authoring.naming import NameRefused, Names


@pytest.mark.parametrize(
    "written", ["area-specific-resistance", "Area specific  resistance", "area_specific_resistance"]
)
def test_derives_all_names_from_one(written: str) -> None:
    names = Names.of(written)
    assert names.name == "area-specific-resistance"
    assert names.module == "area_specific_resistance"
    assert names.title == "Area specific resistance"
    assert names.package == "cellar_area_specific_resistance"
    assert names.distribution == "cellar-area-specific-resistance"


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("", "‘’ is not a valid plugin name: write words of letters and digits"),
        ("2nd-arc", "is not a valid plugin name"),
        ("../escape", "is not a valid plugin name"),
        ("σ-ion", "is not a valid plugin name"),
        ("a;rm", "is not a valid plugin name"),
        ("class", "‘class’ is a Python keyword"),
        ("a" * 51, "has 51 characters: use at most 50"),
    ],
)
def test_refuses_invalid_names(written: str, reason: str) -> None:
    with pytest.raises(NameRefused, match=reason):
        Names.of(written)
