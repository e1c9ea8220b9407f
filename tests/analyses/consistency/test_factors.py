import pytest

from analyses.consistency.factors import BY_UNIT, OF_DATA, factors_of
from analyses.consistency.wording import UNITS


def test_every_unit_with_factors_is_one_that_names_end_in() -> None:
    assert set(BY_UNIT) <= set(UNITS.values())


@pytest.mark.parametrize("factors", [*BY_UNIT.values(), OF_DATA])
def test_no_factor_is_one_or_comes_twice(factors) -> None:
    values = [factor for factor, _ in factors]
    assert 1.0 not in values
    assert len(values) == len(set(values))


def test_the_columns_of_a_file_have_their_own_factors() -> None:
    assert factors_of("specific_capacity_mah_g", is_of_data=True) == OF_DATA
    assert factors_of("mean_discharge_voltage_v", is_of_data=True) == ()
    assert factors_of("np_ratio") == ()
