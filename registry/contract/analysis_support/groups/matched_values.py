"""Values of the cells of a group that may be averaged or compared: one per cell, under equal conditions."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from analyses.coded_text import Listed
from analyses.uncertainty import Estimate
from registry.contract.analysis import Parameter
from registry.contract.analysis_support.groups.end_of_test import check_all_ended
from registry.contract.group_member import GroupMember, Measured, MemberValue
from registry.contract.in_text import (
    InText,
    NumberInText,
    quantity_in_text,
    recipe_number_in_text,
    unit_in_text,
    with_unit,
)
from registry.contract.inputs import Inputs
from registry.contract.outcome import Message, NotComputed, Refused
from registry.contract.place import Place

MATCHING_PARAMETERS = (
    Parameter(
        name="preferred_origin",
        type=str,
        default="computed",
        help="Which values to use for a quantity that the cells have both computed and reported.",
        choices=("computed", "reported"),
        title="Preferred values",
    ),
    Parameter(
        name="excluded",
        type=str,
        default="",
        help="Refcodes of measurements to exclude, separated by spaces, such as M-00012 M-00015.",
        title="Excluded measurements",
    ),
    Parameter(
        name="analysis",
        type=str,
        default="",
        help="Name of the analysis whose values to use, if several analyses compute a quantity.",
        title="Analysis of computed values",
    ),
)
"""Parameters of an analysis that matches the values of a group."""
PLACE_WORDS = {"group": "cycle group"}
"""Kinds of places whose word alone could mean something else in a text on groups of cells."""
LONGEST_TITLE = 200
SAME = 1e-12
"""Relative difference below which two numbers are one."""


@dataclass(frozen=True)
class MatchedValues:
    """The values of one quantity under equal conditions, from one source."""

    measured: Measured
    """Properties common to all values."""
    members: tuple[GroupMember, ...]
    """The cells that have a value, in order."""
    records: tuple[str, ...]
    """Refcodes of the measurements, or of the cells for cell-level values."""
    estimates: tuple[Estimate, ...]
    """The value of each cell."""

    @property
    def pairs(self) -> Iterator[tuple[GroupMember, Estimate]]:
        """Each cell with its value."""
        return zip(self.members, self.estimates, strict=True)

    @property
    def quantity(self) -> str:
        """Slug of the quantity."""
        return self.measured.quantity

    @property
    def subject(self) -> InText:
        """The quantity as the parameter of a message that begins with it: printed by name and place, `Peak width,
        charge, peak 2`, kept as slug."""
        name = quantity_in_text(self.quantity, begins=True)
        return InText(name, ", ".join(filter(None, (name.words, self.place_words))))

    @property
    def place_words(self) -> str:
        """The place in words, `peak 2`; empty without one."""
        place = self.measured.place
        return place._replace(kind=PLACE_WORDS.get(place.kind, place.kind)).label if place else ""

    @property
    def parameters(self) -> dict[str, Any]:
        """Parameters of every message about the values: quantity, place, unit, and technique with conditions."""
        place = self.measured.place
        return {
            "quantity": self.subject,
            "place": str(place) if place else "",
            "unit": unit_in_text(self.quantity),
            "label": self.measured.label,
        }

    @property
    def title(self) -> str:
        """Title of a plot: quantity, place, unit and conditions."""
        unit = unit_in_text(self.quantity)
        heading = f"{self.subject.words} / {unit}" if unit else self.subject.words
        return f"{heading} ({self.measured.label})"[:LONGEST_TITLE]

    @property
    def is_constant(self) -> bool:
        """Whether all cells have the same number, as of what the recipe states."""
        magnitudes = [estimate.magnitude for estimate in self.estimates]
        return max(magnitudes) - min(magnitudes) <= SAME * max(map(abs, magnitudes))

    def number(self, magnitude: float) -> NumberInText:
        """Return a number as the parameter of a message, printed with the unit of the quantity."""
        return NumberInText(magnitude, unit_in_text(self.quantity))

    @property
    def conditions(self) -> dict[str, str]:
        """Technique and conditions, for `Result.conditions`; empty for cell-level values."""
        technique = {"technique": self.measured.technique} if self.measured.technique else {}
        return technique | dict(self.measured.conditions)

    @property
    def at(self) -> dict[str, int]:
        """The place of the values, for `Result.at`."""
        place = self.measured.place
        return {place.kind: place.number} if place else {}


class Matches(NamedTuple):
    """The matched values of a group, and what could not be matched."""

    matched: list[MatchedValues]
    not_computed: list[NotComputed]
    messages: list[Message]


class _Conditions(NamedTuple):
    """Quantity, place, technique and conditions: what matched values of several sources may still have in common."""

    quantity: str
    place: Place | None
    technique: str
    conditions: tuple[tuple[str, str], ...]


def match_values(inputs: Inputs, *, fewest: int = 2, for_statistics: bool = False) -> Matches:
    """Match the values of the cells of a group, by quantity and conditions.

    Values of different conditions, techniques, analyses or origins never come together. Where a cell has several under
    equal conditions, or several analyses computed them, the quantity is not computed there, and the reason names what
    to choose. The analysis declares `MATCHING_PARAMETERS`.

    Parameters
    ----------
    inputs : Inputs
        Of a group analysis.
    fewest : int
        Number of cells that must have a value.
    for_statistics : bool
        Whether the values are averaged or tested. How far a test went is then left out; of an end of a test that not
        all cells have reached, and of numbers of which a cell has only a bound, the reason is given instead.

    Raises
    ------
    Refused
        If no quantity has values of `fewest` cells under equal conditions.
    """
    excluded = read_excluded(inputs)
    problems: dict[str, Refused] = {}
    messages: list[Message] = []
    matched: list[MatchedValues] = []
    by_quantity = _by_quantity(inputs.members, excluded)
    if for_statistics:
        messages += _left_out(by_quantity)
    for quantity, values in by_quantity.items():
        if for_statistics and _describes_test(values):
            continue
        for of_conditions in _by_conditions(values).values():
            try:
                chosen = _choose(inputs, of_conditions, fewest)
                if for_statistics:
                    _check_complete(inputs, of_conditions, chosen, fewest)
            except Refused as problem:
                problems.setdefault(quantity, problem)
                continue
            if chosen:
                matched.append(chosen)
                messages += _set_aside(chosen, of_conditions)
    computed = {item.quantity for item in matched}
    messages += [Message.of(problem) for quantity, problem in problems.items() if quantity in computed]
    missing = [NotComputed.because(name, problem) for name, problem in problems.items() if name not in computed]
    if not matched and not missing:
        seen = sorted({quantity for member in inputs.members for quantity in member.quantities})
        raise Refused(
            "no-common-values",
            "no quantity has values of {needed} cells under equal conditions: enter values and conditions of "
            "{quantities}",
            needed=fewest,
            quantities=Listed(map(quantity_in_text, seen)) if seen else "at least one quantity",
        )
    return Matches(matched, missing, messages)


def read_excluded(inputs: Inputs) -> list[str]:
    """Return the refcodes of the measurements left out."""
    return str(inputs.parameter("excluded")).replace(",", " ").split()


def varied_number(inputs: Inputs) -> InText:
    """Return the number in which the recipes of a group differ, as a parameter: printed in words, kept as its key."""
    return recipe_number_in_text(inputs.over)


def with_unit_of_varied(inputs: Inputs, magnitude: float) -> str:
    """Return a number in which the recipes of a group differ, with its unit: `2 wt%`."""
    _, _, rest = inputs.over.partition(".")
    return with_unit(rest.partition(".")[0], f"{magnitude:g}")


CellValues = list[tuple[GroupMember, MemberValue]]


def _by_quantity(members: Sequence[GroupMember], excluded: Collection[str]) -> Mapping[str, CellValues]:
    """Return the numbers of all cells, and those that are only bounds, by quantity."""
    values: dict[str, CellValues] = {}
    for quantity in sorted({slug for member in members for slug in member.quantities}):
        for member in members:
            for value in member.values(quantity):
                if (value.estimate is not None or value.bound) and value.record not in excluded:
                    values.setdefault(quantity, []).append((member, value))
    return values


def _describes_test(values: CellValues) -> bool:
    return any(value.measured.describes_test for _, value in values)


def _left_out(by_quantity: Mapping[str, CellValues]) -> list[Message]:
    """Return which quantities are not properties of cells, in a message."""
    names = [quantity_in_text(quantity) for quantity, values in by_quantity.items() if _describes_test(values)]
    if not names:
        return []
    return [
        Message(
            "test-extents-left-out",
            "Not compared, because they describe the extent or the evaluation of a test: {quantities}.",
            quantities=Listed(names),
        )
    ]


def _by_conditions(values: CellValues) -> Mapping[_Conditions, Mapping[Measured, CellValues]]:
    by_conditions: dict[_Conditions, dict[Measured, CellValues]] = defaultdict(dict)
    for member, value in sorted(values, key=lambda item: _order(item[1].measured)):
        by_conditions[_Conditions(*value.measured[:4])].setdefault(value.measured, []).append((member, value))
    return by_conditions


def _order(measured: Measured) -> tuple[object, ...]:
    place = measured.place or Place("", -1)
    return place, measured.technique, measured.conditions, measured.origin, measured.analysis


def _choose(inputs: Inputs, sources: Mapping[Measured, CellValues], fewest: int) -> MatchedValues | None:
    """Return the values of the source to use, None if none has enough; refuse if it is not clear which."""
    numbers = {measured: _numbers(values) for measured, values in sources.items()}
    enough = {measured: values for measured, values in numbers.items() if len(_cells(values)) >= fewest}
    preferred = str(inputs.parameter("preferred_origin"))
    of_origin = {measured: values for measured, values in enough.items() if measured.origin == preferred} or enough
    analysis = str(inputs.parameter("analysis"))
    named = {measured: values for measured, values in of_origin.items() if measured.analysis == analysis}
    chosen = named if named and analysis else of_origin
    if len(chosen) > 1:
        measured = next(iter(chosen))
        raise Refused(
            "several-analyses",
            "several analyses computed {quantity} ({label}): choose one of {analyses} with the parameter ‘Analysis of "
            "computed values’",
            quantity=quantity_in_text(measured.quantity),
            label=measured.label,
            analyses=", ".join(item.analysis for item in chosen),
        )
    return next((_matched(measured, values) for measured, values in chosen.items()), None)


def _numbers(values: CellValues) -> CellValues:
    """Return the values without those that are only bounds, which cannot be computed with."""
    return [(member, value) for member, value in values if value.estimate is not None]


def _check_complete(
    inputs: Inputs, sources: Mapping[Measured, CellValues], chosen: MatchedValues | None, fewest: int
) -> None:
    """Refuse values of which some are only bounds or those of tests that did not end: the others are not a fair
    sample."""
    for measured, values in sources.items():
        numbers = _numbers(values)
        if chosen is None and (not numbers or len(_cells(values)) < fewest):
            continue
        if chosen is None or chosen.measured == measured:
            _check_no_bounds(measured, values, numbers)
    if chosen is not None:
        check_all_ended(inputs.members, chosen.measured, read_excluded(inputs))


def _check_no_bounds(measured: Measured, values: CellValues, numbers: CellValues) -> None:
    with_number = {member.refcode for member, _ in numbers}
    bounds = [f"{member.refcode} {value.bound}" for member, value in values if member.refcode not in with_number]
    if bounds:
        raise Refused(
            "only-bounds-of-some-cells",
            "for {count} of {cells} cells only a bound is known ({bounds}), and using only the others would bias the "
            "result; enter the values ({quantity}, {label})",
            quantity=quantity_in_text(measured.quantity),
            label=measured.label,
            count=len(bounds),
            cells=len(_cells(values)),
            bounds=Listed(bounds),
        )


def _matched(measured: Measured, values: CellValues) -> MatchedValues:
    for member in _cells(values):
        records = [value.record for of_member, value in values if of_member is member]
        if len(records) > 1:
            raise Refused(
                "several-values",
                "{cell} has {count} values of {quantity} under equal conditions ({label}): exclude all but one of "
                "{records} with the parameter ‘Excluded measurements’, or enter the condition in which they differ",
                cell=member.refcode,
                count=len(records),
                quantity=quantity_in_text(measured.quantity),
                label=measured.label,
                records=", ".join(records),
            )
    members = tuple(member for member, _ in values)
    return MatchedValues(measured, members, tuple(value.record for _, value in values), tuple(_estimates(values)))


def _estimates(values: CellValues) -> Iterator[Estimate]:
    return (value.estimate for _, value in values if value.estimate is not None)


def _cells(values: CellValues) -> list[GroupMember]:
    return list({member.refcode: member for member, _ in values}.values())


def _set_aside(chosen: MatchedValues, sources: Iterable[Measured]) -> Iterator[Message]:
    """Yield a message if values of another origin were not used."""
    for origin in sorted({measured.origin for measured in sources} - {chosen.measured.origin}):
        yield Message(
            "other-values-not-used",
            "{quantity}: the {used} values are used, not the {other} ones; the parameter ‘Preferred values’ selects.",
            quantity=chosen.subject,
            used=chosen.measured.origin,
            other=origin,
        )
