"""Values of cells come together only under equal conditions and from one source."""

from typing import Any

import pytest

from registry.contract.analysis_support.groups.matched_values import MATCHING_PARAMETERS, Matches, match_values
from registry.contract.group_member import MEASURED, Measured, member_value_key
from registry.contract.place import Place
from registry.hookspecs import Estimate, Fact, Inputs, Refused

SIGMA = "ionic_conductivity_s_cm"
AT_25 = (("temperature_degc", "25"),)
AT_60 = (("temperature_degc", "60"),)


def value(
    magnitude: float,
    record: str = "M-00001",
    conditions: tuple[tuple[str, str], ...] = AT_25,
    *,
    analysis: str = "",
    place: Place | None = None,
    technique: str = "eis",
) -> tuple[str, Measured, Estimate]:
    origin = "computed" if analysis else "reported"
    measured = Measured(SIGMA, place, technique, conditions, origin, analysis)
    return member_value_key(record, origin, analysis, place), measured, Estimate.exact(magnitude)


def match(*cells: list[tuple[str, Measured, Estimate]], **parameters: Any) -> Matches:
    refcodes = tuple(f"C-{number:05}" for number in range(1, len(cells) + 1))
    facts: dict[str, Fact] = {"group.members": refcodes}
    for refcode, values in zip(refcodes, cells, strict=True):
        facts[f"members.{refcode}.quantities"] = (SIGMA,) if values else ()
        facts[f"members.{refcode}.values.{SIGMA}"] = tuple(key for key, _, _ in values)
        for key, measured, number in values:
            facts[f"members.{refcode}.values.{SIGMA}.{key}"] = number
            facts[f"members.{refcode}.values.{SIGMA}.{key}.{MEASURED}"] = measured.facts()
    defaults = {parameter.name: parameter.default for parameter in MATCHING_PARAMETERS}
    return match_values(Inputs(facts, parameters=defaults | parameters))


def numbers(matches: Matches) -> list[list[float]]:
    return [[estimate.magnitude for estimate in matched.estimates] for matched in matches.matched]


def test_equal_conditions_come_together() -> None:
    matches = match([value(1)], [value(2, "M-00002")])
    assert numbers(matches) == [[1, 2]]
    assert matches.matched[0].conditions == {"technique": "eis", "temperature_degc": "25"}
    assert matches.matched[0].records == ("M-00001", "M-00002")


def test_different_conditions_stay_apart() -> None:
    matches = match([value(1), value(5, "M-00003", AT_60)], [value(2, "M-00002"), value(6, "M-00004", AT_60)])
    assert numbers(matches) == [[1, 2], [5, 6]]


def test_one_cell_under_other_conditions_is_not_matched() -> None:
    assert numbers(match([value(1)], [value(2, "M-00002")], [value(9, "M-00003", AT_60)])) == [[1, 2]]


def test_different_techniques_stay_apart() -> None:
    with pytest.raises(Refused) as refused:
        match([value(1)], [value(2, "M-00002", technique="chronoamperometry")])
    assert refused.value.code == "no-common-values"


def test_computed_and_reported_values_are_not_mixed() -> None:
    with pytest.raises(Refused) as refused:
        match([value(1)], [value(2, "M-00002", analysis="ionic-conductivity")])
    assert refused.value.code == "no-common-values"


@pytest.mark.parametrize(("origin", "expected"), [("computed", [3, 4]), ("reported", [1, 2])])
def test_the_preferred_origin_is_used(origin: str, expected: list[float]) -> None:
    first = [value(1), value(3, analysis="a")]
    second = [value(2, "M-00002"), value(4, "M-00002", analysis="a")]
    matches = match(first, second, preferred_origin=origin)
    assert numbers(matches) == [expected]
    assert [message.code for message in matches.messages] == ["other-values-not-used"]


def test_two_analyses_need_a_choice() -> None:
    cells = [[value(1, f"M-0000{cell}", analysis=name) for name in ("a", "b")] for cell in (1, 2)]
    assert [missing.code for missing in match(*cells).not_computed] == ["several-analyses"]
    assert match(*cells, analysis="b").matched[0].measured.analysis == "b"


def test_two_measurements_under_equal_conditions_need_a_choice() -> None:
    cells = [value(1), value(3, "M-00003")], [value(2, "M-00002")]
    (missing,) = match(*cells).not_computed
    assert (missing.code, missing.quantity) == ("several-values", SIGMA)
    assert "M-00003" in missing.parameters["records"]
    assert numbers(match(*cells, excluded="M-00003")) == [[1, 2]]


def test_a_choice_that_is_needed_at_one_condition_only_is_a_message() -> None:
    twice = [value(1), value(3, "M-00003"), value(5, "M-00004", AT_60)]
    matches = match(twice, [value(2, "M-00002"), value(6, "M-00005", AT_60)])
    assert numbers(matches) == [[5, 6]]
    assert matches.not_computed == []
    assert [message.code for message in matches.messages] == ["several-values"]


def test_values_at_a_place_match_the_same_place() -> None:
    cells = [
        [value(1, f"M-0000{cell}", analysis="a", place=Place("peak", 1)),
         value(2, f"M-0000{cell}", analysis="a", place=Place("peak", 2))]
        for cell in (1, 2)
    ]  # fmt: skip
    assert [matched.at for matched in match(*cells).matched] == [{"peak": 1}, {"peak": 2}]


def test_nothing_in_common_is_refused() -> None:
    with pytest.raises(Refused) as refused:
        match([], [])
    assert refused.value.code == "no-common-values"
