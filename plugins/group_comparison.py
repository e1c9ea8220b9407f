"""Two groups of cells compared by a permutation test of every quantity that they have in common."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from analyses.statistics.permutation import LEVEL, PermutationTest, permutation_test
from registry.contract.analysis_support.matched_values import MATCHING_PARAMETERS, MatchedValues, match_values
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


def run(inputs: Inputs) -> Outcome:
    """Return for each quantity how often chance alone makes the groups differ as they do."""
    groups = _groups(inputs)
    firsts = {member.refcode for member in groups.first}
    matches = match_values(inputs, fewest=2 * FEWEST_CELLS)
    messages, curves = [_groups_message(groups)], []
    for index, matched in enumerate(matches.matched, start=1):
        values: tuple[list[float], list[float]] = [], []
        for member, estimate in zip(matched.members, matched.estimates, strict=True):
            values[member.refcode not in firsts].append(estimate.magnitude)
        if min(map(len, values)) < FEWEST_CELLS:
            messages.append(_too_few(matched, values))
            continue
        messages.append(_message(matched, values, permutation_test(*values)))
        curves.append(_curve(matched, values, index))
    return Outcome((), tuple(curves), (*messages, *matches.messages), tuple(matches.not_computed))


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
            "the cells have {count} recipes, so that they are not two groups: name the cells of the first in "
            "first_group; the layers of each recipe are {layers}",
            count=len(recipes),
            layers=Listed((_in_words(recipe) for recipe in recipes), between="; "),
        )
    first, second = recipes.values()
    return Groups(tuple(first), tuple(second))


def _in_words(recipe: Sequence[tuple[str, str]]) -> str:
    return ", ".join(f"{role} {name}" for role, name in recipe) or "no layer"


def _groups_message(groups: Groups) -> Message:
    return Message(
        "groups-of-cells",
        "First group: {first}. Second group: {second}. Each cell counts once; the measurement uncertainty of a cell is "
        "part of the scatter within its group.",
        first=Listed(member.label for member in groups.first),
        second=Listed(member.label for member in groups.second),
    )


def _too_few(matched: MatchedValues, values: tuple[list[float], list[float]]) -> Message:
    return Message(
        "too-few-cells-in-a-group",
        "{quantity} ({label}): {first} and {second} cells have a value; two in each group are needed.",
        quantity=matched.subject,
        label=matched.measured.label,
        first=len(values[0]),
        second=len(values[1]),
    )


def _message(matched: MatchedValues, values: tuple[list[float], list[float]], test: PermutationTest) -> Message:
    parameters: dict[str, Any] = {
        "quantity": matched.subject,
        "label": matched.measured.label,
        "first": len(values[0]),
        "second": len(values[1]),
        "difference": test.difference,
        "probability": test.probability,
        "arrangements": test.arrangements,
        "smallest": test.smallest_probability,
        "significance": LEVEL,
    }
    if test.detectable is None:
        return Message(
            "level-out-of-reach",
            "{quantity} ({label}): the means of {second} and {first} cells differ by {difference:.4g} (probability by "
            "chance {probability:.2g}). With so few cells no outcome has a probability below {smallest:.2g}, so that "
            "none could have reached {significance:g}: build more cells.",
            "warning",
            **parameters,
        )
    parameters["detectable"] = test.detectable
    if test.probability > LEVEL:
        return Message(
            "no-difference-shown",
            "{quantity} ({label}): the means of {second} and {first} cells differ by {difference:.4g}; chance alone "
            "gives a difference as large with probability {probability:.2g} ({arrangements} arrangements). About "
            "{detectable:.3g} would have been found in four of five such experiments.",
            **parameters,
        )
    return Message(
        "groups-differ",
        "{quantity} ({label}): the means of {second} and {first} cells differ by {difference:.4g}; chance alone gives "
        "a difference as large with probability {probability:.2g} ({arrangements} arrangements).",
        **parameters,
    )


def _curve(matched: MatchedValues, values: tuple[list[float], list[float]], index: int) -> Curve:
    return Curve(
        f"{matched.quantity}-{index}",
        f"{matched.measured.label}: two groups"[:200],
        Axis(label="Group", unit=""),
        Axis(quantity=matched.quantity),
        tuple(
            Series(name, (float(number),) * len(numbers), tuple(numbers), line=False, markers=True)
            for number, (name, numbers) in enumerate(zip(("First group", "Second group"), values, strict=True), start=1)
        ),
    )


@hookimpl
def register_analyses() -> Sequence[Analysis]:
    """Offer the test on comparisons."""
    return (
        Analysis(
            name="group-comparison",
            version="1.0.0",
            title="Comparison of two groups of cells",
            description="Exact permutation test of the means of each quantity under equal conditions, with the "
            "difference that could have been detected.",
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
