"""The end of a test is a number of a group only if every test has ended."""

import pytest

from registry.contract.analysis_support.groups.end_of_test import check_all_ended
from registry.contract.group_member import GroupMember, Measured
from registry.hookspecs import Quantity, Refused
from tests.plugins.plugin_examples import symmetric_cells

HOURS = "hours_to_short_circuit_h"


def members_with(*has_ended: bool) -> tuple[GroupMember, ...]:
    return symmetric_cells([10.0] * len(has_ended), has_ended).members


def measured_of(member: GroupMember, quantity: str) -> Measured:
    return member.values(quantity)[0].measured


def test_ended_tests_are_averaged() -> None:
    members = members_with(True, True)
    check_all_ended(members, measured_of(members[0], HOURS))


def test_a_running_test_is_named() -> None:
    members = members_with(True, False, True)
    with pytest.raises(Refused) as refused:
        check_all_ended(members, measured_of(members[0], HOURS))
    assert (refused.value.code, refused.value.parameters["names"]) == ("tests-not-ended", "C-00002")


def test_a_running_test_that_is_left_out_does_not_count() -> None:
    members = members_with(True, False, True)
    check_all_ended(members, measured_of(members[0], HOURS), excluded=["M-00002"])


def test_other_quantities_need_no_end() -> None:
    members = members_with(True, False)
    check_all_ended(members, measured_of(members[0], "cycled_time_h"))


def test_a_quantity_of_any_plugin_can_be_the_end_of_a_test() -> None:
    quantity = Quantity(slug="hours_to_leak_h", name="Time to a leak", unit="h", end_of="cycled_time_h")
    members = members_with(True, False)
    measured = measured_of(members[0], HOURS)._replace(quantity=quantity.slug).with_test_of(quantity)
    with pytest.raises(Refused) as refused:
        check_all_ended(members, measured)
    assert (refused.value.code, refused.value.parameters["count"]) == ("tests-not-ended", 2)
