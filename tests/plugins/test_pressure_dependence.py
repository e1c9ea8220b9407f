import numpy as np
import pytest

from analyses.uncertainty import Estimate
from plugins import pressure_dependence
from registry.hookspecs import Fact
from registry.testing import Example, example_series, run_analysis

EXPONENT = "conductivity_pressure_exponent"
SIGMA = "ionic_conductivity_s_cm"


def set_conductivities(series: Example, origin: str, exponent: float) -> Example:
    """σ = 1e-3 p^m at 2, 5, 10, 20 and 50 MPa."""
    other = {"computed": "reported", "reported": "computed"}[origin]
    changes: dict[str, float | None] = {}
    for member in series.series:
        changes[f"measurements.{member.refcode}.{origin}.{SIGMA}"] = 1e-3 * member.at.magnitude**exponent
        changes[f"measurements.{member.refcode}.{other}.{SIGMA}"] = None
    return series.changed(changes)


@pytest.mark.parametrize("origin", ["computed", "reported"])
def test_finds_the_exponent_of_an_exact_series(origin: str) -> None:
    result = run_analysis(
        pressure_dependence, set_conductivities(example_series(), origin, 0.25), name="pressure-dependence"
    )
    assert result.values[EXPONENT].magnitude == pytest.approx(0.25, rel=1e-9)


def test_rounding_of_the_pressures_widens_the_interval() -> None:
    exponent = run_analysis(
        pressure_dependence, set_conductivities(example_series(), "computed", 0.25), name="pressure-dependence"
    ).values[EXPONENT]
    assert exponent.lower < 0.25 < exponent.upper


def test_a_spectrum_without_conductivity_is_excluded_and_named() -> None:
    removed = {f"measurements.M-00002.{origin}.{SIGMA}": None for origin in ("computed", "reported")}
    result = run_analysis(pressure_dependence, example_series(changes=removed), name="pressure-dependence")
    assert result.status == "done"
    assert any("M-00002" in message.text for message in result.messages)


def test_two_pressures_with_a_conductivity_are_refused() -> None:
    removed = {
        f"measurements.M-0000{number}.{origin}.{SIGMA}": None
        for number in (1, 2, 3)
        for origin in ("computed", "reported")
    }
    assert (
        run_analysis(pressure_dependence, example_series(changes=removed), name="pressure-dependence").status
        == "refused"
    )


TABLE_2_MPA = (2.0, 5.0, 10.0, 15.0, 20.0, 25.0)
TABLE_2 = {"ionic_conductivity_s_cm": (0.366, 0.370, 0.376, 0.384, 0.396, 0.406)}
TABLE_2 |= {"electronic_conductivity_s_cm": (7.18, 7.41, 7.66, 8.03, 8.24, 8.40)}
"""Supplementary Table 2 of the worked example [mS/cm]."""
ANALYSES = {
    "ionic_conductivity_s_cm": ("eis", "pressure-dependence"),
    "electronic_conductivity_s_cm": ("chronoamperometry", "electronic-conductivity-by-pressure"),
    "resistance_ohm": ("eis", "resistance-by-pressure"),
    "specific_capacity_mah_g": ("cycling", "capacity-by-pressure"),
}


def series_of(quantity: str, numbers: dict[str, float], **facts: Fact) -> Example:
    """Reported numbers by the refcode of the measurement, and no computed ones."""
    technique, _ = ANALYSES[quantity]
    changes: dict[str, Fact] = dict(facts)
    for refcode, number in numbers.items():
        changes[f"measurements.{refcode}.reported.{quantity}"] = number
        changes[f"measurements.{refcode}.computed.{quantity}"] = None
    return example_series(technique, over="stack_pressure_mpa", count=len(numbers), changes=changes)


def values_of(quantity: str, example: Example, **parameters: str) -> dict[str, Estimate]:
    analysis = next(item for item in pressure_dependence.register_analyses() if item.name == ANALYSES[quantity][1])
    outcome = analysis.run(example.for_analysis(analysis, parameters))
    return {result.quantity: result.estimate for result in outcome.values}


@pytest.mark.parametrize("quantity", list(TABLE_2))
def test_slope_and_exponent_of_table_2_are_those_of_least_squares(quantity: str) -> None:
    sigma = 1e-3 * np.array(TABLE_2[quantity])
    refcodes = [f"M-0000{number}" for number in range(1, 7)]
    pressures = {
        f"measurements.{refcode}.stack_pressure_mpa": mpa for refcode, mpa in zip(refcodes, TABLE_2_MPA, strict=True)
    }
    numbers = values_of(quantity, series_of(quantity, dict(zip(refcodes, sigma.tolist(), strict=True)), **pressures))
    kind = next(kind for kind in pressure_dependence.KINDS if kind.quantity == quantity)
    assert numbers[kind.slope].magnitude == pytest.approx(np.polyfit(TABLE_2_MPA, sigma, 1)[0])
    assert numbers[kind.exponent].magnitude == pytest.approx(np.polyfit(np.log(TABLE_2_MPA), np.log(sigma), 1)[0])


@pytest.mark.parametrize("quantity", list(ANALYSES))
def test_a_hysteresis_needs_the_order_of_the_measurements(quantity: str) -> None:
    """Pressed from 2 to 20 MPa and released to 2 MPa, where the number is 10 % larger."""
    mpa = dict(zip("1234567", (2.0, 5.0, 10.0, 20.0, 10.0, 5.0, 2.0), strict=True))
    numbers = {f"M-0000{n}": 3.0 * p**0.2 * (1.1 if n in "567" else 1.0) for n, p in mpa.items()}
    example = series_of(quantity, numbers, **{f"measurements.M-0000{n}.stack_pressure_mpa": p for n, p in mpa.items()})
    kind = next(kind for kind in pressure_dependence.KINDS if kind.quantity == quantity)
    known = values_of(quantity, example, measuring_order="as entered")
    assert known[kind.hysteresis].magnitude == pytest.approx(10.0)
    assert known[kind.exponent].magnitude == pytest.approx(0.2)
    assert kind.hysteresis not in values_of(quantity, example)


def test_the_resistance_of_a_full_cell_is_a_choice() -> None:
    changes: dict[str, Fact] = {
        f"measurements.M-0000{number}.computed.polarisation_resistance_ohm": 40.0 * mpa**-0.5
        for number, mpa in zip(range(1, 6), (2.0, 5.0, 10.0, 20.0, 50.0), strict=True)
    }
    example = example_series(changes=changes)
    chosen = values_of("resistance_ohm", example, resistance_kind="polarisation resistance")
    assert chosen["resistance_pressure_exponent"].magnitude == pytest.approx(-0.5)
