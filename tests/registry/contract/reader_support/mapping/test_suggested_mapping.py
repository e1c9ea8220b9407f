from registry.contract.reader_support.mapping.suggested_mapping import suggest_for_rows, suggest_for_text

ROWS = [["1000", "1.5", "-2"], ["100", "2.5", "-3"], ["10", "3.5", "-4"]]
SUGGESTED = {"Freq": "Frequency / Hz", "Re": "Z' / Ω", "Im": "Z'' / Ω"}


def test_for_a_text() -> None:
    text = "\n".join(";".join(row) for row in [["Freq", "Re", "Im"], *ROWS])
    assert suggest_for_text(text.encode())["suggested_mapping"] == {"columns": SUGGESTED, "delimiter": ";"}
    assert suggest_for_text(b"no table") == {}


def test_for_the_rows_of_a_sheet() -> None:
    assert suggest_for_rows([["title", "", ""], ["Freq", "Re", "Im"], *ROWS])["suggested_mapping"] == {
        "columns": SUGGESTED
    }
    assert set(suggest_for_rows(ROWS)["suggested_mapping"]["columns"]) == {"0", "1", "2"}
    assert suggest_for_rows([["a", "b"]]) == {}


def test_a_logarithm_is_suggested_as_one() -> None:
    rows = [["log(freq/Hz)", "Re", "Im"], *ROWS]
    columns = suggest_for_rows(rows)["suggested_mapping"]["columns"]
    assert columns["log(freq/Hz)"] == "log Frequency / Hz"
