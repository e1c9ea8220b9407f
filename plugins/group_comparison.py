"""Two groups of cells compared by a permutation test of every quantity that they have in common."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from analyses.statistics.false_discovery import false_discovery_rates
from analyses.statistics.permutation import LEVEL, PermutationTest, permutation_test
from registry.contract.analysis_support.groups.compared_cells import constants_message, member_names, without_repeats
from registry.contract.analysis_support.groups.matched_values import (
    MATCHING_PARAMETERS,
    MatchedValues,
    match_values,
)
from registry.hookspecs import (
    Analysis,
    Axis,
    Curve,
    GroupMember,
    Inputs,
    Listed,
    Message,
    Outcome,
    Parameter,
    Refused,
    Series,
    hookimpl,
)

CONTRACT_VERSION = 2

FIRST_GROUP = "first_group"
FEWEST_CELLS = 2


@dataclass(frozen=True)
class Groups:
    """The cells of the two groups."""

    first: tuple[GroupMember, ...]
    second: tuple[GroupMember, ...]

    @property
    def names(self) -> tuple[str, str]:
        """The label that the cells of a group share, if it differs from that of the others; otherwise its number."""
        first, second = ({member.label for member in members} for members in (self.first, self.second))
        if len(first) == len(second) == 1 and first != second:
            return first.pop(), second.pop()
        return "First group", "Second group"


@dataclass(frozen=True)
class Compared:
    """A quantity that was tested."""

    matched: MatchedValues
    values: tuple[list[float], list[float]]
    test: PermutationTest
    adjusted: float = 1.0
    """Probability adjusted for the number of quantities compared (false discovery rate)."""


def run(inputs: Inputs) -> Outcome:
    """Return for each quantity how often chance alone makes the groups differ as they do."""
    groups = _groups(inputs)
    matches = match_values(inputs, fewest=2 * FEWEST_CELLS, for_statistics=True)
    varying = [matched for matched in matches.matched if not matched.is_constant]
    compared, too_few = _compare(without_repeats(varying), groups)
    messages = [
        _groups_message(groups),
        *_number_of_tests(compared),
        *constants_message(matches.matched),
        *(_message(item, groups) for item in compared),
        *too_few,
        *matches.messages,
    ]
    curves = tuple(_curve(item, groups, index) for index, item in enumerate(compared, start=1))
    return Outcome((), curves, tuple(messages), tuple(matches.not_computed))


def _compare(matches: Sequence[MatchedValues], groups: Groups) -> tuple[list[Compared], list[Message]]:
    """Return the tests, the clearest difference first, and a message on each quantity with too few cells."""
    firsts = {member.refcode for member in groups.first}
    tests: list[Compared] = []
    too_few: list[Message] = []
    for matched in matches:
        values: tuple[list[float], list[float]] = [], []
        for member, estimate in matched.pairs:
            values[member.refcode not in firsts].append(estimate.magnitude)
        if min(map(len, values)) < FEWEST_CELLS:
            too_few.append(_too_few(matched, values))
        else:
            tests.append(Compared(matched, values, permutation_test(*values)))
    rates = false_discovery_rates([item.test.probability for item in tests])
    adjusted = [replace(item, adjusted=rate) for item, rate in zip(tests, rates, strict=True)]
    return sorted(adjusted, key=lambda item: (item.test.probability, -_relative_size(item.test))), too_few


def _relative_size(test: PermutationTest) -> float:
    """Return a difference over what could have been detected."""
    return abs(test.difference) / test.detectable if test.detectable else 0.0


def _groups(inputs: Inputs) -> Groups:
    """Return the groups named by the parameter, or those of the two recipes that the cells have."""
    members = inputs.members
    if named := str(inputs.parameter(FIRST_GROUP)).replace(",", " ").split():
        known = [member.refcode for member in members]
        if unknown := [name for name in named if name not in known]:
            raise Refused(
                "unknown-cell",
                "first_group names {unknown}, which is not in this group: its cells are {cells}",
                unknown=Listed(unknown),
                cells=Listed(known),
            )
        return Groups(
            tuple(member for member in members if member.refcode in named),
            tuple(member for member in members if member.refcode not in named),
        )
    recipes: dict[tuple[tuple[str, str], ...], list[GroupMember]] = {}
    for member in members:
        recipes.setdefault(tuple((layer.role, layer.name) for layer in member.layers), []).append(member)
    if len(recipes) != 2:
        raise Refused(
            "not-two-recipes",
            "the cells have {count} recipes, not two: list the cells of the first group in first_group; the layers of "
            "each recipe are {layers}",
            count=len(recipes),
            layers=Listed((_in_words(recipe) for recipe in recipes), between="; "),
        )
    first, second = recipes.values()
    return Groups(tuple(first), tuple(second))


def _in_words(recipe: Sequence[tuple[str, str]]) -> str:
    return ", ".join(f"{role} {name}" for role, name in recipe) or "no layer"


def _groups_message(groups: Groups) -> Message:
    names = member_names((*groups.first, *groups.second))
    return Message(
        "groups-of-cells",
        "First group: {first}. Second group: {second}. Each cell counts once; the scatter within a group includes the "
        "measurement uncertainty of its cells.",
        first=Listed(names[member.refcode] for member in groups.first),
        second=Listed(names[member.refcode] for member in groups.second),
    )


def _number_of_tests(compared: Sequence[Compared]) -> list[Message]:
    """Return how many quantities were compared, and what that does to the probabilities."""
    if len(compared) < 2:
        return []
    parameters: dict[str, Any] = {
        "count": len(compared),
        "below": sum(item.test.probability <= LEVEL for item in compared),
        "below_adjusted": sum(item.adjusted <= LEVEL for item in compared),
        "expected": LEVEL * len(compared),
        "lowest": min(item.adjusted for item in compared),
        "significance": LEVEL,
    }
    text = (
        "{count} quantities were compared: {below} have p ≤ {significance:g}; about {expected:.2g} of {count} would "
        "by chance alone. Adjusted for multiple comparisons (Benjamini-Hochberg), {below_adjusted} have p ≤ "
        "{significance:g}; the lowest is {lowest:.2g}. For a quantity chosen before the experiment, use the "
        "unadjusted p."
    )
    least = [item.test.smallest_probability for item in compared]
    best, needed = min(false_discovery_rates(least)), math.ceil(min(least) * len(compared) / LEVEL - 1e-9)
    if best <= LEVEL:
        if needed > 1:
            text += (
                " With so few cells p cannot be below {smallest:.2g}: an adjusted p of {significance:g} requires "
                "{needed} or more quantities that reach it."
            )
            parameters |= {"smallest": min(least), "needed": needed}
        return [Message("several-quantities-compared", text, **parameters)]
    text += " With so few cells no adjusted p can reach {significance:g}; the lowest possible is {best:.2g}."
    return [Message("several-quantities-compared", text, "warning", **parameters, best=best)]


def _too_few(matched: MatchedValues, values: tuple[list[float], list[float]]) -> Message:
    return Message(
        "too-few-cells-in-a-group",
        "{quantity} ({label}): {first} and {second} cells have a value; each group needs two.",
        **matched.parameters,
        first=len(values[0]),
        second=len(values[1]),
    )


def _message(compared: Compared, groups: Groups) -> Message:
    matched, test = compared.matched, compared.test
    first_name, second_name = (f"‘{name}’" for name in groups.names)
    parameters: dict[str, Any] = {
        **matched.parameters,
        "first": len(compared.values[0]),
        "second": len(compared.values[1]),
        "first_name": first_name,
        "second_name": second_name,
        "difference": matched.number(test.difference),
        "probability": test.probability,
        "adjusted": compared.adjusted,
        "arrangements": test.arrangements,
        "smallest": test.smallest_probability,
        "significance": LEVEL,
    }
    means = "{quantity} ({label}): mean of {second_name} ({second} cells) minus mean of {first_name} ({first} cells) "
    if test.detectable is None:
        return Message(
            "level-out-of-reach",
            means + "{difference:.4g} (p = {probability:.2g}, adjusted for multiple comparisons {adjusted:.2g}). With "
            "so few cells p cannot be below {smallest:.2g} and never reaches {significance:g}: build more "
            "cells.",
            "warning",
            **parameters,
        )
    chance = (
        "{difference:.4g}; p = {probability:.2g} (permutation test, {arrangements} arrangements), adjusted for "
        "multiple comparisons {adjusted:.2g}."
    )
    if compared.adjusted > LEVEL and not test.detectable:
        return Message("no-difference-shown", means + chance + " The cells of each group are equal.", **parameters)
    if compared.adjusted > LEVEL:
        parameters["detectable"] = matched.number(test.detectable)
        detectable_text = " A difference of about {detectable:.3g} would be detected in 80 % of such experiments."
        return Message("no-difference-shown", means + chance + detectable_text, **parameters)
    return Message("groups-differ", means + chance, **parameters)


def _curve(compared: Compared, groups: Groups, index: int) -> Curve:
    matched = compared.matched
    return Curve(
        f"{matched.quantity}-{index}",
        matched.title,
        Axis(label="Group", unit=""),
        Axis(quantity=matched.quantity),
        tuple(
            Series(name, (float(number),) * len(numbers), tuple(numbers), line=False, markers=True)
            for number, (name, numbers) in enumerate(zip(groups.names, compared.values, strict=True), start=1)
        ),
    )


@hookimpl
def register_analyses() -> Sequence[Analysis]:
    """Offer the test on comparisons."""
    return (
        Analysis(
            name="group-comparison",
            version="1.2.0",
            title="Comparison of two groups of cells",
            description="Exact permutation test of the means of each quantity under equal conditions, adjusted for "
            "multiple comparisons, with the detectable difference.",
            run=run,
            returns_member_quantities=True,
            requirements=("values of a quantity of two or more cells in each group, under equal conditions",),
            parameters=(
                *MATCHING_PARAMETERS,
                Parameter(
                    name=FIRST_GROUP,
                    type=str,
                    default="",
                    help="Refcodes of the cells of the first group, separated by spaces; empty for the two recipes "
                    "that the cells have.",
                    title="First group",
                ),
            ),
            scope="group",
            group_kinds=("comparison",),
            min_members=2 * FEWEST_CELLS,
        ),
    )
