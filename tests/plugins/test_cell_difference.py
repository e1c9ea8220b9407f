"""Differences between the cells of example groups."""

import pytest

from plugins import cell_difference
from registry.testing import example_group, run_analysis

SIGMA = "ionic_conductivity_s_cm"
PATH = f"members.C-00002.values.{SIGMA}.M-00002/computed/ionic-conductivity"


def test_a_difference_beyond_its_uncertainty() -> None:
    """1.1 against 1 mS/cm, each known to 0.2 %."""
    result = run_analysis(cell_difference, example_group("comparison", count=2))
    by_quantity = {item.parameters["quantity"]: item for item in result.messages if item.code == "cells-differ"}
    assert by_quantity[SIGMA].parameters["difference"] == pytest.approx(1e-4)
    assert by_quantity[SIGMA].parameters["ratio"] == pytest.approx(1.1)
    assert by_quantity[SIGMA].parameters["lower"] > 0
    assert (by_quantity[SIGMA].parameters["first"], by_quantity[SIGMA].parameters["other"]) == ("bare", "coated")


def test_equal_cells_show_no_difference() -> None:
    same = {PATH: example_group("comparison", count=2).facts[PATH.replace("00002", "00001")]}
    result = run_analysis(cell_difference, example_group("comparison", count=2, changes=same))
    by_quantity = {item.parameters.get("quantity"): item.code for item in result.messages if "ratio" in item.parameters}
    assert by_quantity[SIGMA] == "no-difference-shown"


def test_each_cell_is_compared_with_the_first() -> None:
    result = run_analysis(cell_difference, example_group("comparison", count=3))
    others = [
        item.parameters["other"]
        for item in result.messages
        if item.parameters.get("quantity") == SIGMA and "ratio" in item.parameters
    ]
    assert others == ["coated", "C-00003"]
