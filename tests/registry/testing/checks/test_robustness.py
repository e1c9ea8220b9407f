import numpy as np
import pytest

from registry.hookspecs import Parameter
from registry.testing import example_inputs
from registry.testing.checks.robustness import settings_to_try, stretched


@pytest.mark.parametrize(
    ("parameter", "tried"),
    [
        (Parameter(name="x", type=float, default=1.0, help="x", minimum=0.5, maximum=2), [0.5, 2.0]),
        (Parameter(name="x", type=float, default=1.0, help="x"), [-1e9, 1e9]),
        (Parameter(name="x", type=int, default=1, help="x", minimum=0.5, maximum=3.5), [1, 3]),
        (Parameter(name="x", type=bool, default=True, help="x"), [False, True]),
        (Parameter(name="x", type=str, default="a", help="x", choices=("a", "b")), ["a", "b"]),
        (Parameter(name="x", type=str, default="a", help="x"), ["", "?"]),
    ],
)
def test_parameters_are_tried_at_their_bounds(parameter: Parameter, tried: list) -> None:
    assert settings_to_try(parameter) == tried


def test_stretched_data_keep_time_and_cycles() -> None:
    columns = stretched(1_000_000, example_inputs("cycling").columns)
    assert {column.size for column in columns.values()} == {1_000_000}
    assert np.all(np.diff(columns["test_time_second"]) >= 0)
    assert set(np.unique(columns["cycle_count"])) == set(range(1, 31))


def test_stretched_table_numbers_its_cycles() -> None:
    columns = stretched(1_000_000, example_inputs("cycling", form="per-cycle table").columns)
    assert np.array_equal(columns["cycle_count"], np.arange(1, 1_000_001))
