"""The end of a test is a number of a group of cells only if the tests of all cells have ended."""

from collections.abc import Iterable

from registry.contract.group_member import GroupMember, Measured
from registry.contract.in_text import quantity_in_text
from registry.contract.outcome import Refused


def check_all_ended(members: Iterable[GroupMember], measured: Measured, excluded: Iterable[str] = ()) -> None:
    """Refuse a quantity that says when tests ended, if the test of a cell under the same conditions did not end.

    The mean of the cells that ended would be too short: those that last longest are not in it.
    """
    if not measured.end_of:
        return
    tested: list[GroupMember] = []
    running: list[GroupMember] = []
    for member in members:
        records = _records(member, measured.end_of, measured) - set(excluded)
        tested += [member] if records else []
        running += [member] if records - _records(member, measured.quantity, measured) else []
    if running:
        raise Refused(
            "tests-not-ended",
            "the tests of {count} of {cells} cells have not ended ({names}), and the others alone would give too "
            "small a value; {remedy} ({quantity}, {label})",
            quantity=quantity_in_text(measured.quantity),
            label=measured.label,
            count=len(running),
            cells=len(tested),
            names=", ".join(member.refcode for member in running),
            remedy=measured.if_not_ended or "compare a quantity that all tests have",
        )


def _records(member: GroupMember, quantity: str, measured: Measured) -> set[str]:
    """Return the measurements of a cell that have a number of a quantity under the conditions of a value."""
    return {
        value.record
        for value in member.values(quantity)
        if value.estimate is not None
        and (value.measured.technique, value.measured.conditions) == (measured.technique, measured.conditions)
    }
