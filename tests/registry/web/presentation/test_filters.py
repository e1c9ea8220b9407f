"""Query parameters as a form shows them."""

from django.http import QueryDict

from registry.selectors.query.parsing import QueryError
from registry.web.presentation.filters import address_with_condition, conditions, parameters, refusal, words_of


def test_drops_empty_fields_and_what_the_page_keeps_for_itself() -> None:
    assert parameters(QueryDict("q=&anode=Li&page=2&quantity=&number="), ("page",)) == {"anode": ["Li"]}


def test_three_fields_say_one_parameter() -> None:
    given = QueryDict("anode=Li&quantity=resistance_ohm&operator=gte&number=5")
    assert address_with_condition("/cells/", given) == "/cells/?anode=Li&resistance_ohm__gte=5"


def test_a_number_without_a_quantity_is_passed_on_to_be_refused() -> None:
    assert address_with_condition("/cells/", QueryDict("quantity=&operator=gte&number=5")) == "/cells/?__gte=5"


def test_without_the_three_fields_there_is_nothing_to_redirect() -> None:
    assert address_with_condition("/cells/", QueryDict("anode=Li")) == ""


def test_a_condition_without_a_field_can_be_removed_alone() -> None:
    _, one = conditions("/cells/", {"anode": ["Li"], "resistance_ohm__gte": ["5"]}, ("anode",))
    assert (one.words, one.without, one.has_field) == ("Resistance ≥ 5 Ω", "/cells/?anode=Li", False)


def test_a_condition_of_a_field_is_named_unless_the_field_is_in_sight() -> None:
    (one,) = conditions("/cells/", {"q": ["x"], "anode": ["Li"]}, ("q", "anode"), in_sight=("q",))
    assert (one.words, one.without, one.has_field) == ("anode: Li", "/cells/?q=x", True)


def test_a_second_value_of_a_field_is_not_lost() -> None:
    found = conditions("/cells/", {"anode": ["Li", "In"]}, ("anode",))
    assert [(one.name, one.value, one.has_field) for one in found] == [("anode", "Li", True), ("anode", "In", False)]


def test_words_name_the_layer_and_whether_there_is_a_number() -> None:
    assert words_of("cathode.thickness_um__lt", "50") == "cathode thickness < 50 µm"
    assert words_of("porosity_percent__exists", "false") == "Porosity: not given"
    assert words_of("technique", "cycling") == "technique: Galvanostatic cycling"
    assert words_of("doi", "10.1000/1") == "doi: 10.1000/1"


def test_a_refusal_names_the_parameter_as_the_form_does() -> None:
    name = "stack_pressure_mpa__gte"
    error = QueryError(name, f"{name}: ‘abc’ is not a number.")
    assert refusal(error, {name: "Stack pressure from"}) == "Stack pressure from: ‘abc’ is not a number."
    assert refusal(error, {}) == "Stack pressure at least: ‘abc’ is not a number."
    unknown = QueryError("anod", "There is no parameter ‘anod’.")
    assert refusal(unknown, {}) == "There is no parameter ‘anod’."
