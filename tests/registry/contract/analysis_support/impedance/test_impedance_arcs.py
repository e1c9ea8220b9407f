import numpy as np
import pytest

from analyses.impedance.circuits.circuit import parse_circuit
from analyses.impedance.circuits.circuit_fit import fit_circuit
from analyses.impedance.circuits.fitted_circuit import ImpedanceFit
from analyses.uncertainty import Estimate
from registry.contract.analysis_support.cell.pellet import Pellet
from registry.contract.analysis_support.impedance.impedance_arcs import (
    ARC_PARAMETERS,
    ArcReport,
    read_arcs,
)
from registry.contract.analysis_support.impedance.spectrum_quantities import ARC_QUANTITIES
from registry.hookspecs import Inputs, NotComputed, Refused, Result
from tests.coded import message_of, refuses
from tests.spectra import make_spectrum

DEFAULTS = {parameter.name: parameter.default for parameter in ARC_PARAMETERS}
UNIT = Pellet(Estimate.exact(10_000.0), Estimate.exact(1.0), ())
"""Thickness over area 1 cm⁻¹."""
FREQUENCY = np.geomspace(1e8, 1, 90)
TWO = ("p(R1,CPE1)-p(R2,CPE2)-CPE3", (500.0, 1e-11, 1.0, 800.0, 1e-9, 1.0, 1e-5, 0.85))
SERIES = ("R0-p(R1,CPE1)-p(R2,CPE2)", (30.0, 500.0, 1e-11, 1.0, 200.0, 1e-6, 0.9))


def fit_of(text: str, values: tuple[float, ...]) -> ImpedanceFit:
    return fit_circuit(parse_circuit(text), make_spectrum(text, values, 0.002, 1, FREQUENCY))


def report(circuit, pellet: Pellet | None = UNIT, *, pass_ions: bool = False, **parameters) -> ArcReport:
    inputs = Inputs({}, parameters=DEFAULTS | parameters)
    return read_arcs(inputs, fit_of(*circuit), pellet, pass_ions=pass_ions, highest_frequency_hz=float(FREQUENCY[0]))


def by_key(results) -> dict[str, Estimate]:
    return {result.key: result.estimate for result in results}


def test_arcs_are_values_at_their_numbers_whatever_their_capacitance() -> None:
    values = by_key(report(("p(R1,CPE1)-CPE2", (500.0, 1e-6, 1.0, 1e-2, 0.85))).values())
    assert values["arc_resistance_ohm@arc:1"].magnitude == pytest.approx(500.0, rel=0.01)
    assert values["arc_capacitance_f@arc:1"].magnitude == pytest.approx(1e-6, rel=0.01)
    assert values["arc_peak_frequency_hz@arc:1"].magnitude == pytest.approx(318.3, rel=0.01)
    assert {key.partition("@")[0] for key in values} <= {quantity.slug for quantity in ARC_QUANTITIES}


def test_bulk_and_grain_boundaries_follow_from_the_capacitances_with_the_reason() -> None:
    arcs = report(TWO)
    values = by_key(arcs.values())
    assert values["bulk_resistance_ohm"].magnitude == pytest.approx(500.0, rel=0.01)
    assert values["grain_boundary_resistance_ohm"].magnitude == pytest.approx(800.0, rel=0.01)
    assert values["bulk_ionic_conductivity_s_cm"].magnitude == pytest.approx(1 / 500, rel=0.01)
    assert values["grain_boundary_ionic_conductivity_s_cm"].magnitude == pytest.approx(1 / 800, rel=0.01)
    (resolved,) = arcs.messages()
    assert resolved.code == "arcs-resolved"
    capacitances = [reason["parameters"]["capacitance_f_cm"] for reason in resolved.parameters["reasons"]]
    assert capacitances == pytest.approx([1e-11, 1e-9], rel=0.05)


def test_the_resistor_in_series_is_a_value_where_the_circuit_has_one() -> None:
    assert by_key(report(SERIES).values())["series_resistance_ohm"].magnitude == pytest.approx(30.0, rel=0.02)
    assert "series_resistance_ohm" not in by_key(report(TWO).values())


@pytest.mark.parametrize("capacitance", [7e-11, 1.2e-10])
def test_an_arc_between_bulk_and_grain_boundaries_is_neither_whatever_the_noise(capacitance: float) -> None:
    arcs = report(("R0-p(R1,CPE1)-CPE2", (30.0, 500.0, capacitance, 1.0, 1e-5, 0.85)))
    missing = {item.quantity for item in arcs.not_computed() if item.code == "bulk-or-grain-boundary"}
    parts, quantities = ("bulk", "grain_boundary"), ("resistance_ohm", "ionic_conductivity_s_cm")
    assert missing == {f"{part}_{quantity}" for part in parts for quantity in quantities}
    values = by_key(arcs.values())
    assert not missing & set(values)
    assert values["arc_resistance_ohm@arc:1"].magnitude == pytest.approx(500.0, rel=0.01)
    sigma = arcs.conductivity(UNIT)
    assert isinstance(sigma, Result)


