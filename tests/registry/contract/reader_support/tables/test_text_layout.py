import pytest

from registry.contract.reader_support.tables.text_layout import detect_layout, is_number, split_cells


@pytest.mark.parametrize(
    ("lines", "header_line", "delimiter", "headers"),
    [
        (["f,z", "1,2"], 1, ",", ("f", "z")),
        (["made by hand", "f;z", "1,5;2,5"], 2, ";", ("f", "z")),
        (["1\t2\t3"], 0, "\t", ("0", "1", "2")),
        ([" 1e3  10.5  -2 "], 0, " ", ("0", "1", "2")),
        (["f,f", "1,2"], 0, ",", ("0", "1")),
    ],
)
def test_finds_headers_and_delimiter(
    lines: list[str], header_line: int, delimiter: str, headers: tuple[str, ...]
) -> None:
    layout = detect_layout(lines)
    assert layout
    assert (layout.header_line, layout.delimiter, layout.headers) == (header_line, delimiter, headers)


def test_a_text_without_numbers_has_no_table() -> None:
    assert detect_layout(["a,b", "c,d"]) is None
    assert split_cells('"a" ;b;', ";") == ("a", "b")
    assert is_number("1,5e3")
    assert is_number("144:01:18")
