from dataclasses import replace

import pytest

from analyses.impedance.circuits.arc_assignment import (
    BULK,
    BULK_F_CM,
    ELECTROLYTE,
    GRAIN_BOUNDARY,
    GRAIN_BOUNDARY_F_CM,
    NOT_DISTINGUISHED,
    OTHER,
    assign_as_stated,
    assign_by_capacitance,
    without_interfaces,
)
from analyses.impedance.circuits.arc_values import ArcValues
from analyses.impedance.circuits.arcs import Arc
from analyses.insufficient_data import InsufficientData
from analyses.uncertainty import Estimate
from tests.coded import refuses


def arcs_of(*capacitances: float | None) -> list[ArcValues]:
    """Arcs of 1 kΩ, with a capacitance that is not determined for None."""
    return [
        ArcValues(
            number,
            Arc(f"R{number}", 1e3, 1e3 * (capacitance or 1e-9), capacitance or 1e-9),
            Estimate.measured(1e3, 1.0),
            Estimate.measured(capacitance, 0.01 * capacitance) if capacitance else None,
            Estimate.measured(1e3, 1.0),
        )
        for number, capacitance in enumerate(capacitances, start=1)
    ]


def assigned(*capacitances: float | None, per_cm: float = 1.0):
    return assign_by_capacitance(arcs_of(*capacitances), per_cm, BULK_F_CM, GRAIN_BOUNDARY_F_CM)


@pytest.mark.parametrize(
    ("capacitances", "expected"),
    [
        ((1e-12, 1e-9), (BULK, GRAIN_BOUNDARY)),
        ((1e-12, 7.4e-12), (BULK, GRAIN_BOUNDARY)),
        ((7.4e-12,), (BULK,)),
        ((7.4e-12, 3e-9), (BULK, GRAIN_BOUNDARY)),
        ((3e-9,), (GRAIN_BOUNDARY,)),
        ((1e-12, 1e-9, 1e-5), (BULK, GRAIN_BOUNDARY, OTHER)),
        ((1e-12, 1e-11, 1e-8), (BULK, OTHER, OTHER)),
        ((5e-12, 2e-12), (BULK, OTHER)),
        ((1e-6, 1e-5), (OTHER, OTHER)),
        ((None, 1e-9), (OTHER, GRAIN_BOUNDARY)),
        ((1e-12, None), (BULK, OTHER)),
    ],
)
def test_assigns_by_capacitance(capacitances, expected) -> None:
    """Irvine, Sinclair, West 1990: 1e-12 F cm⁻¹ for a bulk, 1e-11 to 1e-8 for grain boundaries."""
    assert tuple(item.assignment for item in assigned(*capacitances)) == expected


def test_time_constants_may_be_close_if_the_arcs_are_determined() -> None:
    """A factor of 3, which is the ratio of the capacitances here."""
    assert [item.assignment for item in assigned(1e-11, 3e-11)] == [BULK, GRAIN_BOUNDARY]


def test_capacitance_is_that_of_a_cell_of_unit_thickness_over_area() -> None:
    """1e-10 F of 600 µm over 0.785 cm² is 7.6e-12 F cm⁻¹."""
    (item,) = assigned(1e-10, per_cm=0.06 / 0.785)
    assert item.reason.code == "arc-assigned"
    assert item.reason.parameters["capacitance_f_cm"] == pytest.approx(7.6e-12, rel=0.01)


@pytest.mark.parametrize(
    ("capacitances", "codes"),
    [
        ((1e-6,), ["arc-capacitance-out-of-range"]),
        ((None,), ["arc-not-determined"]),
        ((5e-12, 2e-12), ["arc-assigned", "arc-capacitance-below-bulk"]),
        ((1e-9, 1e-8), ["several-grain-boundary-arcs"] * 2),
    ],
)
def test_states_why_an_arc_is_assigned_to_nothing(capacitances, codes: list[str]) -> None:
    assert [item.reason.code for item in assigned(*capacitances)] == codes


def test_an_arc_known_to_no_better_than_a_quarter_is_assigned_to_nothing() -> None:
    (arc,) = arcs_of(1e-12)
    loose = replace(arc, resistance_ohm=Estimate.measured(1e3, 300.0))
    (item,) = assign_by_capacitance([loose], 1.0, BULK_F_CM, GRAIN_BOUNDARY_F_CM)
    assert (item.assignment, item.reason.code) == (OTHER, "arc-not-determined")
    assert item.reason.parameters["words"] == "resistance"


def test_without_a_bulk_grain_boundaries_may_be_an_interface() -> None:
    assert [item.reason.code for item in without_interfaces(assigned(1e-9))] == ["arc-may-be-interface"]
    assert [item.assignment for item in without_interfaces(assigned(1e-12, 1e-9))] == [BULK, GRAIN_BOUNDARY]


def test_assigns_as_stated_whatever_the_capacitance() -> None:
    items = assign_as_stated(arcs_of(1e-6, None, 1e-3), "Grain boundary, electrolyte")
    assert [item.assignment for item in items] == [GRAIN_BOUNDARY, ELECTROLYTE, OTHER]
    assert {item.reason.code for item in items} == {"arc-assigned-as-stated"}
    assert assign_as_stated(arcs_of(1e-6), "grain_boundary")[0].assignment == GRAIN_BOUNDARY


def test_refuses_words_and_arcs_that_are_not_there() -> None:
    with refuses("unknown-arc-assignment", InsufficientData, word="sei"):
        assign_as_stated(arcs_of(1e-6), "SEI")
    with refuses("more-assignments-than-arcs", InsufficientData, count=2, arcs=1):
        assign_as_stated(arcs_of(1e-6), "bulk, other")


@pytest.mark.parametrize(
    ("capacitances", "expected"),
    [
        ((7e-11,), (ELECTROLYTE,)),
        ((1.2e-10,), (ELECTROLYTE,)),
        ((1.2e-10, 1e-6), (ELECTROLYTE, OTHER)),
        ((2e-11,), (BULK,)),
        ((4e-10,), (GRAIN_BOUNDARY,)),
        ((7e-11, 1e-8), (BULK, GRAIN_BOUNDARY)),
    ],
)
def test_a_single_arc_near_the_border_of_the_ranges_is_neither(capacitances, expected) -> None:
    items = assigned(*capacitances)
    assert tuple(item.assignment for item in items) == expected
    assert (items[0].reason.code == NOT_DISTINGUISHED) == (expected[0] == ELECTROLYTE)


def test_a_capacitance_whose_interval_reaches_both_ranges_is_neither() -> None:
    (arc,) = arcs_of(2e-11)
    wide = replace(arc, capacitance_f=Estimate.measured(2e-11, 5e-11))
    (item,) = assign_by_capacitance([wide], 1.0, BULK_F_CM, GRAIN_BOUNDARY_F_CM)
    assert item.reason.code == NOT_DISTINGUISHED


def test_an_arc_far_above_the_frequencies_measured_is_nothing() -> None:
    (arc,) = arcs_of(2e-11)
    (item,) = assign_by_capacitance(
        [arc], 1.0, BULK_F_CM, GRAIN_BOUNDARY_F_CM, highest_frequency_hz=arc.arc.frequency_hz / 4
    )
    assert (item.assignment, item.reason.code) == (OTHER, "arc-beyond-frequencies")
    (item,) = assign_by_capacitance(
        [arc], 1.0, BULK_F_CM, GRAIN_BOUNDARY_F_CM, highest_frequency_hz=arc.arc.frequency_hz / 2
    )
    assert item.assignment != OTHER