def test_a_series_resistor_that_is_not_small_is_said_to_belong_to_no_part() -> None:
    large = report(("R0-p(R1,CPE1)-CPE2", (100.0, 400.0, 1e-11, 1.0, 1e-5, 0.85)))
    warning = message_of(large.messages(), "series-resistance-of-no-part", resistor="R0")
    assert warning.parameters["percent"] == pytest.approx(20.0, rel=0.05)
    small = report(("R0-p(R1,CPE1)-CPE2", (5.0, 400.0, 1e-11, 1.0, 1e-5, 0.85)))
    assert "series-resistance-of-no-part" not in [message.code for message in small.messages()]


def test_the_ranges_are_parameters() -> None:
    arcs = report(TWO, bulk_capacitance_most_f_cm=5e-12)
    assert "bulk_resistance_ohm" not in by_key(arcs.values())
    assert message_of(arcs.messages(), "arcs-not-resolved")
    with refuses("empty-capacitance-range", Refused, name="bulk"):
        report(TWO, bulk_capacitance_most_f_cm=1e-14)


def test_a_stated_assignment_needs_no_geometry_and_overrides_the_capacitance() -> None:
    arcs = report(TWO, None, arc_assignment="grain boundary")
    values = by_key(arcs.values())
    assert values["grain_boundary_resistance_ohm"].magnitude == pytest.approx(500.0, rel=0.01)
    assert "grain_boundary_ionic_conductivity_s_cm" not in values
    reasons = message_of(arcs.messages(), "arcs-not-resolved").parameters["reasons"]
    assert reasons[0]["code"] == "arc-assigned-as-stated"
    with refuses("unknown-arc-assignment", Refused):
        report(TWO, arc_assignment="bulk, SEI")


def test_without_geometry_or_statement_nothing_is_assigned() -> None:
    arcs = report(TWO, None)
    assert (arcs.assigned, arcs.messages()) == ((), ())
    assert len(arcs.values()) == 6


def test_an_arc_that_is_not_determined_says_so_at_its_number() -> None:
    text = "p(R1,CPE1)-p(R2,CPE2)-CPE3"
    arcs = report((text, (500.0, 2e-9, 0.8, 500.0, 2.1e-9, 0.8, 1e-5, 0.9)))
    keys = {missing.key for missing in arcs.not_computed()}
    assert "arc_resistance_ohm@arc:1" in keys
    assert not keys & set(by_key(arcs.values()))
    assert {missing.code for missing in arcs.not_computed()} == {"parameter-not-determined"}


def test_between_electrodes_that_pass_ions_the_bulk_arc_gives_the_conductivity() -> None:
    arcs = report(SERIES, pass_ions=True)
    sigma = arcs.conductivity(UNIT)
    assert isinstance(sigma, Result)
    assert sigma.estimate.magnitude == pytest.approx(1 / 500, rel=0.01)
    high = arcs.high_frequency_resistance()
    assert isinstance(high, Result)
    assert high.estimate.magnitude == pytest.approx(530.0, rel=0.01)


def test_an_interface_gives_no_conductivity() -> None:
    """R0 and an arc of 1e-8 F cm⁻¹, which may be a surface layer of the electrode."""
    arcs = report(("R0-p(R1,CPE1)", (30.0, 200.0, 1e-8, 1.0)), pass_ions=True)
    sigma = arcs.conductivity(UNIT)
    assert isinstance(sigma, NotComputed)
    assert sigma.code == "electrolyte-not-resolved"
    assert "grain_boundary_resistance_ohm" not in by_key(arcs.values())
    high = arcs.high_frequency_resistance()
    assert isinstance(high, Result)
    assert high.estimate.magnitude == pytest.approx(30.0, rel=0.01)


def test_grain_boundaries_alone_are_not_the_electrolyte() -> None:
    circuit = ("R0-p(R1,CPE1)", (30.0, 200.0, 5e-10, 1.0))
    arcs = report(circuit, pass_ions=True)
    assert "grain_boundary_resistance_ohm" not in by_key(arcs.values())
    reasons = message_of(arcs.messages(), "arcs-not-resolved").parameters["reasons"]
    assert [reason["code"] for reason in reasons] == ["arc-may-be-interface"]
    stated = report(circuit, pass_ions=True, arc_assignment="grain boundary")
    assert by_key(stated.values())["grain_boundary_resistance_ohm"].magnitude == pytest.approx(200.0, rel=0.01)
    assert isinstance(stated.conductivity(UNIT), NotComputed)


def test_a_circuit_without_a_resistor_in_series_may_have_no_high_frequency_resistance() -> None:
    arcs = report(("p(R1,CPE1)", (200.0, 1e-6, 1.0)), pass_ions=True)
    high = arcs.high_frequency_resistance()
    assert isinstance(high, NotComputed)
    assert high.code == "no-high-frequency-resistance"
    stated = report(("p(R1,CPE1)", (200.0, 1e-6, 1.0)), pass_ions=True, arc_assignment="electrolyte")
    assert isinstance(stated.high_frequency_resistance(), Result)
    assert isinstance(stated.conductivity(UNIT), Result)
