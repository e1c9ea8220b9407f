import numpy as np

from registry.contract.analysis_support.cycling.cycling_table import column
from registry.hookspecs import Inputs
from registry.testing.synthetic.cycling import cycling_rows
from tests.registry.contract.analysis_support.cycling.test_cycling_reading import CAPACITY, table_of


def test_reports_the_definition_of_efficiency() -> None:
    assert table_of(cycling_rows(CAPACITY)).efficiency_definition.startswith("discharge over charge ")
    half_cell = table_of(cycling_rows(CAPACITY, efficiency=1.2, discharge_first=True))
    assert half_cell.efficiency_definition.startswith("charge over discharge ")


def test_columns_are_floating_point() -> None:
    dataset = Inputs({"dataset.sha256": "ab"}, lambda: {"cycle_count": np.arange(3)}).dataset
    assert column(dataset, "cycle_count").dtype == float
