import pytest

from registry.hookspecs import Estimate, Inputs, Refused
from registry.testing import example_series


def test_members_come_in_order_with_their_own_inputs() -> None:
    members = example_series(count=3).series
    assert [member.refcode for member in members] == ["M-00001", "M-00002", "M-00003"]
    assert [member.at.magnitude for member in members] == [2, 5, 10]
    assert all(member.technique == "eis" and member.dataset is not None for member in members)
    assert members[0].layers[0].role == "sample"


def test_reads_of_a_member_are_recorded_with_those_of_the_series() -> None:
    inputs = example_series(count=2)
    inputs.series[1].reported("resistance_ohm")
    assert inputs.series[0].at == inputs.reads["measurements.M-00001.stack_pressure_mpa"]
    assert {"series.members", "series.over", "measurements.M-00002.reported.resistance_ohm"} <= set(inputs.reads)


def test_a_member_without_the_condition_is_refused() -> None:
    inputs = example_series(changes={"measurements.M-00001.stack_pressure_mpa": None})
    with pytest.raises(Refused, match="M-00001"):
        _ = inputs.series[0].at


def test_any_condition_can_vary() -> None:
    members = example_series("cycling", over="c_rate", count=2).series
    assert [member.at for member in members] == [Estimate.exact(1), Estimate.exact(2)]


def test_other_inputs_have_no_series() -> None:
    assert Inputs({}).series == ()
