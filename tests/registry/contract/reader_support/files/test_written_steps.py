"""The step of a column as its text writes it."""

from pathlib import Path

import numpy as np
import pytest

from plugins.readers import declared_csv
from registry.contract.reader_support.files.written_steps import step_of

STEP_OF = "step of {}"


@pytest.mark.parametrize(
    ("cells", "step"),
    [
        (["0.0000", "0.0002", "-0.0002"], 1e-4),
        (["0.10", "0.20"], 0.01),
        (["0", "12"], 1.0),
        # Written as short as possible, so that 0.001 may be exact.
        (["0", "0.001"], 0.0),
        (["0.0", "0.5"], 0.0),
        (["0.001", "-0.001"], 0.0),
        (["0.0000", "0.002"], 0.0),
        (["0.1656", "-0.1656"], 1e-4),
        (["0.00039", "-0.00039"], 1e-5),
        (["0.2", "0.4"], 0.0),
        (["1.0E-03", "2.0E-03"], 0.0),
        (["0.00", ""], 0.0),
    ],
)
def test_the_step_is_the_last_place_of_numbers_with_as_many_decimals(cells: list[str], step: float) -> None:
    assert step_of(cells, ".") == step
    assert step_of([cell.replace(".", ",") for cell in cells], ",") == step


def written(path: Path, header: str, rows: str) -> dict[str, str]:
    path.write_text(f"{header}\n{rows}")
    (dataset,) = declared_csv.read(path)
    return {name: text for name, text in dataset.header.items() if name.startswith("step of")}


def test_coarse_times_and_currents_are_entries_of_the_header(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    coarse = "0.00,3.1,0.0000\n0.02,3.2,0.0004\n0.10,3.3,0.0004\n"
    steps = written(file, "Time / h,Voltage / V,Current / A", coarse)
    assert steps == {STEP_OF.format("test_time_second"): "36", STEP_OF.format("current_ampere"): "0.0001"}
    fine = written(file, "Time / s,Voltage / V,Current / mA", "0,3.1,0.00000\n60,3.2,0.40000\n120,3.3,0.40000\n")
    assert fine == {STEP_OF.format("current_ampere"): "1e-08"}
    assert written(file, "Time / s,Voltage / V,Current / mA", "0,3.1,0\n60,3.2,0.4\n120,3.3,0.4\n") == {}
    minutes = written(file, "Time / min,Voltage / V,Current / mA", "0,3.1,0\n1,3.2,1\n2,3.3,1\n")
    assert minutes == {STEP_OF.format("test_time_second"): "60"}
    assert written(file, "Time / h,Voltage / V,Current / mA", "0,3.1,0\n1,3.2,1\n2,3.3,1\n") == {}


def test_a_scatter_of_currents_has_the_step_of_its_decimals(tmp_path: Path) -> None:
    currents = np.round(1e-3 + 1e-4 * np.sin(np.arange(50.0)), 5)
    rows = "\n".join(f"{row},3.1,{current:.5f}" for row, current in enumerate(currents))
    steps = written(tmp_path / "a.csv", "Time / s,Voltage / V,Current / A", rows)
    assert steps == {STEP_OF.format("current_ampere"): "1e-05"}
