"""The query language: what it says when a query cannot be answered."""

import pytest

from registry.selectors.query.parsing import QueryError, parse_query


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("parameters", "parameter", "told"),
    [
        ({"stack_presure_mpa__lte": "10"}, "stack_presure_mpa__lte", "Did you mean ‘stack_pressure_mpa__lte’?"),
        ({"annode": "Li"}, "annode", "Did you mean ‘anode’?"),
        ({"stack_pressure_mpa__max": "10"}, "stack_pressure_mpa__max", "‘max’ is not an operator"),
        ({"stack_pressure_mpa__lte": "10 mA"}, "stack_pressure_mpa__lte", "‘10 mA’ is a current"),
        ({"stack_pressure_mpa__lte": "low"}, "stack_pressure_mpa__lte", "‘low’ is not a number"),
        ({"stack_pressure_mpa__lte": "nan"}, "stack_pressure_mpa__lte", "is not a finite number"),
        ({"stack_pressure_mpa__lte": "1e999"}, "stack_pressure_mpa__lte", "is not a finite number"),
        ({"stack_pressure_mpa__exists": "maybe"}, "stack_pressure_mpa__exists", "is true or false"),
        ({"technique": "divination"}, "technique", "is not a technique: there are eis,"),
        ({"format": "brick"}, "format", "is not a format: there are die,"),
        ({"value_origin": "guessed"}, "value_origin", "is not a value_origin: there are reported, computed"),
        ({"cathode.stack_pressure_mpa": "5"}, "cathode.stack_pressure_mpa", "There is no parameter"),
        ({"roof.thickness_um": "5"}, "roof.thickness_um", "Did you mean ‘thickness_um’?"),
    ],
)
def test_names_the_parameter_that_is_wrong_and_the_nearest_right_one(
    parameters: dict[str, str], parameter: str, told: str
) -> None:
    with pytest.raises(QueryError) as error:
        parse_query({name: [text] for name, text in parameters.items()})
    assert error.value.parameter == parameter
    assert told in str(error.value)


def test_an_empty_parameter_asks_nothing() -> None:
    assert parse_query({"anode": ["", " "], "stack_pressure_mpa__lte": [""]}) == parse_query({})
