"""Names of the cells of a group, and values that say nothing in a comparison: repeats and constants."""

from collections import Counter
from collections.abc import Iterable, Sequence

from analyses.coded_text import Listed
from analyses.uncertainty import Estimate
from registry.contract.analysis_support.groups.matched_values import MatchedValues
from registry.contract.curve import Series
from registry.contract.group_member import GroupMember
from registry.contract.in_text import quantity_in_text
from registry.contract.outcome import Message


def without_repeats(matched: Iterable[MatchedValues]) -> list[MatchedValues]:
    """Return values without those that repeat the numbers of the same cells at another place of the same quantity:
    the retention of a test, and that of its only long group of cycles."""
    kept: dict[tuple[object, ...], MatchedValues] = {}
    for item in matched:
        numbers = tuple((member.refcode, estimate.magnitude) for member, estimate in item.pairs)
        kept.setdefault((item.quantity, item.measured.technique, item.measured.conditions, numbers), item)
    return list(kept.values())


def member_names(members: Sequence[GroupMember]) -> dict[str, str]:
    """Return a name for each cell by refcode, different from all others: its label, with the refcode if others have
    the same."""
    counts = Counter(member.label for member in members)
    names = {}
    for member in members:
        is_alone = counts[member.label] == 1 and not member.label.isdecimal()
        names[member.refcode] = member.label if is_alone else f"{member.label} ({member.refcode})"
    return names


def constants_message(matches: Iterable[MatchedValues]) -> list[Message]:
    """Return which quantities are not compared because all cells have the same number, in a message if there are any,
    such as the masses that a recipe states."""
    names = dict.fromkeys(quantity_in_text(matched.quantity) for matched in matches if matched.is_constant)
    if not names:
        return []
    return [
        Message(
            "constants-not-compared",
            "Not compared, because the value is the same for all cells: {quantities}.",
            quantities=Listed(names),
        )
    ]


def cell_point(name: str, number: int, estimate: Estimate) -> Series:
    """Return the value of a cell with its interval, at its number on the axis."""
    low, high = estimate.interval()
    return Series(
        name, (float(number),), (estimate.magnitude,), line=False, markers=True, y_lower=(low,), y_upper=(high,)
    )
