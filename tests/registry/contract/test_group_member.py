"""The cells of a group as an analysis reads them."""

import pytest

from registry.contract.place import Place
from registry.hookspecs import Inputs, Measured, Quantity, Refused
from registry.testing import example_group

SIGMA = "ionic_conductivity_s_cm"


def test_members_come_in_order_with_their_labels() -> None:
    members = example_group("comparison", count=3).members
    assert [member.refcode for member in members] == ["C-00001", "C-00002", "C-00003"]
    assert [member.label for member in members] == ["bare", "coated", "C-00003"]
    assert members[0].only_layer("sample").position == 1


def test_a_recipe_series_has_a_number_for_each_cell() -> None:
    inputs = example_group("recipe", count=3)
    assert [member.recipe_number.magnitude for member in inputs.members] == [0, 1, 2]
    assert inputs.over == "sample.mass_fraction_percent.VGCF"
    assert example_group().over == ""


def test_values_state_their_conditions_and_source() -> None:
    computed, reported = example_group(count=1).members[0].values(SIGMA)
    assert (computed.measured.origin, computed.measured.analysis) == ("computed", "ionic-conductivity")
    assert (reported.measured.origin, reported.record) == ("reported", "M-00001")
    assert dict(computed.conditions) == {"stack_pressure_mpa": "10", "temperature_degc": "25"}


def test_a_single_value_needs_a_choice_among_several() -> None:
    member = example_group(count=1).members[0]
    with pytest.raises(Refused) as refused:
        member.value(SIGMA)
    assert refused.value.code == "several-values"
    value = member.value(SIGMA, origin="computed", temperature_degc="25")
    assert value is not None
    assert value.estimate is not None
    assert value.estimate.magnitude == pytest.approx(1e-3)
    assert member.value(SIGMA, temperature_degc="60") is None


def test_a_number_that_is_only_a_bound_is_no_estimate() -> None:
    path = f"members.C-00001.values.{SIGMA}.M-00001/reported"
    _, reported = example_group(count=1, changes={path: "<1 mS/cm"}).members[0].values(SIGMA)
    assert (reported.estimate, reported.bound) == (None, "<1 mS/cm")


@pytest.mark.parametrize(("number", "code"), [(None, "missing-recipe-number"), ("<1 %", "only-a-bound")])
def test_a_missing_recipe_number_is_refused(number: str | None, code: str) -> None:
    inputs = example_group("recipe", count=2, changes={"members.C-00001.recipe_number": number})
    with pytest.raises(Refused) as refused:
        _ = inputs.members[0].recipe_number
    assert refused.value.code == code


def test_reads_of_a_member_are_recorded() -> None:
    inputs = example_group(count=2)
    inputs.members[1].values("resistance_ohm")
    key = "members.C-00002.values.resistance_ohm"
    assert {"group.members", key, f"{key}.M-00002/computed/ionic-conductivity"} <= set(inputs.reads)
    assert not any(path.startswith("members.C-00001.values") for path in inputs.reads)


def test_how_a_value_was_measured_survives_as_texts() -> None:
    measured = Measured("x", Place("peak", 2), "eis", (("c_rate", "<0.1"), ("temperature_degc", "25")), "computed", "a")
    assert Measured.of("x", Place("peak", 2), measured.facts()) == measured
    quantity = Quantity(slug="x", name="X", unit="h", describes_test=True, end_of="y", if_not_ended="wait = retry")
    of_test = measured.with_test_of(quantity)
    assert (of_test.describes_test, of_test.end_of, of_test.if_not_ended) == (True, "y", "wait = retry")
    assert Measured.of("x", Place("peak", 2), of_test.facts()) == of_test
    assert of_test.conditions == measured.conditions


def test_other_inputs_have_no_members() -> None:
    assert Inputs({}).members == ()
