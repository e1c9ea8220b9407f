"""Quantities of cells that are not properties to average or to compare: how far a test went, and when it ended."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from registry.contract.group_member import GroupMember, Measured
from registry.contract.in_text import quantity_in_text
from registry.contract.outcome import Refused

TEST_EXTENTS = frozenset(
    {
        "capacity_throughput_mah",
        "charge_passed_mah_cm2",
        "cycle_count",
        "cycled_time_h",
        "equivalent_full_cycles",
        "retention_end_cycle",
        "retention_reference_cycle",
        "short_circuit_count",
        "smoothing_width_mv",
        "test_duration_h",
        "total_charge_passed_mah_cm2",
        "total_cycled_time_h",
    }
)
"""Quantities that say how long or how far a test went, or how it was evaluated. Among cells of which some ended and
others were stopped they are numbers of the experimenter, not of the cells."""


class EndOfTest(NamedTuple):
    """A quantity that says when a test ended, which a test that was stopped before does not have."""

    under_test: str
    """Quantity that every such test has, ended or not."""
    remedy: str
    """Alternative for the user."""


_FADE = EndOfTest(
    "capacity_retention_percent", "compare the capacity retention at a cycle number that all cells reached"
)
TEST_ENDS: Mapping[str, EndOfTest] = {
    "hours_to_short_circuit_h": EndOfTest(
        "cycled_time_h",
        "see the Kaplan-Meier curve of the analysis ‘Time to a short circuit of replicates’ (time-to-short-circuit)",
    ),
    "cycles_to_90_percent": _FADE,
    "cycles_to_80_percent": _FADE,
    "cycles_to_70_percent": _FADE,
}
"""Quantities that state when a test ended, by quantity."""


def check_all_ended(members: Iterable[GroupMember], measured: Measured, excluded: Iterable[str] = ()) -> None:
    """Refuse a quantity that says when tests ended, if the test of a cell under the same conditions did not end.

    The mean of the cells that ended would be too short: those that last longest are not in it.
    """
    end = TEST_ENDS.get(measured.quantity)
    if end is None:
        return
    tested: list[GroupMember] = []
    running: list[GroupMember] = []
    for member in members:
        records = _records(member, end.under_test, measured) - set(excluded)
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
            remedy=end.remedy,
        )


def _records(member: GroupMember, quantity: str, measured: Measured) -> set[str]:
    """Return the measurements of a cell that have a number of a quantity under the conditions of a value."""
    return {
        value.record
        for value in member.values(quantity)
        if value.estimate is not None
        and (value.measured.technique, value.measured.conditions) == (measured.technique, measured.conditions)
    }
