from registry.contract.reader_support.arbin_headers import FIXED_UNITS, NAMES, fixed_units, plain_labels
from registry.contract.reader_support.columns.column_headers import COLUMNS


def test_names_map_to_known_columns() -> None:
    assert set(NAMES.values()) <= set(COLUMNS)


def test_underscores_are_spaces_and_c_is_celsius() -> None:
    assert plain_labels(["Aux_Temperature_1(C)", "Test_Time(s)"]) == ("Aux Temperature 1(°C)", "Test Time(s)")


def test_fixed_units_are_used_only_if_no_header_has_one() -> None:
    assert fixed_units(["Test_Time", "Voltage"]) == FIXED_UNITS
    assert fixed_units(["Test_Time(s)", "Voltage"]) == {}
