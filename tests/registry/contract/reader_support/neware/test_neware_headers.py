import pytest

from registry.contract.reader_support.neware.neware_headers import (
    column_names,
    decoded_cell,
    decoded_header,
    is_outer_header,
    is_record_header,
    names_of,
)


@pytest.mark.parametrize(
    ("content", "text", "encoding"),
    [
        ("循环号,电压(V)".encode(), "循环号,电压(V)", "utf-8"),
        ("循环号,电压(V)".encode("utf-8-sig"), "循环号,电压(V)", "utf-8"),
        ("循环号,电压(V)".encode("gbk"), "循环号,电压(V)", "gbk"),
        ("DataPoint,T1(℃)".encode("gbk"), "DataPoint,T1(℃)", "gbk"),
        ("DataPoint,T1(°C)".encode("latin-1"), "DataPoint,T1(°C)", "latin-1"),
    ],
)
def test_the_encoding_of_a_header(content: bytes, text: str, encoding: str) -> None:
    assert decoded_header(content) == (text, encoding)


def test_a_counter_without_direction_is_read_if_there_is_no_other() -> None:
    names, is_unsigned = column_names(["电压(V)", "容量(Ah)"])
    assert is_unsigned
    assert names["容量"] == "charging_capacity_ah"
    names, is_unsigned = column_names(["Capacity(Ah)", "Chg. Cap.(Ah)", "DChg. Cap.(Ah)"])
    assert not is_unsigned
    assert "capacity" not in names


def test_headers_of_records_and_of_outer_rows() -> None:
    assert names_of(["Current(mA)", "电压(V)"]) == ["current", "电压"]
    assert is_record_header(["DataPoint", "Cycle Index"])
    assert is_record_header(["循环号", "工步类型"])
    assert not is_record_header(["Cycle Index", "Step Index"])
    assert is_outer_header(["Cycle Index", "Chg. Cap.(Ah)"], ["", "Step Index"])
    assert not is_outer_header(["Cycle", "Charge"], ["", "Step Index"])


@pytest.mark.parametrize("encoding", ["utf-8", "gbk"])
def test_cells_read_as_latin_1_are_decoded(encoding: str) -> None:
    assert decoded_cell("恒流放电".encode(encoding).decode("latin-1")) == "恒流放电"
    assert decoded_cell("恒流放电") == "恒流放电"
