"""Validation of analysis parameters: type, bounds and error messages."""

from typing import Any

import pytest

from registry import plugin_loading
from registry.contract.builtin_vocabulary import BUILTIN_TECHNIQUES
from registry.hookspecs import Analysis, Outcome, Parameter
from registry.plugin_loading.analysis_check import analysis_check
from registry.plugin_loading.parameters import clean_parameters, describe_bounds, setting_text
from tests.coded import invalid


def make_analysis(*parameters: Parameter) -> Analysis:
    return Analysis(
        name="trial",
        version="1",
        title="Trial",
        description="Nothing.",
        techniques=("eis",),
        outputs=("resistance_ohm",),
        run=lambda _: Outcome(),
        parameters=parameters,
    )


ANALYSIS = make_analysis(
    Parameter(name="label", type=str, default="", help="A text."),
    Parameter(name="count", type=int, default=1, help="A number.", minimum=1),
    Parameter(name="factor", type=float, default=1.0, help="A number.", unit="mV", minimum=0, maximum=100_000),
    Parameter(name="flag", type=bool, default=False, help="Yes or no."),
)


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [("label", "R0", "R0"), ("count", "3", 3), ("factor", 2, 2.0), ("factor", "2.5", 2.5), ("flag", "true", True)],
)
def test_converts_a_value_to_its_type(name: str, value: Any, expected: Any) -> None:
    (cleaned,) = clean_parameters(ANALYSIS, {name: value}).values()
    assert (cleaned, type(cleaned)) == (expected, type(expected))


@pytest.mark.parametrize(
    ("name", "value", "code", "bounds"),
    [
        ("label", {"a": 1}, "parameter-type", ""),
        ("label", 5, "parameter-type", ""),
        ("label", "R0\0", "parameter-type", r"'R0\x00'"),
        ("label", "\ud800", "parameter-type", r"'\ud800'"),
        ("count", True, "parameter-type", "‘True’"),
        ("count", 0, "parameter-out-of-bounds", " 1, not ‘0’"),
        ("factor", False, "parameter-type", "‘False’"),
        ("factor", "inf", "parameter-type", "‘inf’"),
        ("factor", 1e6, "parameter-out-of-bounds", "from 0 to 100,000 mV, not ‘1000000’"),
        ("flag", "perhaps", "parameter-type", "‘perhaps’"),
    ],
)
def test_refuses_values_of_another_type_or_out_of_bounds(name: str, value: Any, code: str, bounds: str) -> None:
    with invalid(code, "", f"{name} must ", bounds):
        clean_parameters(ANALYSIS, {name: value})


@pytest.mark.parametrize(
    ("limits", "message"),
    [
        ({"minimum": 1, "maximum": 100_000}, "from 1 to 100,000"),
        ({"minimum": 1}, "at least 1"),
        ({"maximum": 9, "unit": "mV"}, "at most 9 mV"),
        ({"choices": ("a", "b")}, "one of a, b"),
        ({}, "any"),
    ],
)
def test_describes_bounds(limits: dict[str, Any], message: str) -> None:
    assert describe_bounds(Parameter(name="p", type=int, default=1, help="help", **limits)) == message


@pytest.mark.parametrize(
    ("parameter", "message"),
    [
        (
            Parameter(name="cut", type=float, default=float("inf"), help="Above it none."),
            "finite",
        ),
        (
            Parameter(name="cut", type=float, default=1.0, help="As it says.", maximum=float("inf")),
            "effect",
        ),
    ],
)
def test_refuses_declared_numbers_that_cannot_be_stored(parameter: Parameter, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        analysis_check(make_analysis(parameter), [item.slug for item in BUILTIN_TECHNIQUES])


@pytest.mark.parametrize(
    ("value", "text"),
    [(-1.0, "-1"), (0.002, "0.002"), (1e12, "1000000000000"), (1e-6, "1e-06"), (5, "5"), (True, "yes"), ("R0", "R0")],
)
def test_a_value_is_written_as_one_types_it(value: float | str, text: str) -> None:
    assert setting_text(value) == text


def test_a_parameter_without_a_title_is_named_in_words() -> None:
    assert Parameter(name="lowest_frequency_hz", type=float, default=0.0, help="help").label == "Lowest frequency hz"
    assert Parameter(name="use_RC", type=bool, default=True, help="help").label == "Use RC"
    assert (
        Parameter(name="lowest_frequency_hz", type=float, default=0.0, help="help", title="Lowest frequency").label
        == "Lowest frequency"
    )


def test_built_in_parameters_have_titles_and_requirements_are_in_words() -> None:
    for analysis in plugin_loading.current().analyses.values():
        for parameter in analysis.parameters:
            assert parameter.title, f"{analysis.name}: {parameter.name}"
            assert not {"_", "/"} & set(parameter.title)
        assert "_" not in " ".join(analysis.requirements), analysis.name
