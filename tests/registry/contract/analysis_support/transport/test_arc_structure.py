from analyses.uncertainty import Estimate
from registry.contract.analysis_support.transport.arc_structure import (
    STRUCTURE_QUANTITIES,
    Structure,
    with_same_structure,
)
from registry.contract.analysis_support.transport.temperature_series import Point
from registry.contract.place import PLACES
from registry.hookspecs import Inputs

ARC_RESISTANCE, SERIES_RESISTANCE = STRUCTURE_QUANTITIES


def point(number: int, degc: float, arcs: int, *, series_resistor: bool) -> Point:
    ohm, refcode = Estimate.exact(100.0), f"M-{number}"
    computed = f"measurements.{refcode}.computed"
    facts = {f"{computed}.{ARC_RESISTANCE}@arc:{arc}": ohm for arc in range(1, arcs + 1)}
    facts[f"{computed}.{ARC_RESISTANCE}{PLACES}"] = tuple(f"arc:{arc}" for arc in range(1, arcs + 1))
    facts[f"{computed}.{SERIES_RESISTANCE}"] = ohm if series_resistor else None
    (spectrum,) = Inputs({**facts, "measurements.eis": (refcode,)}).measurements("eis")
    return Point(refcode, Estimate.exact(degc), Estimate.exact(1e-3), False, "", spectrum)


def test_counts_arcs_and_sees_a_series_resistor() -> None:
    assert Structure.of(point(1, 0.0, 2, series_resistor=True).spectrum) == Structure(2, True)
    assert Structure.of(Inputs({})) == Structure(0, False)


def test_an_arc_that_is_not_determined_counts_if_a_slower_one_is() -> None:
    path = f"computed.{ARC_RESISTANCE}"
    facts = {f"{path}@arc:2": Estimate.exact(5.0), f"{path}{PLACES}": ("arc:2",)}
    assert Structure.of(Inputs(facts)) == Structure(2, False)


def test_the_larger_group_counts_and_the_others_are_named() -> None:
    points = [point(number, 10.0 * number, 1, series_resistor=number == 2) for number in range(1, 5)]
    same, others = with_same_structure(points)
    assert [item.refcode for item in same] == ["M-1", "M-3", "M-4"]
    assert [(remark.code, remark.parameters["spectrum"]) for remark in others] == [("other-circuit-structure", "M-2")]


def test_of_equally_large_groups_that_with_more_arcs_counts() -> None:
    same, _ = with_same_structure([point(1, 0.0, 1, series_resistor=True), point(2, 9.0, 2, series_resistor=False)])
    assert [item.refcode for item in same] == ["M-2"]
    assert with_same_structure([]) == ([], [])
