"""Query parameters as the filter form shows them."""

from django.http import QueryDict

from registry.selectors.query.errors import QueryError
from registry.web.presentation.filters import (
    format_condition,
    format_query_error,
    get_condition_redirect_url,
    get_query_parameters,
    list_conditions,
)


def test_drops_empty_and_reserved_parameters() -> None:
    assert get_query_parameters(QueryDict("q=&anode=Li&page=2&quantity=&number="), ("page",)) == {"anode": ["Li"]}


def test_three_fields_become_one_parameter() -> None:
    querydict = QueryDict("anode=Li&quantity=resistance_ohm&operator=gte&number=5")
    assert get_condition_redirect_url("/cells/", querydict) == "/cells/?anode=Li&resistance_ohm__gte=5"


def test_a_number_without_a_quantity_is_passed_on() -> None:
    assert get_condition_redirect_url("/cells/", QueryDict("quantity=&operator=gte&number=5")) == "/cells/?__gte=5"


def test_without_the_three_fields_there_is_no_redirect() -> None:
    assert get_condition_redirect_url("/cells/", QueryDict("anode=Li")) == ""


def test_a_condition_without_a_field_can_be_removed_alone() -> None:
    _, condition = list_conditions("/cells/", {"anode": ["Li"], "resistance_ohm__gte": ["5"]}, ("anode",))
    assert (condition.label, condition.remove_url, condition.has_field) == (
        "Resistance ≥ 5 Ω",
        "/cells/?anode=Li",
        False,
    )


def test_a_condition_is_listed_unless_its_field_is_always_visible() -> None:
    (condition,) = list_conditions("/cells/", {"q": ["x"], "anode": ["Li"]}, ("q", "anode"), always_visible=("q",))
    assert (condition.label, condition.remove_url, condition.has_field) == ("anode: Li", "/cells/?q=x", True)


def test_a_second_value_of_a_field_is_not_lost() -> None:
    conditions = list_conditions("/cells/", {"anode": ["Li", "In"]}, ("anode",))
    assert [(condition.name, condition.value, condition.has_field) for condition in conditions] == [
        ("anode", "Li", True),
        ("anode", "In", False),
    ]


def test_a_condition_names_the_layer_and_the_unit() -> None:
    assert format_condition("cathode.thickness_um__lt", "50") == "cathode thickness < 50 µm"
    assert format_condition("porosity_percent__exists", "false") == "Porosity: no value"
    assert format_condition("technique", "cycling") == "technique: Galvanostatic cycling"
    assert format_condition("doi", "10.1000/1") == "doi: 10.1000/1"


def test_an_error_names_the_parameter_by_its_label() -> None:
    name = "area_cm2__gte"
    error = QueryError.of_value(name, "‘abc’?")
    assert format_query_error(error, {name: "Area min"}) == "Area min: ‘abc’?"
    assert format_query_error(error, {}).partition(":")[0] == "Area at least"
    unknown = QueryError("anod", "No ‘anod’.")
    assert format_query_error(unknown, {}) == "No ‘anod’."
