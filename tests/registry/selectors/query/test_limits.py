"""Limits on the size of a query."""

import pytest

from registry.selectors.query.errors import QueryError
from registry.selectors.query.limits import MAX_CONDITIONS, MAX_LENGTH
from registry.selectors.query.parsing import parse_list_query


@pytest.mark.parametrize(
    ("parameters", "parameter"),
    [
        ({"anode": [f"M{number}" for number in range(MAX_CONDITIONS + 1)]}, "anode"),
        ({"stack_pressure_mpa__gte": [str(number) for number in range(MAX_CONDITIONS + 1)]}, "stack_pressure_mpa__gte"),
        ({"q": [" ".join(f"w{number}" for number in range(MAX_CONDITIONS + 1))]}, "q"),
        ({"anode": [f"M{number}" for number in range(60)], "cathode": [f"M{number}" for number in range(50)]}, "anode"),
    ],
)
def test_the_number_of_conditions_is_limited(parameters: dict[str, list[str]], parameter: str) -> None:
    with pytest.raises(QueryError, match=r"\b100 conditions") as error:
        parse_list_query(parameters)
    assert error.value.parameter == parameter


@pytest.mark.parametrize("parameter", ["anode", "q", "stack_pressure_mpa__lte", "measurement"])
def test_the_length_of_a_value_is_limited(parameter: str) -> None:
    with pytest.raises(QueryError, match=r"\b1000 characters"):
        parse_list_query({parameter: ["1" * (MAX_LENGTH + 1)]})
