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
        ("", "‘’ "),
        ("2nd-arc", "valid"),
        ("../escape", "valid"),
        ("σ-ion", "valid"),
        ("a;rm", "valid"),
        ("class", "‘class’ is a Python keyword"),
        ("a" * 51, " 51 characters: .* 50"),
    ],
)
def test_refuses_invalid_names(written: str, reason: str) -> None:
    with pytest.raises(NameRefused, match=reason):
        Names.of(written)
