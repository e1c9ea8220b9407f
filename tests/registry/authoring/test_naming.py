import pytest

from registry.authoring.naming import NameRefused, Names


@pytest.mark.parametrize(
    "written", ["area-specific-resistance", "Area specific  resistance", "area_specific_resistance"]
)
def test_one_name_makes_all_the_others(written: str) -> None:
    names = Names.of(written)
    assert names.name == "area-specific-resistance"
    assert names.module == "area_specific_resistance"
    assert names.title == "Area specific resistance"
    assert names.package == "cellar_area_specific_resistance"
    assert names.distribution == "cellar-area-specific-resistance"


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("", "‘’ is no name for a plugin: write words of letters and digits"),
        ("2nd-arc", "is no name for a plugin"),
        ("../escape", "is no name for a plugin"),
        ("σ-ion", "is no name for a plugin"),
        ("a;rm", "is no name for a plugin"),
        ("class", "‘class’ is a word of Python: add another word to it"),
        ("a" * 51, "has 51 characters: 50 are the most"),
    ],
)
def test_what_is_no_name_is_refused_with_one_that_would_do(written: str, told: str) -> None:
    with pytest.raises(NameRefused, match=told):
        Names.of(written)
