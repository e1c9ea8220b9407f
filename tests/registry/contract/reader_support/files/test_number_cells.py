import pytest

from registry.contract.reader_support.files.number_cells import CellError, number


@pytest.mark.parametrize(("cell", "decimal", "value"), [("1.5", ".", 1.5), ("1,5", ",", 1.5), ("-.5e-3", ".", -5e-4)])
def test_reads_a_number(cell: str, decimal: str, value: float) -> None:
    assert number(cell, decimal) == value


@pytest.mark.parametrize(("cell", "decimal"), [("", "."), ("1.5", ","), ("1,5", "."), ("inf", "."), ("1_000", ".")])
def test_refuses_text_that_is_not_a_number(cell: str, decimal: str) -> None:
    with pytest.raises(CellError):
        number(cell, decimal)
