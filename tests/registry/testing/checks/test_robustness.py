import numpy as np
import pytest

from registry.hookspecs import Parameter
from registry.testing import example_inputs
from registry.testing.checks.robustness import settings_to_try, stretched


@pytest.mark.parametrize(
    ("parameter", "tried"),
    [
        (Parameter("x", float, 1.0, "x", minimum=0.5, maximum=2), [0.5, 2.0]),
        (Parameter("x", float, 1.0, "x"), [-1e9, 1e9]),
        (Parameter("x", int, 1, "x", minimum=0.5, maximum=3.5), [1, 3]),
        (Parameter("x", bool, True, "x"), [False, True]),
        (Parameter("x", str, "a", "x", choices=("a", "b")), ["a", "b"]),
        (Parameter("x", str, "a", "x"), ["", "?"]),
    ],
)
def test_parameters_are_tried_at_their_ends(parameter: Parameter, tried: list) -> None:
    assert settings_to_try(parameter) == tried


def test_a_test_of_a_million_rows_is_the_same_recorded_more_often() -> None:
    long = stretched(1_000_000, example_inputs("cycling").columns)
    assert {column.size for column in long.values()} == {1_000_000}
    assert np.all(np.diff(long["test_time_second"]) >= 0)
    assert set(np.unique(long["cycle_count"])) == set(range(1, 31))


def test_a_table_of_a_million_cycles_has_them_numbered() -> None:
    long = stretched(1_000_000, example_inputs("cycling", form="per-cycle table").columns)
    assert np.array_equal(long["cycle_count"], np.arange(1, 1_000_001))
