"""The query language: what it says when a query cannot be answered."""

import pytest

from registry.selectors.query.parsing import MAX_CONDITIONS, MAX_LENGTH, QueryError, ordering_keys, parse_list_query


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
        parse_list_query({name: [text] for name, text in parameters.items()})
    assert error.value.parameter == parameter
    assert told in str(error.value)


def test_an_empty_parameter_asks_nothing() -> None:
    assert parse_list_query({"anode": ["", " "], "stack_pressure_mpa__lte": [""]}) == parse_list_query({})


def test_what_is_asked_twice_is_asked_once() -> None:
    assert parse_list_query({"anode": ["Li", " Li "] * 75, "technique": ["eis"] * 2}) == parse_list_query(
        {"anode": ["Li"], "technique": ["eis"]}
    )


@pytest.mark.parametrize(
    ("parameters", "parameter"),
    [
        ({"anode": [f"M{number}" for number in range(MAX_CONDITIONS + 1)]}, "anode"),
        ({"stack_pressure_mpa__gte": [str(number) for number in range(MAX_CONDITIONS + 1)]}, "stack_pressure_mpa__gte"),
        ({"q": [" ".join(f"w{number}" for number in range(MAX_CONDITIONS + 1))]}, "q"),
        ({"anode": [f"M{number}" for number in range(60)], "cathode": [f"M{number}" for number in range(50)]}, "anode"),
    ],
)
def test_a_query_has_a_largest_number_of_conditions(parameters: dict[str, list[str]], parameter: str) -> None:
    with pytest.raises(QueryError, match="at most 100 conditions") as error:
        parse_list_query(parameters)
    assert error.value.parameter == parameter


@pytest.mark.parametrize("parameter", ["anode", "q", "stack_pressure_mpa__lte", "measurement"])
def test_a_value_has_a_largest_length(parameter: str) -> None:
    with pytest.raises(QueryError, match="longer than 1000 characters"):
        parse_list_query({parameter: ["1" * (MAX_LENGTH + 1)]})


@pytest.mark.parametrize("parameter", ["q", "value_origin"])
def test_of_two_values_where_one_counts_neither_is_dropped(parameter: str) -> None:
    with pytest.raises(QueryError, match="takes one value, not 2") as error:
        parse_list_query({parameter: ["reported", "computed"]})
    assert error.value.parameter == parameter


@pytest.mark.parametrize(
    "name",
    [
        "stack_pressure_mpa",
        "capacity_retention_percent",
        "fabrication_pressure_mpa",
        "thickness_um",
        "cathode.thickness_um",
    ],
)
@pytest.mark.parametrize(("operator", "value"), [("", "5"), ("__gte", "5"), ("__lt", "5"), ("__exists", "true")])
def test_what_is_absent_has_no_other_condition(name: str, operator: str, value: str) -> None:
    with pytest.raises(QueryError, match="contradict each other") as error:
        parse_list_query(
            {f"{name}{operator}": [value], f"{name}__exists": ["false", *([value] if operator == "__exists" else [])]}
        )
    assert error.value.parameter == f"{name}__exists"


@pytest.mark.parametrize(
    "parameters",
    [
        {"stack_pressure_mpa__exists": ["true"], "stack_pressure_mpa__gte": ["5"]},
        {"stack_pressure_mpa__exists": ["false"], "capacity_retention_percent__gte": ["5"]},
        {"cycle_count__exists": ["false"], "value_origin": ["reported"]},
        {"cathode.thickness_um__exists": ["false"], "anode.thickness_um__gte": ["5"]},
        {"thickness_um__exists": ["false"], "anode.thickness_um__gte": ["5"]},
        {"stack_pressure_mpa__gte": ["5"], "stack_pressure_mpa__lte": ["2"]},
    ],
)
def test_what_can_be_answered_is_no_contradiction(parameters: dict[str, list[str]]) -> None:
    """Another layer may have the number; and no measurement is at least 5 and at most 2, which is an answer."""
    parse_list_query(parameters)


def test_only_the_first_mention_of_a_column_orders_a_list() -> None:
    assert ordering_keys(["-label", "refcode", "label", *["refcode"] * 100]) == {"label": True, "refcode": False}
    with pytest.raises(QueryError, match="at most 5 columns"):
        ordering_keys([f"column{number}" for number in range(6)])
