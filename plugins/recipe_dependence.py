"""Every quantity of a series of cells against the number in which their recipes differ."""

from collections.abc import Sequence

from analyses.uncertainty import Estimate
from registry.contract.analysis_support.groups.matched_values import (
    MATCHING_PARAMETERS,
    MatchedValues,
    match_values,
    varied_number,
    with_unit_of_varied,
)
from registry.hookspecs import Analysis, Axis, Curve, Inputs, Message, Outcome, Refused, Result, Series, hookimpl

CONTRACT_VERSION = 2

FEWEST_RECIPES = 2
LOG_FROM = 100
"""Ratio of the largest to the smallest value from which the axis is logarithmic."""


def run(inputs: Inputs) -> Outcome:
    """Return each quantity against the recipe number, as a curve and as values numbered by cell."""
    varied = varied_number(inputs)
    numbers = {member.refcode: member.recipe_number for member in inputs.members}
    if len({number.magnitude for number in numbers.values()}) < FEWEST_RECIPES:
        raise Refused(
            "too-few-recipes",
            "needs cells with {needed} different values of {over}: all have the same value",
            needed=FEWEST_RECIPES,
            over=varied,
        )
    matches = match_values(inputs)
    positions = {member.refcode: position for position, member in enumerate(inputs.members, start=1)}
    results = [
        result
        for matched in matches.matched
        if not matched.at
        for result in _results(matched, numbers, positions, varied)
    ]
    curves = tuple(_curve(matched, numbers, varied, index) for index, matched in enumerate(matches.matched, start=1))
    axis = Message(
        "recipe-axis",
        "{count} cells by {over}: {numbers}.",
        count=len(numbers),
        over=varied,
        numbers=", ".join(
            f"{refcode} {with_unit_of_varied(inputs, number.magnitude)}" for refcode, number in numbers.items()
        ),
    )
    return Outcome(tuple(results), curves, (axis, *matches.messages), tuple(matches.not_computed))


def _results(
    matched: MatchedValues, numbers: dict[str, Estimate], positions: dict[str, int], over: str
) -> list[Result]:
    return [
        Result(
            matched.quantity,
            estimate,
            f"{member.refcode}, {over} = {numbers[member.refcode].magnitude:g}",
            at={"cell": positions[member.refcode]},
            conditions=matched.conditions,
        )
        for member, estimate in zip(matched.members, matched.estimates, strict=True)
    ]


def _curve(matched: MatchedValues, numbers: dict[str, Estimate], over: str, index: int) -> Curve:
    points = sorted(
        (numbers[member.refcode].magnitude, estimate.magnitude, *estimate.interval())
        for member, estimate in zip(matched.members, matched.estimates, strict=True)
    )
    x, y, lower, upper = (list(column) for column in zip(*points, strict=True))
    role, quantity, *material = over.split(".", 2)
    words = f"{role.replace('_', ' ')} {' '.join(material)}".strip()
    return Curve(
        f"{matched.quantity}-{index}",
        matched.title,
        Axis(quantity=quantity, label=words[:1].upper() + words[1:]),
        Axis(quantity=matched.quantity, log=min(lower) > 0 and max(y) > LOG_FROM * min(y)),
        (Series("Cells", x, y, markers=True, y_lower=lower, y_upper=upper),),
    )


@hookimpl
def register_analyses() -> Sequence[Analysis]:
    """Offer the dependence on recipe series."""
    return (
        Analysis(
            name="recipe-dependence",
            version="1.0.2",
            title="Dependence on the recipe",
            description="Each quantity of the cells under equal conditions against the recipe parameter that varies, "
            "with 95 % intervals.",
            run=run,
            returns_member_quantities=True,
            requirements=(
                "the recipe parameter that varies, for every cell",
                "values of a quantity of two or more cells under equal conditions",
            ),
            parameters=MATCHING_PARAMETERS,
            scope="group",
            group_kinds=("recipe",),
        ),
    )
