"""What a group analysis may describe."""

from typing import Any

import pytest

from registry.hookspecs import Analysis, Inputs, Outcome
from registry.plugin_loading.analysis_check import analysis_check

TECHNIQUES, CONDITIONS = ("eis",), ("temperature_degc",)


def run(inputs: Inputs) -> Outcome:
    return Outcome()


def of_group(**fields: Any) -> Analysis:
    described = {"scope": "group", "group_kinds": ("replicates",), "outputs": ("resistance_ohm",)} | fields
    return Analysis(name="spread", version="1", title="Spread", description="", run=run, **described)


def check(analysis: Analysis) -> None:
    analysis_check(analysis, TECHNIQUES, CONDITIONS)


def test_a_group_analysis_needs_no_technique_but_may_name_some() -> None:
    check(of_group())
    check(of_group(techniques=("eis",)))
    check(of_group(outputs=(), returns_member_quantities=True, group_kinds=("recipe", "comparison"), min_members=3))


@pytest.mark.parametrize(
    "fields",
    [
        {"group_kinds": ()},
        {"group_kinds": ("pairs",)},
        {"group_kinds": "replicates"},
        {"min_members": 1},
        {"techniques": ("no_such_technique",)},
        {"depends_on": ("resistance_ohm",)},
        {"over": "temperature_degc"},
        {"scope": "cells"},
        {"scope": "measurement", "techniques": ("eis",)},
        {"scope": "measurement", "techniques": ("eis",), "group_kinds": (), "returns_member_quantities": True},
    ],
)
def test_a_contradiction_is_refused(fields: dict[str, Any]) -> None:
    with pytest.raises((TypeError, ValueError)):
        check(of_group(**fields))


def test_it_may_return_the_quantities_of_its_cells_only_if_it_says_so() -> None:
    assert not of_group().may_return("thickness_um")
    assert of_group(returns_member_quantities=True).may_return("thickness_um")
