"""Filters on conditions: which measurements match, and from which condition the query starts."""

import pytest
from django.contrib.auth.models import AnonymousUser, User

from registry.models import Measurement, Project
from registry.selectors.query.conditions import check_potential_scales, with_conditions
from registry.selectors.query.errors import QueryError
from registry.selectors.query.parsing import SCALE_NOT_STATED, parse_list_query
from tests import factories


@pytest.fixture
def measurements(project: Project) -> list[Measurement]:
    """Three measurements at room temperature and one at 60 °C; one has no pressure."""
    cell = factories.make_cell(project)
    room = [
        factories.make_measurement(cell, temperature_degc="RT", stack_pressure_mpa=text)
        for text in ("5 MPa", "50 MPa", "Coin cell")
    ]
    return [*room, factories.make_measurement(cell, temperature_degc="60 °C", stack_pressure_mpa="5 MPa")]


def matching(**parameters: str) -> list[Measurement]:
    query = parse_list_query({name: [value] for name, value in parameters.items()})
    measurements = list(with_conditions(query, Measurement.objects.all()).order_by("pk"))
    assert measurements == list(with_conditions(query, Measurement.objects.all(), are_few=True).order_by("pk"))
    return measurements


def test_all_bounds_on_a_condition_apply_to_its_number(measurements: list[Measurement]) -> None:
    assert matching(stack_pressure_mpa__gte="1", stack_pressure_mpa__lte="10") == [measurements[0], measurements[3]]


def test_conditions_apply_to_the_same_measurement(measurements: list[Measurement]) -> None:
    assert matching(stack_pressure_mpa__lte="10", temperature_degc__gte="50") == [measurements[3]]
    assert matching(stack_pressure_mpa__gte="10", temperature_degc__gte="50") == []


def test_a_reason_for_a_missing_number_is_no_number(measurements: list[Measurement]) -> None:
    assert matching(stack_pressure_mpa__exists="false") == [measurements[2]]
    assert matching(stack_pressure_mpa__exists="true", temperature_degc="25") == measurements[:2]
    assert matching(c_rate__exists="false", stack_pressure_mpa__exists="false") == [measurements[2]]


@pytest.mark.parametrize(
    ("bounds", "rarest"),
    [
        ({"stack_pressure_mpa__lte": "10", "temperature_degc__gte": "50"}, "temperature_degc"),
        ({"stack_pressure_mpa__gte": "10", "temperature_degc__lte": "50"}, "stack_pressure_mpa"),
    ],
)
def test_the_query_starts_from_the_condition_that_the_fewest_meet(
    measurements: list[Measurement], bounds: dict[str, str], rarest: str
) -> None:
    query = parse_list_query({name: [value] for name, value in bounds.items()})
    sql = str(with_conditions(query, Measurement.objects.all()).query)
    listed = sql.partition(" IN (SELECT ")[2].partition("EXISTS")[0]
    assert rarest in listed
    assert sql.count(" IN (SELECT ") == 1


def test_the_rarest_condition_is_found_in_one_query(
    measurements: list[Measurement], django_assert_num_queries: object
) -> None:
    single_condition = parse_list_query({"temperature_degc__gte": ["50"]})
    three = parse_list_query({"temperature_degc__gte": ["50"], "stack_pressure_mpa__lte": ["10"], "c_rate": ["1"]})
    for query, count in ((single_condition, 1), (three, 2)):
        with django_assert_num_queries(count):  # type: ignore[operator]
            list(with_conditions(query, Measurement.objects.all()))


@pytest.fixture
def windows(project: Project, owner: User) -> list[Measurement]:
    """The same upper limit vs Li/Li+, vs Li-In and without a scale."""
    cell = factories.make_cell(project)
    texts = ("4.3 V vs Li/Li+", "4.3 V vs Li-In", "4.3 V")
    return [factories.make_measurement(cell, voltage_upper_v=text) for text in texts]


@pytest.mark.parametrize(
    ("value", "position"), [("4.3 V vs Li/Li+", 0), ("4.3 V vs. Li–In", 1), (f"4.3 V{SCALE_NOT_STATED}", 2)]
)
def test_a_potential_matches_only_its_own_scale(windows: list[Measurement], value: str, position: int) -> None:
    assert matching(voltage_upper_v__gte=value) == [windows[position]]


def test_a_potential_without_a_scale_is_refused_where_several_are_recorded(
    windows: list[Measurement], owner: User
) -> None:
    query = parse_list_query({"voltage_upper_v__gte": ["4 V"]})
    with pytest.raises(QueryError, match="Li-In") as caught:
        check_potential_scales(query, owner)
    assert caught.value.code == "several-potential-scales"
    check_potential_scales(parse_list_query({"voltage_upper_v__gte": ["4 V vs Li-In"]}), owner)
    check_potential_scales(parse_list_query({"voltage_lower_v__gte": ["4 V"]}), owner)
    check_potential_scales(parse_list_query({"voltage_upper_v__exists": ["true"]}), owner)


def test_scales_of_records_that_are_not_visible_are_not_told(windows: list[Measurement]) -> None:
    check_potential_scales(parse_list_query({"voltage_upper_v__gte": ["4 V"]}), AnonymousUser())


def test_an_unknown_scale_is_an_error_of_the_query() -> None:
    with pytest.raises(QueryError, match="SHE"):
        parse_list_query({"voltage_upper_v__gte": ["4 V vs SHE"]})
