"""Errors for invalid queries, and normalisation of parameters."""

import pytest

from registry.selectors.query.errors import QueryError
from registry.selectors.query.parsing import ordering_keys, parse_list_query


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("parameters", "parameter", "message"),
    [
        ({"stack_presure_mpa__lte": "10"}, "stack_presure_mpa__lte", "‘stack_pressure_mpa__lte’?"),
        ({"annode": "Li"}, "annode", "‘anode’?"),
        ({"stack_pressure_mpa__max": "10"}, "stack_pressure_mpa__max", "‘max’"),
        ({"stack_pressure_mpa__lte": "10 mA"}, "stack_pressure_mpa__lte", "‘10 mA’ is a current"),
        ({"stack_pressure_mpa__lte": "low"}, "stack_pressure_mpa__lte", "‘low’"),
        ({"stack_pressure_mpa__lte": "nan"}, "stack_pressure_mpa__lte", "finite"),
        ({"stack_pressure_mpa__lte": "1e999"}, "stack_pressure_mpa__lte", "finite"),
        *(
            ({"capacity_retention_percent__gte": text}, "capacity_retention_percent__gte", "plain number")
            for text in (">80 %", ">80", "≤ 80 %", "~80 %", "at least 80 %", "(80 ± 1) %", "80.0(5) %")
        ),
        ({"stack_pressure_mpa__exists": "maybe"}, "stack_pressure_mpa__exists", "true or false"),
        ({"technique": "divination"}, "technique", " eis,"),
        ({"format": "brick"}, "format", " die,"),
        ({"value_origin": "guessed"}, "value_origin", " reported, computed"),
        ({"cathode.stack_pressure_mpa": "5"}, "cathode.stack_pressure_mpa", "Unknown parameter"),
        ({"roof.thickness_um": "5"}, "roof.thickness_um", "‘thickness_um’?"),
    ],
)
def test_names_the_invalid_parameter_and_suggests_the_closest(
    parameters: dict[str, str], parameter: str, message: str
) -> None:
    with pytest.raises(QueryError) as error:
        parse_list_query({name: [text] for name, text in parameters.items()})
    assert error.value.parameter == parameter
    assert message in str(error.value)


def test_empty_values_are_ignored() -> None:
    assert parse_list_query({"anode": ["", " "], "stack_pressure_mpa__lte": [""]}) == parse_list_query({})


def test_duplicate_values_are_ignored() -> None:
    assert parse_list_query({"anode": ["Li", " Li "] * 75, "technique": ["eis"] * 2}) == parse_list_query(
        {"anode": ["Li"], "technique": ["eis"]}
    )


@pytest.mark.parametrize("parameter", ["q", "value_origin"])
def test_single_valued_parameters_reject_two_values(parameter: str) -> None:
    with pytest.raises(QueryError, match=r"\bnot 2\b") as error:
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
def test_absence_contradicts_any_other_condition(name: str, operator: str, value: str) -> None:
    with pytest.raises(QueryError, match="contradicts") as error:
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
def test_satisfiable_or_empty_queries_are_not_contradictions(parameters: dict[str, list[str]]) -> None:
    """Another layer may have the number, and an empty range is a valid query without results."""
    parse_list_query(parameters)


def test_repeated_ordering_columns_are_ignored() -> None:
    assert ordering_keys(["-label", "refcode", "label", *["refcode"] * 100]) == {"label": True, "refcode": False}
    with pytest.raises(QueryError, match=r"\b5 columns"):
        ordering_keys([f"column{number}" for number in range(6)])


@pytest.mark.parametrize("name", ["cell", "refcode"])
def test_a_refcode_may_be_short(name: str) -> None:
    assert parse_list_query({name: ["c-35", "C-00036"]}).words == {name: ("C-00035", "C-00036")}
    assert parse_list_query({"measurement": ["m-7"]}).measurements == ("M-00007",)
